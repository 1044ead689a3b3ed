"""Where a training process gets its shards: made beside it, or packed on disk beforehand.

Making rows takes a twentieth of the time that training on them does. A process of its own makes
the next shard while this one is trained on, so that no member of a team waits for its rows, and
none of the others for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ClassVar, Final, Protocol

from tokenizers import Tokenizer

from engine.domain.errors import SvendError
from engine.training.corpus import CorpusPaths, load_corpus
from engine.training.mixture import Mixture
from engine.training.shard import Shard, draw_rows, encode

TOKENIZER_FILE: Final = "tokenizer.json"

# Below the trainers: on a full machine the next shard is made in what they leave over.
_NICENESS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardRecipe:
    """All that a shard is a function of, but its number; it pickles.

    Attributes:
        paths: The data.
        mixture: What is drawn.
        tokenizer: The folder of the tokenizer.
        seed: Of the rows.
        n_rows: Rows of a shard.
    """

    paths: CorpusPaths
    mixture: Mixture
    tokenizer: Path
    seed: int
    n_rows: int


class FeedError(SvendError):
    """The process that makes the rows has ended; what it wrote last says why."""

    code: ClassVar[str] = "feed"


class Feed(Protocol):
    """Shards by number."""

    def shards(self, first: int, stride: int) -> Iterator[Shard]:
        """Yield the shards ``first``, ``first + stride`` and so on, without end."""
        ...


class ShardMaker:
    """Makes shards where it is called; reads the data once."""

    def __init__(self, recipe: ShardRecipe) -> None:
        self._recipe = recipe
        self._corpus = load_corpus(recipe.paths)
        self._tokenizer = Tokenizer.from_file(str(recipe.tokenizer / TOKENIZER_FILE))

    def make(self, number: int) -> Shard:
        """Make one shard."""
        recipe = self._recipe
        texts = draw_rows(
            self._corpus,
            recipe.mixture,
            seed=recipe.seed,
            shard=number,
            n_rows=recipe.n_rows,
        )
        return encode(self._tokenizer, list(texts))

    def shards(self, first: int, stride: int) -> Iterator[Shard]:
        """Yield shards; see the protocol."""
        number = first
        while True:
            yield self.make(number)
            number += stride


class BackgroundFeed:
    """Shards made in a process of their own, always one ahead."""

    def __init__(self, recipe: ShardRecipe) -> None:
        self._recipe = recipe

    def shards(self, first: int, stride: int) -> Iterator[Shard]:
        """Yield shards; see the protocol. The process ends with the iterator, or with this one."""
        context = get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there, self._recipe), daemon=True)
        process.start()
        # With no other end open, whoever is left alone reads the end of the pipe.
        there.close()
        try:
            number = first
            _ask(here, number)
            while True:
                number += stride
                _ask(here, number)
                yield _receive(here)
        finally:
            here.close()
            process.terminate()
            process.join()


def _ask(pipe: Connection, number: int) -> None:
    try:
        pipe.send(number)
    except ConnectionError as error:
        raise FeedError from error


def _receive(pipe: Connection) -> Shard:
    try:
        return pipe.recv()
    except (EOFError, ConnectionError) as error:
        raise FeedError from error


def _serve(pipe: Connection, recipe: ShardRecipe) -> None:
    """Make the shards that are asked for until nobody asks any more."""
    os.nice(_NICENESS)
    maker = ShardMaker(recipe)
    with suppress(EOFError, ConnectionError):
        while True:
            pipe.send(maker.make(pipe.recv()))
