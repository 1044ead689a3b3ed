"""Examples made of what passed: an instance's question, its explained program, its answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Any, Final

from engine.domain.program import Program, ProgramError, execute, render_number, render_program
from engine.training.datasets.row import example_id
from engine.training.emission.explanation import Told, explain
from engine.training.example import Conversation, Message, Origin, Role
from engine.training.generation.check import fit_draws
from engine.training.generation.reply import Reason, RejectedError
from engine.training.generation.sketch import Sketch

UNSTATED: Final = "not stated"

_DRAWS_AN_INSTANCE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What an example's answer rests on.

    Attributes:
        example_id: The example.
        question: Its question.
        program: Over numbers.
        answer: As the example states it.
        stated: What the source of the question says; empty where it says nothing.
    """

    example_id: str
    question: str
    program: str
    answer: str
    stated: str = ""

    def to_row(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "id": self.example_id,
            "question": self.question,
            "program": self.program,
            "answer": self.answer,
            "stated": self.stated,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What passed, before duplicates are told.

    Attributes:
        key: Two of one key count as one.
        sketch: With its program.
        examples: Its instances.
        labels: One for each example.
    """

    key: str
    sketch: Sketch
    examples: tuple[Conversation, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How examples are made.

    Attributes:
        licence: Of what the model writes, as its provider says.
        n_instances: Of each blueprint that has variables.
        source: The model that writes.
    """

    licence: str = UNSTATED
    source: str = "model"
    n_instances: int = 1


def make_kept(key: str, sketch: Sketch, making: Making) -> Kept:
    """Make the instances of a sketch whose program runs.

    Raises:
        RejectedError: The program does not run, or cannot be told.
    """
    if not sketch.runs:
        raise RejectedError(Reason.PROGRAM)
    examples: list[Conversation] = []
    labels: list[Label] = []
    for values in _instances(sketch, making.n_instances):
        bound, question = sketch.bound(values), sketch.asked(values)
        told = Told(question=question, program=bound, meanings={})
        example = talk(sketch, question, _explained(told), execute(bound).value, making)
        examples.append(example)
        labels.append(label_of(example, bound, stated=sketch.stated))
    return Kept(key=key, sketch=sketch, examples=tuple(examples), labels=tuple(labels))


def talk(
    sketch: Sketch, question: str, reply: str, answer: Fraction, making: Making
) -> Conversation:
    """One question and its reply."""
    origin = Origin(
        source=making.source,
        licence=making.licence,
        category=sketch.category,
        family=sketch.family,
        template=sketch.template,
        split=sketch.home,
    )
    return Conversation(
        messages=(
            Message(role=Role.USER, content=question),
            Message(role=Role.ASSISTANT, content=reply),
        ),
        origin=origin,
        answer=render_number(answer),
    )


def label_of(example: Conversation, program: Program, *, stated: str = "") -> Label:
    """Write down what an example's answer rests on."""
    return Label(
        example_id=example_id(example),
        question=example.messages[0].content,
        program=render_program(program),
        answer=example.answer,
        stated=stated,
    )


def solved(sketch: Sketch, program: Program) -> Sketch:
    """The question over its numbers, with the program that was found for it."""
    known = sketch.known_answer()
    return replace(
        sketch,
        stated="" if known is None else render_number(known),
        question=sketch.asked(),
        variables={},
        values={},
        program=render_program(program),
        answer=render_number(execute(program).value),
        split=sketch.home,
    )


def _instances(sketch: Sketch, n_instances: int) -> Iterator[dict[str, Fraction]]:
    """The stated values, then drawn ones that differ."""
    given = dict(sketch.values)
    yield given
    if not sketch.variables:
        return
    found = [given]
    for values in fit_draws(sketch, _DRAWS_AN_INSTANCE * n_instances):
        if len(found) < n_instances and values not in found:
            found.append(values)
            yield values


def _explained(told: Told) -> str:
    try:
        # The source of chance is the question: the same journal gives the same text.
        return explain(told, Random(told.question))
    except (ProgramError, ValueError) as error:
        raise RejectedError(Reason.PROGRAM) from error
