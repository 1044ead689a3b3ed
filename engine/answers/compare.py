"""Do two answers mean the same? Right, wrong, or could not be compared."""

from __future__ import annotations

from engine.answers.key import KeyKind, canonical_key
from engine.answers.unit_table import UNCONVERTIBLE
from engine.domain.verdict import Verdict


def compare_answers(a: str, b: str) -> Verdict:
    """Compare two answers by their canonical keys.

    Returns:
        RIGHT when they mean the same, WRONG when they cannot, UNCHECKED when either has no key
        or the two are of kinds that may yet agree (`50%` and `0.5`, `(B)` and `72`).
    """
    return compare_keys(canonical_key(a), canonical_key(b))


def compare_keys(a: str | None, b: str | None) -> Verdict:
    """Compare two keys of one canonicaliser; None stands for "no key"."""
    if a is None or b is None:
        return Verdict.UNCHECKED
    if a == b:
        return Verdict.RIGHT
    kinds = frozenset({_kind(a), _kind(b)})
    both_quantities = kinds == frozenset({KeyKind.QUANTITY})
    if kinds in _MAY_AGREE or (both_quantities and not _are_convertible(a, b)):
        return Verdict.UNCHECKED
    return Verdict.WRONG


def _may_agree() -> frozenset[frozenset[KeyKind]]:
    # A bare number leaves its unit to the question, and a letter stands for any text.
    pairs = {
        frozenset({number, measured})
        for number in (KeyKind.NUMBER, KeyKind.SURD)
        for measured in (KeyKind.QUANTITY, KeyKind.PERCENT)
    }
    letters = {frozenset({KeyKind.CHOICE, other}) for other in KeyKind if other != KeyKind.CHOICE}
    return frozenset(pairs | letters)


_MAY_AGREE = _may_agree()


def _kind(key: str) -> KeyKind:
    return KeyKind(key.partition(":")[0])


def _are_convertible(a: str, b: str) -> bool:
    """Tell whether unequal means different: same base units, or none that stands apart."""
    unit_a, unit_b = a.rpartition(":")[2], b.rpartition(":")[2]
    if unit_a == unit_b:
        return True
    bases = _bases(unit_a) | _bases(unit_b)
    return not bases & UNCONVERTIBLE


def _bases(unit: str) -> frozenset[str]:
    parts = unit.replace("/", "*").split("*")
    return frozenset(part.partition("^")[0] for part in parts)
