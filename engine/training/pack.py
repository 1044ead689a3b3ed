"""Rows packed on disk beforehand, so that a borrowed GPU never waits for a tokenizer.

A folder holds the tokens of all rows in a row as 16-bit numbers, the rows' lengths, the tokenizer
and a record of what was drawn. It is read through the page cache, not into memory.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np

from engine.domain.errors import InvalidInputError
from engine.training.feed import ShardMaker, ShardRecipe
from engine.training.shard import Shard

IDS_FILE: Final = "ids.u16"
LENGTHS_FILE: Final = "lengths.u16"
RECORD_FILE: Final = "pack.json"
PARTIAL_SUFFIX: Final = ".partial"

_AHEAD: Final = 2


class InvalidPackError(InvalidInputError):
    """The folder holds no packed rows: make one with `svend data pack`."""

    code: ClassVar[str] = "invalid-pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackReport:
    """What was packed."""

    n_rows: int
    n_tokens: int
    n_shards: int


def write_pack(
    folder: Path,
    recipe: ShardRecipe,
    *,
    n_tokens: int,
    n_processes: int,
    tell: Callable[[int], None] = lambda _: None,
) -> PackReport:
    """Draw shards until there are enough tokens, and write them in the order of their numbers.

    Args:
        folder: Appears whole or not at all; what was there before is replaced.
        recipe: What the rows are; its tokenizer is copied beside them.
        n_tokens: How many tokens at least.
        n_processes: How many processes draw.
        tell: Is told of the number of tokens so far.
    """
    part = folder.with_name(folder.name + PARTIAL_SUFFIX)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    n_rows = n_found = n_shards = 0
    with (part / IDS_FILE).open("wb") as ids, (part / LENGTHS_FILE).open("wb") as lengths:
        for shard in _made(recipe, n_processes):
            shard.ids.tofile(ids)
            shard.lengths.tofile(lengths)
            n_rows, n_found = n_rows + len(shard.lengths), n_found + len(shard.ids)
            n_shards += 1
            tell(n_found)
            if n_found >= n_tokens:
                break
    report = PackReport(n_rows=n_rows, n_tokens=n_found, n_shards=n_shards)
    _finish(part, folder, recipe, report)
    return report


class PackedFeed:
    """Shards sliced from a pack; when it has been read to its end, it is read again.

    Args:
        folder: The pack.
        n_rows: Rows of a shard.
    """

    def __init__(self, folder: Path, *, n_rows: int) -> None:
        try:
            self._ids = np.memmap(folder / IDS_FILE, dtype=np.uint16, mode="r")
            self._lengths = np.fromfile(folder / LENGTHS_FILE, dtype=np.uint16)
        except (OSError, ValueError) as error:
            raise InvalidPackError(f"{folder}: {error}; make it with `svend data pack`") from error
        self._n_rows = min(n_rows, len(self._lengths))
        ends = np.cumsum(self._lengths, dtype=np.int64)
        self._starts = np.concatenate([[0], ends])

    @property
    def n_shards(self) -> int:
        """How many whole shards there are before rows come again."""
        return len(self._lengths) // self._n_rows

    def shards(self, first: int, stride: int) -> Iterator[Shard]:
        """Yield shards; see the protocol of feeds."""
        for number in count(first, stride):
            row = number % self.n_shards * self._n_rows
            start, end = self._starts[row], self._starts[row + self._n_rows]
            yield Shard(
                ids=np.asarray(self._ids[start:end]),
                lengths=self._lengths[row : row + self._n_rows],
            )


def read_record(folder: Path) -> dict[str, Any]:
    """What a pack says of itself.

    Raises:
        InvalidPackError: There is no record.
    """
    try:
        return json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidPackError(f"{folder}: {error}; make it with `svend data pack`") from error


_maker: list[ShardMaker] = []


def _open_maker(recipe: ShardRecipe) -> None:
    _maker.append(ShardMaker(recipe))


def _make(number: int) -> Shard:
    return _maker[0].make(number)


def _made(recipe: ShardRecipe, n_processes: int) -> Iterator[Shard]:
    """Shards in the order of their numbers, drawn by a pool or here."""
    if n_processes == 1:
        yield from ShardMaker(recipe).shards(0, 1)
        return
    numbers = count()
    with ProcessPoolExecutor(
        n_processes, get_context("spawn"), initializer=_open_maker, initargs=(recipe,)
    ) as pool:
        waiting = [pool.submit(_make, n) for n in islice(numbers, n_processes * _AHEAD)]
        try:
            while True:
                waiting.append(pool.submit(_make, next(numbers)))
                yield waiting.pop(0).result()
        finally:
            pool.shutdown(cancel_futures=True)


def _finish(part: Path, folder: Path, recipe: ShardRecipe, report: PackReport) -> None:
    shutil.copytree(recipe.tokenizer, part / recipe.tokenizer.name)
    record = {
        "rows": report.n_rows,
        "tokens": report.n_tokens,
        "shards": report.n_shards,
        "seed": recipe.seed,
        "mixture": dict(recipe.mixture.shares),
        "varied_ratio": recipe.mixture.varied_ratio,
    }
    text = json.dumps(record, indent=2) + "\n"
    (part / RECORD_FILE).write_text(text, encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)
