"""The unit that a problem asks its answer in, as in `how many metres` or `in km/h?`.

Only words are found here; which of them are a unit is for the grammar of answers to say. A problem
that asks for several things, or whose words leave open what is measured, asks for no unit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain.verdict import Verdict

MAX_PROBLEM_CHARS = 4_000
MAX_UNIT_WORDS = 4

_WORD = r"[A-Za-z][A-Za-z^0-9/*]{0,30}"
_WORDS = rf"{_WORD}(?:\s{{1,3}}{_WORD}){{0,{MAX_UNIT_WORDS - 1}}}"
_COUNTED = re.compile(rf"\bhow\s+many\s+({_WORDS})", re.IGNORECASE)
_STATED = re.compile(
    rf"(?<!ed)(?<!given)(?<!are)\s+in\s+(?:units\s+of\s+)?({_WORDS})\s*(?:[.?!]|$)", re.IGNORECASE
)
_ASKS = re.compile(
    r"\b(?:how|what|which|find|calculate|determine|compute|estimate|when|where|who|why)\b",
    re.IGNORECASE,
)
# `30 in` and `5 pounds of force` measure what another word says; so do these quantities beside
# a unit of another kind, as in "the area in inches".
_VAGUE = re.compile(
    r"\b(?:area|volume|surface|square|cubic|rate|speed|ratio|pounds?|lbs?|ounces?|oz|tons?"
    r"|points?|arc|scale)\b",
    re.IGNORECASE,
)
_BARE = frozenset({"in", "a", "A", "am", "as", "at", "c", "C", "d", "F", "T", "t", "B", "K"})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitClaim:
    """Words of a problem that begin with the unit it asks for, if they hold one.

    Attributes:
        words: In their order, at most four.
        is_count: Whether they follow `how many`, where the rest of a rate is often left unsaid.
    """

    words: tuple[str, ...]
    is_count: bool


def find_unit_claim(problem: str) -> UnitClaim | None:
    """Find where a problem names the unit of its answer; ``None`` when in doubt."""
    if len(problem) > MAX_PROBLEM_CHARS or len(_ASKS.findall(problem)) != 1:
        return None
    asked = problem[_find_sentence(problem) :]
    counted, stated = list(_COUNTED.finditer(asked)), list(_STATED.finditer(asked))
    if len(counted) + len(stated) != 1:
        return None
    (found,) = counted + stated
    words = tuple(found[1].split())
    is_vague = bool(_VAGUE.search(asked)) and not _names_its_power(words)
    # Of "how many feet of cloth" the unit may as well be the square foot.
    if is_vague or words[0] in _BARE or (counted and "of" in words):
        return None
    return UnitClaim(words=words, is_count=bool(counted))


def compare_dimensions(
    asked: Mapping[str, int], given: Mapping[str, int], *, is_count: bool
) -> Verdict:
    """Compare the base units of what was asked for and of what was given.

    Returns:
        ``WRONG`` when they differ, ``UNCHECKED`` when they are the same, which says nothing of
        the value. Where a count is asked for, `60 km` and `60 km/h` may mean the same rate.
    """
    if asked == given or not asked or not given:
        return Verdict.UNCHECKED
    if is_count and (_is_part_of(asked, given) or _is_part_of(given, asked)):
        return Verdict.UNCHECKED
    return Verdict.WRONG


def _find_sentence(problem: str) -> int:
    """Return where the sentence begins that asks."""
    match = _ASKS.search(problem)
    end = 0 if match is None else match.start()
    return max((mark.end() for mark in re.finditer(r"[.!?\n]\s", problem[:end])), default=0)


def _names_its_power(words: tuple[str, ...]) -> bool:
    return words[0].lower() in {"square", "cubic"} or "/" in words[0] or "per" in words


def _is_part_of(part: Mapping[str, int], whole: Mapping[str, int]) -> bool:
    """Whether a whole is a part over something else."""
    return all(whole.get(base) == power for base, power in part.items()) and all(
        power < 0 for base, power in whole.items() if base not in part
    )
