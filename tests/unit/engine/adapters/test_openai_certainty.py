from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.openai_certainty import CertaintyFold

logprobs = st.floats(-20, 0)


def folded(confidences, group_tokens):
    fold = CertaintyFold(n_candidates=1, group_tokens=group_tokens)
    for confidence in confidences:
        fold.add([-confidence])
    return fold.to_certainty()


def test_confidence_is_the_negative_mean_over_the_best_candidates():
    fold = CertaintyFold(n_candidates=2, group_tokens=1)
    assert fold.add([-5.0, -1.0, -3.0]) == 2.0


def test_groups_move_on_by_one_token():
    certainty = folded([4.0, 2.0, 0.0, 6.0], 2)
    assert (certainty.mean, certainty.tail, certainty.lowest) == (3.0, 3.0, 1.0)


def test_a_text_shorter_than_a_group_is_one_group():
    certainty = folded([1.0, 3.0], 32)
    assert (certainty.tail, certainty.lowest, certainty.bottom_tenth) == (2.0, 2.0, 2.0)


def test_a_text_without_candidates_has_no_certainty():
    fold = CertaintyFold(n_candidates=5, group_tokens=2)
    assert fold.add([]) is None
    assert fold.add([-9999.0, float("-inf")]) is None
    assert fold.to_certainty() is None


def test_the_bottom_tenth_is_the_mean_of_the_least_sure_groups():
    assert folded([float(i) for i in range(20)], 1).bottom_tenth == 0.5


@given(st.lists(st.floats(0, 20), min_size=1, max_size=60), st.integers(1, 40))
def test_the_measures_keep_their_order(confidences, group_tokens):
    certainty = folded(confidences, group_tokens)
    slack = 1e-9
    assert 0 <= certainty.lowest <= certainty.bottom_tenth + slack
    assert certainty.lowest <= certainty.tail + slack
    assert min(confidences) - slack <= certainty.mean <= max(confidences) + slack


@given(st.lists(st.floats(0, 20), min_size=1, max_size=60), st.integers(1, 10))
def test_sliding_gives_what_every_window_summed_anew_gives(confidences, group_tokens):
    certainty = folded(confidences, group_tokens)
    n_groups = max(1, len(confidences) - group_tokens + 1)
    windows = [confidences[i : i + group_tokens] for i in range(n_groups)]
    means = [sum(window) / len(window) for window in windows]
    assert certainty.lowest == pytest.approx(min(means), abs=1e-9)
    assert certainty.tail == pytest.approx(means[-1], abs=1e-9)
