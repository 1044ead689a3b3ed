"""The generators that a mixture may draw from, by name.

A generator draws without end; what it draws belongs to the split that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias, assert_never

from engine.domain.errors import DatasetError
from engine.training.datasets.row import Kind
from engine.training.emission.chain import emit_chains
from engine.training.emission.claim import emit_claims
from engine.training.emission.conversation import emit_conversations, emit_refusal
from engine.training.emission.pair import emit_pairs
from engine.training.example import Example
from engine.training.frameworks.tool_draw import draw_tool_conversation
from engine.training.generate import draw_problem
from engine.training.problem import Split, UnanswerableProblem, WordProblem
from engine.training.stories.draw import draw_story_problem

Draw: TypeAlias = Callable[[Random, Split, Kind], Iterator[Example]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """Something that draws examples.

    Attributes:
        draw: Draws what one problem or pattern gives of a kind; nothing is an answer too.
        summary: One line of help.
    """

    draw: Draw
    summary: str


def get_generator(name: str) -> Generator:
    """The generator of this name.

    Raises:
        DatasetError: When there is none; the message lists those that there are.
    """
    try:
        return GENERATORS[name]
    except KeyError:
        known = ", ".join(GENERATORS)
        raise DatasetError(f"no generator {name!r}; known: {known}") from None


def emit_kind(
    problem: WordProblem | UnanswerableProblem, kind: Kind, rng: Random
) -> Iterator[Example]:
    """What a problem gives of one kind."""
    if isinstance(problem, UnanswerableProblem):
        if kind is Kind.CONVERSATION:
            yield emit_refusal(problem, rng)
        return
    match kind:
        case Kind.CONVERSATION:
            yield from emit_conversations(problem, rng)
        case Kind.PREFERENCE:
            yield from emit_pairs(problem, rng)
        case Kind.STEPS:
            yield from emit_chains(problem, rng)
        case Kind.CLAIMS:
            yield from emit_claims(problem, rng)
        case never:
            assert_never(never)


def _draw_blueprint(rng: Random, split: Split, kind: Kind) -> Iterator[Example]:
    return emit_kind(draw_problem(rng, split), kind, rng)


def _draw_story(rng: Random, split: Split, kind: Kind) -> Iterator[Example]:
    return emit_kind(draw_story_problem(rng, split), kind, rng)


def _draw_tool_use(rng: Random, split: Split, kind: Kind) -> Iterator[Example]:
    if kind is Kind.CONVERSATION:
        yield draw_tool_conversation(rng, split)


GENERATORS: Final = {
    "blueprints": Generator(draw=_draw_blueprint, summary="Word problems of the families."),
    "stories": Generator(draw=_draw_story, summary="Word problems of the stories told by hand."),
    "tool-use": Generator(draw=_draw_tool_use, summary="Short questions with a call of a tool."),
}
