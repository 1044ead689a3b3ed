"""Frameworks expanded into examples, as a curriculum."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from engine.ports import ToolRunner
from engine.training.example import Emission, Example
from engine.training.frameworks.emission import emit_item
from engine.training.frameworks.framework import Framework
from engine.training.frameworks.item import Item, draw_item
from engine.training.frameworks.tool_loop import run_loop
from engine.training.problem import Split


class Kind(StrEnum):
    """What is written of each instance."""

    CONVERSATIONS = "conversations"
    PAIRS = "pairs"
    CHAINS = "chains"
    CLAIMS = "claims"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """What is drawn, and how much of it.

    Attributes:
        frameworks: The domains.
        n_items: How many instances; each gives several examples.
        split: Whose wordings are used.
        seed: Of everything drawn.
        kinds: What is written of each instance.
    """

    frameworks: Sequence[Framework]
    n_items: int
    split: Split = Split.TRAIN
    seed: int = 0
    kinds: Collection[Kind] = tuple(Kind)


def expand(expansion: Expansion) -> Iterator[Example]:
    """Draw instances from simple to hard and emit what each of them says; no tool is run."""
    rng = Random(f"expand:{expansion.seed}")
    for item in draw_items(expansion):
        emission = emit_item(item, rng)
        yield from _chosen(emission, expansion.kinds)


async def expand_with_tools(
    expansion: Expansion, runner: ToolRunner, report: Callable[[Item], None] = lambda _: None
) -> AsyncIterator[Example]:
    """As :func:`expand`, and a conversation with the real result of every call.

    Args:
        expansion: What is drawn.
        runner: The real tools.
        report: Told of every instance when it is done.

    Raises:
        FailedCallError: A call failed, or the tool contradicts the answer that is stated.
    """
    rng = Random(f"expand:{expansion.seed}")
    loops = Random(f"loops:{expansion.seed}")
    for item in draw_items(expansion):
        if item.call is not None and Kind.CONVERSATIONS in expansion.kinds:
            yield await run_loop(item, runner, loops)
        emission = emit_item(item, rng)
        for example in _chosen(emission, expansion.kinds):
            yield example
        report(item)


def draw_items(expansion: Expansion) -> Iterator[Item]:
    """Instances in the order of the curriculum, as many of each block as of any other.

    A block without a wording of the split is passed over.
    """
    rng = Random(f"items:{expansion.seed}")
    places = [(f, block) for f in expansion.frameworks for block in f.blocks]
    drawable = [place for place in places if draw_item(*place, expansion.split, rng) is not None]
    drawable.sort(key=lambda place: place[1].level)
    for index, place in enumerate(drawable):
        # The first blocks take what an even share leaves over.
        n_each, n_over = divmod(expansion.n_items, len(drawable))
        for _ in range(n_each + (index < n_over)):
            item = draw_item(*place, expansion.split, rng)
            if item is not None:
                yield item


def _chosen(emission: Emission, kinds: Collection[Kind]) -> Iterator[Example]:
    made: dict[Kind, Sequence[Example]] = {
        Kind.CONVERSATIONS: emission.conversations,
        Kind.PAIRS: emission.pairs,
        Kind.CHAINS: emission.chains,
        Kind.CLAIMS: emission.claims,
    }
    for kind, examples in made.items():
        if kind in kinds:
            yield from examples
