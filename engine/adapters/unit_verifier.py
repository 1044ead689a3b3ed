"""A verifier that compares an answer's unit with the one that the problem asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from engine.adapters.verifier_batch import Batch, judge_in_batches
from engine.answers.key import KeyKind, canonical_key
from engine.answers.unit_table import UNCONVERTIBLE
from engine.domain.verdict import Verdict
from engine.ports import CancelToken, Claim, Judgement
from engine.verify.score_reply import Reading
from engine.verify.unit_claim import compare_dimensions, find_unit_claim

REFUTED = 0.0

# A degree is of an angle or of heat, and what lies between rad/s and 1/s is a matter of taste.
_UNCLEAR = UNCONVERTIBLE | {"rad"}
# Masses that are forces as well, and letters that stand for thousands, millions or a choice.
_VAGUE_ANSWER = re.compile(r"\b(?i:pounds?|lbs?|ounces?|oz)\b|(?:^|[\d\s])[kKMBTGCFAdt]\W*$")
# Where no length is asked for, this may as well be minutes or millions.
_BARE_M = re.compile(r"[\d\s]m\W*$")


class UnitVerifier:
    """The port ``Verifier`` over the grammar of answers; nothing is run.

    ``WRONG`` for `5 m/s` where a problem asks "how far, in metres?". A unit of the right kind, or
    none, is no evidence. What has no fixed relation to others, such as a month, is never compared.
    """

    version = "units@1"

    async def judge(self, claims: Sequence[Claim], cancel: CancelToken) -> Sequence[Judgement]:
        """Return one verdict a claim; see the port."""
        return await judge_in_batches(claims, cancel, _check_all, size=max(1, len(claims)))


async def _check_all(batch: Batch) -> Sequence[Reading]:
    return [_check(claim) for claim in batch.claims]


def _check(claim: Claim) -> Reading:
    asked = None if claim.answer is None else find_unit_claim(claim.problem)
    if asked is None or claim.answer is None or _VAGUE_ANSWER.search(claim.answer):
        return Reading(error="there are no two units to compare")
    wanted, given = _read_longest(asked.words), _read_powers(claim.answer)
    is_bare = "m" not in wanted and _BARE_M.search(claim.answer) is not None
    if is_bare or _UNCLEAR & {*wanted, *given}:
        return Reading(error="the units cannot be compared")
    verdict = compare_dimensions(wanted, given, is_count=asked.is_count)
    if verdict is not Verdict.WRONG:
        return Reading()
    error = f"{claim.answer!r} is not measured in {' '.join(asked.words)!r}"
    return Reading(score=REFUTED, verdict=verdict, error=error)


def _read_longest(words: Sequence[str]) -> Mapping[str, int]:
    """Return the base units of the longest beginning that is a unit; none where none is."""
    for n_words in range(len(words), 0, -1):
        powers = _read_powers("1 " + " ".join(words[:n_words]))
        if powers:
            return powers
    return {}


def _read_powers(answer: str) -> Mapping[str, int]:
    """Return the powers of base units of a quantity, as its key writes them; else none."""
    kind, _, rest = (canonical_key(answer) or "").partition(":")
    if kind != KeyKind.QUANTITY:
        return {}
    powers: dict[str, int] = {}
    for sign, part in re.findall(r"(^|[*/])([^*/]+)", rest.rpartition(":")[2]):
        base, _, power = part.partition("^")
        powers[base] = int(power or 1) * (-1 if sign == "/" else 1)
    return powers
