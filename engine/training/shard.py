"""Shards: rows drawn by a mixture, and the same rows as token ids.

A shard is a function of the corpus, the mixture, the seed and its number, so that a run that was
killed makes the same shards again, and a team's members never make the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from engine.training.corpus import Corpus, draw_human, draw_training_problem
from engine.training.emission.chain import emit_chains
from engine.training.emission.claim import emit_claims
from engine.training.emission.unanswerable import draw_unanswerable
from engine.training.example import Conversation
from engine.training.frameworks.tool_draw import draw_tool_conversation
from engine.training.generate import draw_problem
from engine.training.mixture import Mixture, Part
from engine.training.problem import Split, UnanswerableProblem, WordProblem
from engine.training.rows import InvalidRowError, render
from engine.training.sources import (
    Calls,
    Claims,
    Decompositions,
    Judgements,
    Solutions,
    Source,
)
from engine.training.stories.draw import draw_story_problem

# What a row costs, near enough for shares: a token a digit and a mark, one or two a word.
_PIECE: Final = re.compile(r"\d|<\w+>|[^\W\d]{1,6}|[^\w\s]")
_MAX_REFUSED: Final = 100
_GIVEN_RATIO: Final = 0.5
_STORY_RATIO: Final = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Rows as token ids.

    Attributes:
        ids: The tokens of all rows, one row after the other.
        lengths: How many tokens each row has.
    """

    ids: npt.NDArray[np.uint16]
    lengths: npt.NDArray[np.uint16]

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """Where each row begins."""
        ends = np.cumsum(self.lengths, dtype=np.int64)
        return ends - self.lengths


def list_sources(corpus: Corpus, *, varied_ratio: float = 0.0) -> dict[Part, Source]:
    """Whatever this corpus can draw from; see the mixture for the share of varied solutions."""
    solutions = partial(Solutions, varied_ratio=varied_ratio)
    families = partial(corpus.screened, partial(draw_problem, split=Split.TRAIN))
    stories = partial(corpus.screened, partial(draw_story_problem, split=Split.TRAIN))
    answerable = partial(_draw_answerable, corpus, stories)
    sources: dict[Part, Source] = {
        Part.FAMILIES: solutions(problems=families),
        Part.STORIES: solutions(problems=stories),
        Part.UNANSWERABLE: solutions(
            problems=partial(corpus.screened, partial(draw_unanswerable, split=Split.TRAIN))
        ),
        Part.JUDGED: Judgements(problems=answerable, emit=emit_chains),
        Part.CLAIMS: Claims(problems=answerable, emit=emit_claims),
        Part.DECOMPOSED: Decompositions(problems=answerable),
    }
    human = {
        Part.GSM8K: corpus.gsm8k,
        Part.MAWPS: corpus.mawps,
        Part.EQUATIONS: corpus.equations,
    }
    for part, problems in human.items():
        if problems:
            sources[part] = solutions(problems=partial(draw_human, problems))
    sources[Part.TOOLS] = Calls(conversations=partial(_draw_call, corpus))
    return sources


def draw_rows(
    corpus: Corpus, mixture: Mixture, *, seed: int, shard: int, n_rows: int
) -> Iterator[str]:
    """The texts of one shard; the same seed and shard give the same rows.

    Each row is of the part that has least of what its share entitles it to, so that a shard keeps
    to the shares as closely as whole rows can, however long the rows of a part are.
    """
    rng = Random(f"svend-mini:{seed}:{shard}")
    sources = list_sources(corpus, varied_ratio=mixture.varied_ratio)
    shares = dict(mixture.among(sources.keys()).shares)
    drawn = dict.fromkeys(shares, 0.0)
    for _ in range(n_rows):
        part = min(drawn, key=lambda part: drawn[part] / shares[part])
        text = _draw(sources[part], rng)
        drawn[part] += len(_PIECE.findall(text))
        yield text


def encode(tokenizer: Tokenizer, texts: list[str]) -> Shard:
    """The rows of some texts."""
    rows = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    lengths = np.array([len(row) for row in rows], dtype=np.uint16)
    ids = np.fromiter((token for row in rows for token in row), dtype=np.uint16)
    return Shard(ids=ids, lengths=lengths)


def _draw_answerable(
    corpus: Corpus, stories: Callable[[Random], WordProblem | UnanswerableProblem], rng: Random
) -> WordProblem:
    """A problem to judge, claim of or take apart: a story's, or one of the other kinds."""
    if rng.random() >= _STORY_RATIO:
        return draw_training_problem(corpus, rng)
    while True:
        problem = stories(rng)
        if isinstance(problem, WordProblem):
            return problem


def _draw_call(corpus: Corpus, rng: Random) -> Conversation:
    """A conversation of a file, whose results are real, or a new one that ends with its call."""
    if corpus.tool_rows and rng.random() < _GIVEN_RATIO:
        return rng.choice(corpus.tool_rows)
    while True:
        conversation = draw_tool_conversation(rng, Split.TRAIN)
        if not corpus.screen.hits(conversation.messages[0].content):
            return conversation


def _draw(source: Source, rng: Random) -> str:
    """A row's text; what holds a mark of the format is passed over, within reason."""
    for _ in range(_MAX_REFUSED):
        with suppress(InvalidRowError):
            return render(source.draw(rng))
    raise InvalidRowError(f"none of {_MAX_REFUSED} rows in a row fits the format")
