"""The text of one row: `<q>` question `<prog>` program `<ans>` name `</s>`.

The prompt ends with `<prog>`; the model continues with a program and, after `<ans>`, the name of
the statement whose value answers the question. It names the answer instead of computing it, so
that no arithmetic of its own can be wrong. The marks are ordinary tokens: they stay in the text
that a server returns. No bos token is put in front.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from engine.domain.program import Program, ProgramError, render_program, run_program

QUESTION: Final = "<q>"
PROGRAM: Final = "<prog>"
ANSWER: Final = "<ans>"
BEGIN: Final = "<s>"
END: Final = "</s>"
PAD: Final = "<pad>"
MARKS: Final = (QUESTION, PROGRAM, ANSWER)
# Set apart now, so that a later model of the same tokenizer can learn them.
RESERVED: Final = (
    "<step>",
    "<yes>",
    "<no>",
    "<system>",
    "<user>",
    "<assistant>",
    "<tool>",
    "<result>",
    "<think>",
    "<check>",
    "<claim>",
    "<reserved0>",
    "<reserved1>",
    "<reserved2>",
    "<reserved3>",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model wrote after a prompt, executed.

    Attributes:
        value: The exact value of the named statement; None when the text is no program.
        fault: Why there is no value; empty when there is one.
    """

    value: Fraction | None
    fault: str = ""


def render_prompt(question: str) -> str:
    """What the model is given."""
    return f"{QUESTION}{question}{PROGRAM}"


def render_completion(program: Program) -> str:
    """What the model is to write, without the end token."""
    return f"{render_program(program)}{ANSWER}{program.statements[-1].name}"


def render_row(question: str, program: Program) -> str:
    """One whole training row."""
    return f"{render_prompt(question)}{render_completion(program)}{END}"


def read_completion(text: str) -> Completion:
    """Execute what the model wrote, up to the end token."""
    source, mark, name = text.partition(END)[0].partition(ANSWER)
    if not mark:
        return Completion(value=None, fault="no answer is marked")
    try:
        bindings = run_program(source).bindings
    except ProgramError as error:
        return Completion(value=None, fault=str(error))
    if name.strip() not in bindings:
        return Completion(value=None, fault=f"the marked answer {name.strip()!r} is not set")
    return Completion(value=bindings[name.strip()])
