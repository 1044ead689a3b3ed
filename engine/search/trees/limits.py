"""Between what bounds the sizes of a tree search may be set."""

from __future__ import annotations

from collections.abc import Mapping

from engine.domain.errors import InvalidInputError

# Highest value of each setting; 1 is the lowest.
LIMITS: dict[str, int] = {
    "iterations": 1024,
    "width": 16,
    "breadth": 16,
    "thoughts": 16,
    "max_depth": 64,
    "max_visits": 1024,
    "parallel": 64,
    "n_values": 8,
    "n_answers": 16,
    "top": 64,
    "n_steps": 8,
    "n_rests": 8,
    "n_questions": 8,
    "n_reanswers": 8,
    "n_candidates": 64,
}

# An outcome copies the tables of a tree, a millisecond at this size.
MAX_TRIALS = 16_384


def check_limits(sizes: Mapping[str, int]) -> None:
    """Refuse what is no whole number, or out of bounds.

    Raises:
        InvalidInputError: Naming the setting and its bounds.
    """
    for name, size in sizes.items():
        is_whole = type(size) is int
        if not is_whole or not 1 <= size <= LIMITS[name]:
            raise InvalidInputError(
                f"{name} must be a whole number between 1 and {LIMITS[name]}, not {size!r}"
            )


def check_total(n_planned: int) -> None:
    """Refuse sizes that together allow more trials than one search may have.

    Raises:
        InvalidInputError: Naming both numbers.
    """
    if n_planned > MAX_TRIALS:
        raise InvalidInputError(
            f"these settings allow {n_planned} trials; one search may have {MAX_TRIALS}: "
            "lower one of its sizes"
        )
