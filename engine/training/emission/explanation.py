"""Explanations rendered from an executed program: they cannot say anything that it did not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from engine.domain.program import Number, Operation, Program, execute, render_number
from engine.training.emission.declare import declare
from engine.training.emission.working import Step, steps_of

_FIRST: Final = ("First, ", "To begin, ", "Start here: ", "We begin with this: ", "")
_NEXT: Final = ("Then ", "Next, ", "After that, ", "Now ", "From there, ", "")
_LAST: Final = ("Finally, ", "Last, ", "So in the end ", "Now only this is left: ", "Thus ", "")
_INTRODUCTIONS: Final = (
    "",
    "",
    "Let us work it out step by step.",
    "We go step by step.",
    "Here is the working.",
    "Let's solve it one step at a time.",
)
_ENDINGS: Final = (
    "The answer is {answer}.",
    "#### {answer}",
    "So the answer is {answer}.",
    "Therefore, the answer is {answer}.",
    "Answer: {answer}",
)
_VERBS: Final = {
    "+": ("add {a} and {b}", "{a} plus {b}", "put {a} and {b} together", "add {b} to {a}"),
    "-": (
        "subtract {b} from {a}",
        "{a} minus {b}",
        "take {b} away from {a}",
        "the difference of {a} and {b}",
    ),
    "*": (
        "multiply {a} by {b}",
        "{a} times {b}",
        "the product of {a} and {b}",
        "take {b} times {a}",
    ),
    "/": ("divide {a} by {b}", "{a} divided by {b}", "split {a} into {b} parts", "{a} over {b}"),
}
_STEP_FORMS: Final = (
    "{said}: {text} = {mark}.",
    "{said}, which is {text} = {mark}.",
    "{said}, that is {text} = {mark}.",
    "{said} ({text} = {mark}).",
)
_BARE_FORM: Final = "{said}: {text} = {mark}."
_UNSAID: Final = ("calculate", "work out the value", "we need this", "compute")
_MEANT_FORMS: Final = (
    "{meaning} {text} = {mark}.",
    "{meaning} That is {text} = {mark}.",
    "{meaning} It is {text} = {mark}.",
    "{meaning} We get {text} = {mark}.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A problem with the program that is to be explained; the program need not be right.

    Attributes:
        question: The text.
        program: What is explained.
        meanings: What the value of a statement is, as a question, by its name.
    """

    question: str
    program: Program
    meanings: Mapping[str, str]


def explain(told: Told, rng: Random) -> str:
    """Explain a program, its calculator marks exact, and mark the answer at the end."""
    steps = steps_of(told.program)
    # What frames the working is chosen first, so that two programs told with the same source of
    # chance differ in their working alone.
    introduction, ending = rng.choice(_INTRODUCTIONS), rng.choice(_ENDINGS)
    style, says_so = rng.choice(_STYLES), rng.random() < 1 / 2
    joint = rng.choice(("\n", "\n", " ")) if style is not _numbered else "\n"
    lines = [
        style(told, step, _lead(index, len(steps), rng), rng, index)
        for index, step in enumerate(steps)
    ]
    body = joint.join(line[0].upper() + line[1:] for line in lines)
    answer = render_number(execute(told.program).value)
    said = declare(told.question, answer) if says_so else None
    closing = [f"{said}."] if said else []
    parts = [introduction, body, *closing, ending.format(answer=answer)]
    return "\n".join(part for part in parts if part)


def _lead(index: int, n_steps: int, rng: Random) -> str:
    if index == 0:
        return rng.choice(_FIRST) if n_steps > 1 else ""
    return rng.choice(_LAST if index == n_steps - 1 else _NEXT)


def _plain(_told: Told, step: Step, _lead: str, _rng: Random, _index: int) -> str:
    return f"{step.text} = {step.mark}"


def _numbered(told: Told, step: Step, _lead: str, rng: Random, index: int) -> str:
    return f"Step {index + 1}: {_worded(told, step, '', rng, index)}"


def _worded(told: Told, step: Step, lead: str, rng: Random, _index: int) -> str:
    meaning = told.meanings.get(step.name, "")
    if meaning:
        form = rng.choice(_MEANT_FORMS)
        return form.format(meaning=meaning, text=step.text, mark=step.mark)
    said = _said(step, rng)
    form = rng.choice(_STEP_FORMS) if said else _BARE_FORM
    said = said or rng.choice(_UNSAID)
    return lead + form.format(said=said, text=step.text, mark=step.mark)


def _said(step: Step, rng: Random) -> str:
    """What is done, in words; empty where an operand is not a plain number."""
    whole = step.expression
    if not isinstance(whole, Operation):
        return ""
    left, right = whole.left, whole.right
    if not isinstance(left, Number) or not isinstance(right, Number):
        return ""
    verb = rng.choice(_VERBS[whole.operator])
    return verb.format(a=render_number(left.value), b=render_number(right.value))


_Style = Callable[[Told, Step, str, Random, int], str]
_STYLES: Final[tuple[_Style, ...]] = (_plain, _worded, _worded, _worded, _numbered)
