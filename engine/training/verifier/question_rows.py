"""Which chains share a row: those of one question, so many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence


def row_groups(
    questions: Sequence[str], *, n_most: int, is_right: Sequence[bool] | None = None
) -> list[list[int]]:
    """The indices of chains by question, in as many rows as they need.

    Args:
        questions: Of each chain.
        n_most: Chains of one row.
        is_right: Whether each chain is, where each row of a question is to have its share of right
            and of wrong ones.

    Returns:
        The groups, in the order in which their questions first appear.
    """
    by_question: defaultdict[str, list[int]] = defaultdict(list)
    for index, question in enumerate(questions):
        by_question[question].append(index)
    found: list[list[int]] = []
    for group in by_question.values():
        ordered = sorted(group, key=lambda index: is_right[index]) if is_right else group
        n_rows = -(-len(group) // n_most)
        # Dealt out like cards; in one row they keep their order.
        found += [ordered[start::n_rows] for start in range(n_rows)]
    return found
