"""The text of one row: `<q>` question `<prog>` program `<ans>` name `</s>`.

The prompt ends with `<prog>`; the model continues with a program and, after `<ans>`, the name of
the statement whose value answers the question. It names the answer instead of computing it, so
that no arithmetic of its own can be wrong. A question that cannot be answered has no program, and
`<none>` stands for the name. The marks are ordinary tokens: they stay in the text that a server
returns. No bos token is put in front. The rows that are no solutions are in `rows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from engine.answers.extract import NOT_TOLD
from engine.domain.program import (
    Program,
    ProgramError,
    render_number,
    render_program,
    run_program,
)

QUESTION: Final = "<q>"
PROGRAM: Final = "<prog>"
ANSWER: Final = "<ans>"
CHECK: Final = "<check>"
YES: Final = "<yes>"
NO: Final = "<no>"
NONE: Final = "<none>"
CLAIM: Final = "<claim>"
STEP: Final = "<step>"
TOOL: Final = "<tool>"
RESULT: Final = "<result>"
BEGIN: Final = "<s>"
END: Final = "</s>"
PAD: Final = "<pad>"
MARKS: Final = (
    QUESTION,
    PROGRAM,
    ANSWER,
    CHECK,
    YES,
    NO,
    NONE,
    CLAIM,
    STEP,
    TOOL,
    RESULT,
)
# Set apart now, so that a later model of the same tokenizer can learn them.
RESERVED: Final = (
    "<system>",
    "<user>",
    "<assistant>",
    "<think>",
    "<reserved0>",
    "<reserved1>",
    "<reserved2>",
    "<reserved3>",
)
STATEMENT_JOINT: Final = ";"
# Between the steps of a solution in words.
PROSE_JOINT: Final = "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model wrote after a prompt, executed.

    Attributes:
        value: The exact value of the named statement; None when the text is no program.
        fault: Why there is nothing; empty when there is a value, or the model declined.
        is_declined: The model says that the question cannot be answered from what it tells.
        text: What was written, up to the end token.
    """

    value: Fraction | None
    fault: str = ""
    is_declined: bool = False
    text: str = ""

    @property
    def said(self) -> str | None:
        """The answer in its one canonical spelling; None where there is none."""
        if self.is_declined:
            return NOT_TOLD
        return None if self.value is None else render_number(self.value)


def render_prompt(question: str) -> str:
    """What the model is given."""
    return f"{QUESTION}{question}{PROGRAM}"


def render_completion(program: Program) -> str:
    """What the model is to write, without the end token."""
    return f"{render_program(program)}{ANSWER}{program.statements[-1].name}"


def name_answer(program: str) -> str:
    """A program that names its answer: the last statement's name, unless there is one already.

    What is no program, such as a call of a tool, stays as it is.
    """
    name, sign, _ = program.rpartition(STATEMENT_JOINT)[2].partition("=")
    if not sign or ANSWER in program or program.startswith(TOOL):
        return program
    return f"{program}{ANSWER}{name.strip()}"


def render_row(question: str, program: Program) -> str:
    """One whole training row."""
    return f"{render_prompt(question)}{render_completion(program)}{END}"


def render_declined(question: str) -> str:
    """The row of a question that cannot be answered."""
    return f"{render_prompt(question)}{ANSWER}{NONE}{END}"


def read_completion(text: str) -> Completion:
    """Execute what the model wrote, up to the end token."""
    written = text.partition(END)[0]
    source, mark, name = written.partition(ANSWER)
    if not mark:
        return Completion(value=None, fault="no answer is marked", text=written)
    if name.strip() == NONE and not source.strip():
        return Completion(value=None, is_declined=True, text=written)
    try:
        bindings = run_program(source).bindings
    except ProgramError as error:
        return Completion(value=None, fault=str(error), text=written)
    if name.strip() not in bindings:
        fault = f"the marked answer {name.strip()!r} is not set"
        return Completion(value=None, fault=fault, text=written)
    return Completion(value=bindings[name.strip()], text=written)
