"""One instance of a reasoning block: a question, its answer, and the call that finds it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from engine.domain.canonical import JsonValue
from engine.domain.program import Program, ProgramError, execute, render_program
from engine.training import surface
from engine.training.example import Origin, ToolUse
from engine.training.frameworks.framework import CALCULATOR, Block, Framework
from engine.training.frameworks.scope import bind
from engine.training.frameworks.slot import RAW_FORM, SLOT, Value, fill_exactly, fill_json
from engine.training.problem import Split, split_of, template_digest

SOURCE: Final = "frameworks"
LICENCE: Final = "MIT"

_MAX_TRIES: Final = 60
_FRAME_RATIO: Final = 0.2
_FRAMES: Final = (
    "Please help: {q}",
    "Please answer this. {q}",
    "Quick question: {q}",
    "I need some help here. {q}",
    "Here is my question: {q}",
    "Hi! {q}",
    "Hello, {q}",
    "{q} Thanks!",
    "{q} Please be exact.",
    "{q} I have to know this for tomorrow.",
    "My homework says: {q}",
    "Could you help me with this? {q}",
    "{q} Just the result, please.",
    "I was wondering about this: {q}",
    "From a worksheet: {q}",
    "{q} Thank you.",
)
_PLAIN_END_RATIO: Final = 0.1
_LOWER_RATIO: Final = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An instance.

    Attributes:
        block: What it is an instance of.
        question: The text.
        values: Every variable, and the values that the program computes.
        program: The block's, over this instance's numbers.
        call: What answers the question; None where no tool does.
        answer: As text; empty where only the tool has it.
        origin: Source, family, template and split.
    """

    block: Block
    question: str
    values: Mapping[str, Value]
    program: Program | None
    call: ToolUse | None
    answer: str
    origin: Origin

    @property
    def path(self) -> str:
        """The family."""
        return self.origin.family

    def tell(self, text: str, answer: str | None = None) -> str:
        """Fill a text of the block.

        Args:
            text: An explanation, a final answer or a claim.
            answer: What stands for `{answer}` instead of this instance's own.
        """
        given = {} if answer is None else {"answer": answer}
        return fill_exactly(text, {**self.values, **given})


def draw_item(framework: Framework, block: Block, split: Split, rng: Random) -> Item | None:
    """Draw an instance of a block whose wording belongs to a split.

    Returns:
        None when the block has no wording of this split, or when no numbers were found that fit
        together; `svend data frameworks --check` finds blocks of which the latter is always so.
    """
    for _ in range(_MAX_TRIES):
        masked = surface.choose(rng.choice(block.asks), rng)
        digest = template_digest(f"{framework.path_of(block)}|{masked}")
        if split_of(digest) is not split:
            continue
        origin = Origin(
            source=SOURCE,
            licence=LICENCE,
            category=framework.category,
            family=framework.path_of(block),
            template=digest,
            split=split,
        )
        item = _instance(block, masked, origin, rng)
        if item is not None:
            return item
    return None


def framed(question: str, rng: Random) -> str:
    """A question as somebody might put it: greeted, thanked for, without its question mark."""
    if rng.random() < _FRAME_RATIO:
        return rng.choice(_FRAMES).format(q=question)
    if rng.random() < _PLAIN_END_RATIO:
        question = question.removesuffix("?").removesuffix(".")
    if rng.random() < _LOWER_RATIO and question[1:2].islower():
        question = question[0].lower() + question[1:]
    return question


def _instance(block: Block, masked: str, origin: Origin, rng: Random) -> Item | None:
    values = block.scope.draw(rng)
    if values is None:
        return None
    program = bind(block.program, values) if block.program else None
    if program is not None:
        try:
            result = execute(program)
        except ProgramError:
            return None
        values |= result.bindings
        values.setdefault("answer", result.value)
    if block.answer:
        values["answer"] = fill_exactly(block.answer, values)
    return Item(
        block=block,
        question=_asked(masked, values, rng),
        values=values,
        program=program,
        call=_call(block, program, values),
        answer=fill_exactly("{answer}", values) if "answer" in values else "",
        origin=origin,
    )


def _asked(masked: str, values: Mapping[str, Value], rng: Random) -> str:
    def exact(match: re.Match[str]) -> str:
        return (
            fill_exactly(match.group(0), values) if match.group(2) == RAW_FORM else match.group()
        )

    slots: dict[str, surface.Filler] = {
        name: fill_exactly(f"{{{name}}}", values) if isinstance(value, tuple) else value
        for name, value in values.items()
    }
    text = surface.fill(SLOT.sub(exact, masked), slots, rng)
    # A number may be written as a word, and a word begins its sentence with a capital.
    return text[0].upper() + text[1:] if re.match(r"[a-z]{2,} ", text) else text


def _call(block: Block, program: Program | None, values: Mapping[str, Value]) -> ToolUse | None:
    if block.call is None:
        return None
    if program is not None and block.call.tool == CALCULATOR and not block.call.arguments:
        return ToolUse(name=CALCULATOR, arguments={"program": render_program(program)})
    arguments: dict[str, JsonValue] = {
        name: fill_json(value, values) for name, value in block.call.arguments.items()
    }
    return ToolUse(name=block.call.tool, arguments=arguments)
