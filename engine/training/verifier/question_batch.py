"""Rows of questions as the tensors that a language model's loss takes.

What is judged is listed check by check: the row, the place in it, the target, and whether it is a
whole solution. Targets of tokens stand at the token behind which they are said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import torch

from engine.training.verifier.packed_question import PackedQuestion, PlacedChain, pad_rows

NONE: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A right and a wrong whole of one row, by their numbers among the checks."""

    right: int
    wrong: int
    weight: float


def collate_questions(rows: Sequence[PackedQuestion], *, pad: int) -> dict[str, torch.Tensor]:
    """Pad rows and list what is judged in them.

    Args:
        rows: At least one.
        pad: The token that fills rows up.

    Returns:
        `input_ids` and `position_ids` (rows, tokens), `attention_mask` (rows, 1, tokens, tokens),
        `next_ids` and `outcome` (rows, tokens; `NONE` where nothing is asked), `check_rows`,
        `check_places`, `check_targets` and `check_wholes` (checks), `pair_right`, `pair_wrong`
        and `pair_weights` (pairs; the pairs of a row weigh one together), and `first`, the
        first token of any row that is asked.
    """
    packed = pad_rows(rows, pad=pad)
    next_ids = torch.full_like(packed.ids, NONE)
    outcome = torch.full(packed.ids.shape, float(NONE))
    for index, row in enumerate(rows):
        for chain in row.chains:
            solution = slice(chain.begin + 1, chain.end)
            outcome[index, solution] = torch.tensor(chain.token_targets)
            next_ids[index, chain.begin : chain.end - 1] = packed.ids[index, solution]
    return {
        "input_ids": packed.ids,
        "position_ids": packed.positions,
        "attention_mask": packed.sees,
        "next_ids": next_ids,
        "outcome": outcome,
        # Nothing is said about the question, so that its logits need not be computed.
        "first": torch.tensor(min(chain.begin for row in rows for chain in row.chains)),
        **_checks(rows),
        **_pairs(rows),
    }


def _checks(rows: Sequence[PackedQuestion]) -> dict[str, torch.Tensor]:
    checks = [
        (index, place, target, number == len(chain.places))
        for index, row in enumerate(rows)
        for chain in row.chains
        for number, (place, target) in enumerate(_judged(chain), start=1)
    ]
    at, places, targets, wholes = zip(*checks, strict=True)
    return {
        "check_rows": torch.tensor(at),
        "check_places": torch.tensor(places),
        "check_targets": torch.tensor(targets, dtype=torch.float32),
        "check_wholes": torch.tensor(wholes, dtype=torch.bool),
    }


def _judged(chain: PlacedChain) -> Iterator[tuple[int, float]]:
    return zip(chain.places, chain.targets, strict=True)


def _pairs(rows: Sequence[PackedQuestion]) -> dict[str, torch.Tensor]:
    pairs, n_checks = list[_Pair](), 0
    for row in rows:
        right, wrong = list[int](), list[int]()
        for chain in row.chains:
            n_checks += len(chain.places)
            (right if chain.is_right else wrong).append(n_checks - 1)
        pairs += [
            _Pair(right=one, wrong=other, weight=1 / (len(right) * len(wrong)))
            for one, other in product(right, wrong)
        ]
    return {
        "pair_right": torch.tensor([pair.right for pair in pairs], dtype=torch.long),
        "pair_wrong": torch.tensor([pair.wrong for pair in pairs], dtype=torch.long),
        "pair_weights": torch.tensor([pair.weight for pair in pairs], dtype=torch.float32),
    }
