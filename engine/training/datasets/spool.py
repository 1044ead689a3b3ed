"""Examples that were kept, on disk, with an index of what has to be known to choose among them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.training.datasets.json_lines import atomic_file, render_line
from engine.training.datasets.mixture import Order
from engine.training.datasets.row import to_row
from engine.training.datasets.text import trained_texts
from engine.training.example import Category, Conversation, Example, JudgedChain
from engine.training.problem import Split


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One spooled example.

    Attributes:
        rank: A hash of seed and content; the lowest ranks are chosen, and shuffling is by rank.
        category: What the mixture balances.
        is_dev: Whether it is for development.
        level: How hard it is, for a curriculum.
        start: Where its line begins in the spool.
        n_bytes: How long its line is.
    """

    rank: int
    category: Category
    is_dev: bool
    level: int
    start: int
    n_bytes: int


class Spool:
    """A file that examples are added to and copied from.

    Args:
        path: The file; begun anew.
        seed: Of the ranks.
    """

    def __init__(self, path: Path, *, seed: int) -> None:
        self._path = path
        self._seed = seed
        self._end = 0

    def __enter__(self) -> Self:
        """Open the file."""
        self._file = self._path.open("w+b")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._file.close()

    def add(self, example: Example) -> Entry:
        """Write an example down."""
        row = to_row(example)
        line = render_line(row)
        start, self._end = self._end, self._end + len(line)
        self._file.write(line)
        return Entry(
            rank=_rank(f"{self._seed}:{row['id']}"),
            category=example.origin.category,
            is_dev=example.origin.split is Split.DEV,
            level=level_of(example),
            start=start,
            n_bytes=len(line),
        )

    def write(self, path: Path, entries: Iterable[Entry]) -> None:
        """Copy entries into a file of their own, in their order."""
        self._file.flush()
        with atomic_file(path) as target, self._path.open("rb") as source:
            for entry in entries:
                source.seek(entry.start)
                target.write(source.read(entry.n_bytes))


def choose(entries: Sequence[Entry], n_most: int | None) -> list[Entry]:
    """The entries of the lowest ranks, as many as there may be."""
    return sorted(entries, key=_by_rank)[:n_most]


def arrange(entries: Sequence[Entry], order: Order) -> list[Entry]:
    """The entries as they are to stand in a file: shuffled, or from simple to hard."""
    if order is Order.SHUFFLED:
        return sorted(entries, key=_by_rank)
    return sorted(entries, key=lambda entry: (entry.level, *_by_rank(entry)))


def level_of(example: Example) -> int:
    """How hard an example is, from what there is to learn in it.

    The level grows with the doubling of the words that are trained, or the steps that are judged.
    Conversations that use tools come behind all that do not: base reasoning first.
    """
    if isinstance(example, JudgedChain):
        return len(example.steps)
    n_words = sum(len(text.split()) for text in trained_texts(example))
    uses_tools = isinstance(example, Conversation) and any(m.calls for m in example.messages)
    return int(log2(1 + n_words)) + (_TOOL_LEVEL if uses_tools else 0)


# Above the level of any text that fits into a line.
_TOOL_LEVEL = 32


def _rank(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _by_rank(entry: Entry) -> tuple[int, int]:
    return entry.rank, entry.start
