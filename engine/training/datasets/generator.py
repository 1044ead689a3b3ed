"""The generators that a mixture may draw from, by name.

A generator draws without end; what it draws belongs to the split that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Final, TypeAlias, TypeVar, assert_never

from engine.training.datasets.row import Kind
from engine.training.emission.chain import emit_chains
from engine.training.emission.claim import emit_claims
from engine.training.emission.conversation import emit_conversations, emit_refusal
from engine.training.emission.pair import emit_pairs
from engine.training.emission.written import emit_written, emit_written_pairs
from engine.training.errors import DatasetError
from engine.training.example import Category, Emission, Example
from engine.training.frameworks.catalogue import shipped_frameworks
from engine.training.frameworks.emission import emit_item
from engine.training.frameworks.framework import Block, Framework
from engine.training.frameworks.item import draw_item
from engine.training.frameworks.reader import read_framework
from engine.training.frameworks.tool_draw import draw_tool_conversation
from engine.training.generate import draw_problem
from engine.training.problem import Split, UnanswerableProblem, WordProblem
from engine.training.stories.draw import draw_story_problem

FRAMEWORKS: Final = "frameworks"
STORIES: Final = "stories"
_FAMILY_RATIO: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be drawn.

    Attributes:
        kind: The kind of example.
        category: What the example counts as; a generator may draw others, which are passed over.
        split: Whose templates are used.
        framework: A framework file of the user's own, where frameworks are drawn from.
    """

    kind: Kind
    category: Category
    split: Split
    framework: Path | None = None


_Example = TypeVar("_Example", bound=Example)
Draw: TypeAlias = Callable[[Asked, Random], Iterator[Example]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """Something that draws examples.

    Attributes:
        draw: Draws what one problem or pattern gives; nothing is an answer too.
        summary: One line of help.
        kinds: The kinds of example that it has.
    """

    draw: Draw
    summary: str
    kinds: frozenset[Kind] = frozenset(Kind)


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


def _draw_blueprint(asked: Asked, rng: Random) -> Iterator[Example]:
    return emit_kind(draw_problem(rng, asked.split), asked.kind, rng)


def _draw_story(asked: Asked, rng: Random) -> Iterator[Example]:
    for example in emit_kind(draw_story_problem(rng, asked.split), asked.kind, rng):
        yield _told_by_hand(example)


def _told_by_hand(example: _Example) -> _Example:
    """A problem that cannot be answered does not say itself who told it."""
    return replace(example, origin=replace(example.origin, source=STORIES))


def _draw_program(asked: Asked, rng: Random) -> Iterator[Example]:
    """Families and stories by turns of chance, as rows of a model that writes programs."""
    is_story = rng.random() >= _FAMILY_RATIO
    problem = (draw_story_problem if is_story else draw_problem)(rng, asked.split)
    found: Sequence[Example] = ()
    if asked.kind is Kind.CONVERSATION:
        found = (emit_written(problem),)
    elif asked.kind is Kind.PREFERENCE and isinstance(problem, WordProblem):
        found = emit_written_pairs(problem, rng)
    yield from map(_told_by_hand, found) if is_story else found


def _draw_tool_use(asked: Asked, rng: Random) -> Iterator[Example]:
    if asked.kind is Kind.CONVERSATION:
        yield draw_tool_conversation(rng, asked.split)


def _draw_framework(asked: Asked, rng: Random) -> Iterator[Example]:
    places = _places(asked.category, asked.framework)
    item = draw_item(*rng.choice(places), asked.split, rng) if places else None
    if item is not None:
        yield from _of_kind(emit_item(item, rng), asked.kind)


@cache
def _places(category: Category, path: Path | None) -> tuple[tuple[Framework, Block], ...]:
    """Every reasoning block of a category, with its framework."""
    frameworks = shipped_frameworks().values() if path is None else [read_framework(path)]
    return tuple((f, block) for f in frameworks if f.category is category for block in f.blocks)


def _of_kind(emission: Emission, kind: Kind) -> Sequence[Example]:
    match kind:
        case Kind.CONVERSATION:
            return emission.conversations
        case Kind.PREFERENCE:
            return emission.pairs
        case Kind.STEPS:
            return emission.chains
        case Kind.CLAIMS:
            return emission.claims
        case never:
            assert_never(never)


GENERATORS: Final = {
    "blueprints": Generator(draw=_draw_blueprint, summary="Word problems of the families."),
    STORIES: Generator(draw=_draw_story, summary="Word problems of the stories told by hand."),
    FRAMEWORKS: Generator(draw=_draw_framework, summary="Reasoning blocks of the domains."),
    "programs": Generator(
        draw=_draw_program,
        summary="Both, answered by program, as svend-mini writes.",
        kinds=frozenset({Kind.CONVERSATION, Kind.PREFERENCE}),
    ),
    "tool-use": Generator(
        draw=_draw_tool_use,
        summary="Short questions with a call of a tool.",
        kinds=frozenset({Kind.CONVERSATION}),
    ),
}
