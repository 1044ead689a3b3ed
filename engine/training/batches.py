"""Shards of rows as batches of token ids, rows of like length together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

import torch
from transformers import PreTrainedTokenizerFast

from engine.training.corpus import Corpus, draw_rows
from engine.training.row_format import PAD, PROGRAM
from engine.training.tokenizer import token_id

# Input widths. Every new shape costs a CPU seconds of compilation, so there are only a few.
WIDTHS: Final = (*range(32, 129, 8), *range(144, 209, 16), 240, 288)
# The question teaches language and the copying of names, but most of its tokens cannot be
# foreseen; the program is what the model is for.
QUESTION_WEIGHT: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Padded on the right; attention is causal, so the padding is seen by nothing.

    Attributes:
        ids: Token ids, (rows, tokens).
        weights: The weight of each token as a target, (rows, tokens); 0 for padding.
    """

    ids: torch.Tensor
    weights: torch.Tensor


def shard_batches(
    corpus: Corpus,
    tokenizer: PreTrainedTokenizerFast,
    *,
    seed: int,
    shard: int,
    n_rows: int,
    max_tokens: int,
) -> Iterator[Batch]:
    """The batches of one shard, of about `max_tokens` inputs each, in a shuffled order.

    Rows are not packed: a row attends to nothing of another, and positions begin at 0 as they do
    when the model is served.
    """
    texts = list(draw_rows(corpus, seed=seed, shard=shard, n_rows=n_rows))
    groups = _grouped(tokenizer(texts)["input_ids"], max_tokens)
    Random(f"batches:{seed}:{shard}").shuffle(groups)
    program, pad = token_id(tokenizer, PROGRAM), token_id(tokenizer, PAD)
    for width, group in groups:
        yield _padded(group, width + 1, program=program, pad=pad)


def _grouped(rows: list[list[int]], max_tokens: int) -> list[tuple[int, list[list[int]]]]:
    """Full batches by input width; what does not fill one waits for the next wider."""
    waiting = sorted(rows, key=len)
    groups: list[tuple[int, list[list[int]]]] = []
    for width in WIDTHS:
        n_fitting = sum(len(ids) <= width + 1 for ids in waiting)
        size = max_tokens // width
        n_taken = n_fitting // size * size
        # The longest of those that fit are taken, so that the ones that wait waste the least.
        taken = waiting[n_fitting - n_taken : n_fitting]
        del waiting[n_fitting - n_taken : n_fitting]
        groups += [(width, taken[i : i + size]) for i in range(0, n_taken, size)]
    return groups


def _padded(group: list[list[int]], width: int, *, program: int, pad: int) -> Batch:
    ids = torch.full((len(group), width), pad, dtype=torch.long)
    weights = torch.zeros((len(group), width))
    for index, row in enumerate(group):
        ids[index, : len(row)] = torch.tensor(row)
        weights[index, : len(row)] = 1.0
        weights[index, : row.index(program) + 1] = QUESTION_WEIGHT
    return Batch(ids=ids, weights=weights)
