"""Shards of rows as batches of token ids, rows of like length together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np
import torch
from transformers import PreTrainedTokenizerFast

from engine.training.row_format import (
    ANSWER,
    CHECK,
    PAD,
    PROGRAM,
    QUESTION,
    RESULT,
    STEP,
    TOOL,
)
from engine.training.shard import Shard
from engine.training.tokenizer import token_id

# Input widths. Every new shape costs a CPU seconds of compilation, so there are only a few.
WIDTHS: Final = (*range(32, 129, 8), *range(144, 209, 16), 240, 288)
# A GPU is filled by few shapes, each compiled once.
WIDE_WIDTHS: Final = (64, 96, 128, 160, 208, 288)
# The question teaches language and the copying of names, but most of its tokens cannot be
# foreseen; the program is what the model is for.
QUESTION_WEIGHT: Final = 0.3
# One token says yes or no of a whole row, and is all that a judged row teaches.
LABEL_WEIGHT: Final = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Padded on the right; attention is causal, so the padding is seen by nothing.

    Attributes:
        ids: Token ids, (rows, tokens).
        weights: The weight of each token as a target, (rows, tokens); 0 for padding.
    """

    ids: torch.Tensor
    weights: torch.Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The ids of the marks that say what a token is worth."""

    question: int
    program: int
    answer: int
    check: int
    step: int
    tool: int
    result: int
    pad: int


def marks_of(tokenizer: PreTrainedTokenizerFast) -> Marks:
    """The marks of a tokenizer of this project."""
    return Marks(
        question=token_id(tokenizer, QUESTION),
        program=token_id(tokenizer, PROGRAM),
        answer=token_id(tokenizer, ANSWER),
        check=token_id(tokenizer, CHECK),
        step=token_id(tokenizer, STEP),
        tool=token_id(tokenizer, TOOL),
        result=token_id(tokenizer, RESULT),
        pad=token_id(tokenizer, PAD),
    )


def shard_batches(
    shard: Shard,
    marks: Marks,
    *,
    order: Random,
    max_tokens: int,
    widths: Sequence[int] = WIDTHS,
) -> Iterator[Batch]:
    """The batches of one shard, of about `max_tokens` inputs each, in a shuffled order.

    Rows are not packed: a row attends to nothing of another, and positions begin at 0 as they do
    when the model is served. A row that is wider than the widest is left out.
    """
    starts = shard.starts
    groups = _grouped(shard.lengths, max_tokens, widths)
    order.shuffle(groups)
    for width, rows in groups:
        ids = torch.from_numpy(
            _padded(
                shard,
                starts[rows],
                shard.lengths[rows],
                shape=(len(rows), width + 1),
                pad=marks.pad,
            )
        )
        yield Batch(ids=ids, weights=weigh(ids, marks))


def weigh(ids: torch.Tensor, marks: Marks) -> torch.Tensor:
    """What each token is worth as a target.

    A question counts little. Of what is checked only the label counts: a program that may be
    wrong is not learnt. The result of a tool is read and never written.

    Args:
        ids: Token ids, (rows, tokens), padded on the right.
        marks: The tokenizer's marks.
    """
    starts = (ids == marks.program) | (ids == marks.step) | (ids == marks.tool)
    # The list of tools in front of a question is no call.
    starts &= _since(ids == marks.question)
    is_solution = _after(starts)
    weights = torch.where(is_solution, 1.0, QUESTION_WEIGHT)
    is_checked = (ids == marks.check).any(dim=1, keepdim=True)
    weights = weights.masked_fill(is_checked & _since(starts), 0.0)
    weights = weights.masked_fill(_after(ids == marks.check), LABEL_WEIGHT)
    return weights.masked_fill(_is_result(ids, marks) | (ids == marks.pad), 0.0)


def _is_result(ids: torch.Tensor, marks: Marks) -> torch.Tensor:
    """Whether a token is a result's mark or a part of a result, up to what the model says next."""
    is_end = (ids == marks.tool) | (ids == marks.answer)
    place = torch.arange(ids.shape[1], device=ids.device).expand_as(ids)
    last_result = torch.where(ids == marks.result, place, -2).cummax(dim=1).values
    last_end = torch.where(is_end, place, -1).cummax(dim=1).values
    # The mark behind a result is the model's own.
    return last_result > last_end


def _since(found: torch.Tensor) -> torch.Tensor:
    """Whether a token stands at the first of some marks or behind it."""
    return found.cumsum(dim=1) > 0


def _after(found: torch.Tensor) -> torch.Tensor:
    """Whether a token stands behind the first of some marks."""
    return found.cumsum(dim=1) - found.long() > 0


def _grouped(
    lengths: np.ndarray, max_tokens: int, widths: Sequence[int]
) -> list[tuple[int, list[int]]]:
    """Full batches by input width; what does not fill one waits for the next wider."""
    waiting = np.argsort(lengths, kind="stable")
    groups: list[tuple[int, list[int]]] = []
    for width in widths:
        n_fitting = int(np.searchsorted(lengths[waiting], width + 1, side="right"))
        size = max(1, max_tokens // width)
        n_taken = n_fitting // size * size
        # The longest of those that fit are taken, so that the ones that wait waste the least.
        taken = waiting[n_fitting - n_taken : n_fitting]
        waiting = np.concatenate([waiting[: n_fitting - n_taken], waiting[n_fitting:]])
        groups += [(width, taken[i : i + size].tolist()) for i in range(0, n_taken, size)]
    return groups


def _padded(
    shard: Shard, starts: np.ndarray, lengths: np.ndarray, *, shape: tuple[int, int], pad: int
) -> np.ndarray:
    ids = np.full(shape, pad, dtype=np.int64)
    for index, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        ids[index, :length] = shard.ids[start : start + int(length)]
    return ids
