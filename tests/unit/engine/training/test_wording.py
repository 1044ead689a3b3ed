"""Variety is counted over words, with every number as one."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from engine.training.surface import choose
from engine.training.wording import (
    count_readings,
    coverage,
    distinct_windows,
    masked_words,
)


def test_numbers_are_masked_in_digits_and_in_words():
    assert masked_words("Mia's 1,200 eggs, twelve pens and 3.5 pies.") == [
        "mia's",
        "#",
        "eggs",
        "#",
        "pens",
        "and",
        "#",
        "pies",
    ]


def test_texts_that_differ_in_numbers_only_share_their_windows():
    text = "Omar has {} plums and eats two of them after lunch."
    assert distinct_windows([text.format(5), text.format(81)]) == 4


def test_a_short_text_has_no_window():
    assert distinct_windows(["Omar has 5 plums."]) == 0


def test_coverage_counts_running_and_distinct_words():
    found = coverage(["a plum and a pear"], of=["a plum, a plum, 4 figs"])
    assert found.running == 4 / 5
    assert found.distinct == 2 / 3


def test_nothing_to_cover_is_not_covered():
    assert coverage(["a plum"], of=[]).running == 0


def test_readings_multiply_side_by_side_and_add_within_brackets():
    assert count_readings("plain {A}") == 1
    assert count_readings("[a|b] and [c|d|e]") == 6
    assert count_readings("[a [b|c]|d] e[|f]") == 6


@given(st.recursive(st.just("x"), lambda inner: st.lists(inner, min_size=1, max_size=3)))
def test_readings_are_at_least_as_many_as_are_drawn(tree):
    def form(node):
        return node if isinstance(node, str) else "[" + "|".join(map(form, node)) + "]"

    found = {choose(form(tree), Random(seed)) for seed in range(20)}
    assert len(found) <= count_readings(form(tree))
