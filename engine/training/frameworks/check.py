"""Whether the blocks of a framework come out: every wording, every row, nothing left open."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

from engine.training.frameworks.framework import Block, Framework
from engine.training.frameworks.item import Item, draw_item
from engine.training.frameworks.slot import slots_of
from engine.training.problem import Split

MIN_BLOCKS: Final = 6
MIN_LEVELS: Final = 3

_N_DRAWN: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong, and with which block."""

    path: str
    detail: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.path}: {self.detail}"


def check_framework(framework: Framework, *, seed: int = 0) -> tuple[Fault, ...]:
    """Draw every block a number of times and return what is wrong; nothing when it is sound."""
    rng = Random(f"check:{seed}")
    faults = list(_check_size(framework))
    for block in framework.blocks:
        faults += _check_block(framework, block, rng)
    return tuple(faults)


def _check_size(framework: Framework) -> Iterator[Fault]:
    n_blocks, n_levels = len(framework.blocks), len(framework.count_levels())
    if n_blocks < MIN_BLOCKS or n_levels < MIN_LEVELS:
        yield Fault(
            path=framework.domain,
            detail=f"{n_blocks} blocks over {n_levels} levels; a curriculum needs {MIN_BLOCKS}"
            f" over {MIN_LEVELS}",
        )


def _check_block(framework: Framework, block: Block, rng: Random) -> list[Fault]:
    path = framework.path_of(block)
    repeated = [ask for ask, n in Counter(block.asks).items() if n > 1]
    details = [f"the wording {ask!r} stands there twice" for ask in repeated]
    items = [draw_item(framework, block, split, rng) for split in Split for _ in range(_N_DRAWN)]
    drawn = [item for item in items if item is not None]
    if not drawn:
        details.append("no numbers were found that fit together")
    # One line a kind of fault: the same slip shows in every instance.
    details += dict.fromkeys(detail for item in drawn for detail in _check_item(item))
    return [Fault(path=path, detail=detail) for detail in details]


def _check_item(item: Item) -> Iterator[str]:
    block = item.block
    known = block.scope.names | {"answer"}
    texts = [
        item.question,
        item.answer,
        json.dumps(dict(item.call.arguments)) if item.call else "",
    ]
    texts += [item.tell(text, item.answer or "?") for text in (*block.explain, *block.say)]
    for name in {name for text in texts for name in slots_of(text)}:
        if name in known:
            yield f"the slot {{{name}}} is left open"
    if "  " in item.question or not item.question.strip():
        yield "a question has doubled blanks, or none at all but blanks"
