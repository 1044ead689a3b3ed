"""A program agrees with its words when it does what they make likeliest."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.errors import CalibrationError
from engine.verify.agreement import AGREEMENTS, list_agreement
from engine.verify.log_linear import LogLinear
from engine.verify.slot import Slot, SlotKind, list_slots

MODEL = LogLinear(
    fillers=("addend", "factor"),
    bias=(0.5, 0.0),
    weights={">times": (-1.0, 1.0), ">more": (1.5, -0.5)},
)
MODELS = {SlotKind.NUMBER: MODEL}
WEIGHTS = st.floats(min_value=-30, max_value=30)


def agreement(slots, models=MODELS):
    return dict(zip(AGREEMENTS, list_agreement(slots, models), strict=True))


def slot(filler, *cues):
    return Slot(kind=SlotKind.NUMBER, filler=filler, cues=cues)


def test_probabilities_are_those_of_the_softmax():
    found = MODEL.log_probabilities([">times", ">times", "unknown"])

    assert found["factor"] - found["addend"] == pytest.approx(3.5)
    assert sum(map(math.exp, found.values())) == pytest.approx(1.0)


@given(st.lists(st.tuples(WEIGHTS, WEIGHTS), min_size=1, max_size=6))
def test_probabilities_add_up_to_one_whatever_the_weights(rows):
    weights = {str(index): row for index, row in enumerate(rows)}
    model = LogLinear(fillers=("a", "b"), bias=(0.0, 0.0), weights=weights)
    found = model.log_probabilities(weights)

    assert sum(map(math.exp, found.values())) == pytest.approx(1.0)


def test_what_the_words_expect_has_no_margin_against_it():
    found = agreement([slot("factor", ">times"), slot("addend", ">more")])

    assert found["is_unread"] == 0
    assert found["number_least_margin"] == found["number_sum_of_margins"] == 0
    assert found["number_mean_log_probability"] < 0


def test_what_they_do_not_expect_is_behind_by_its_odds():
    found = agreement([slot("addend", ">times"), slot("factor"), slot("factor", ">times")])

    assert found["number_least_margin"] == pytest.approx(-1.5)
    assert found["number_second_margin"] == pytest.approx(-0.5)
    assert found["number_sum_of_margins"] == pytest.approx(-2.0)


def test_a_filler_that_was_never_seen_has_the_least_that_counts():
    assert agreement([slot("divisor", ">times")])["number_least_margin"] < -10


def test_where_nothing_is_expected_nothing_speaks_against_a_program():
    found = agreement([slot("factor", ">times")], {})

    assert set(found.values()) == {0.0}


def test_an_unread_program_says_so():
    assert agreement([])["is_unread"] == 1


@given(question=st.text(max_size=50), program=st.text(max_size=30))
def test_agreement_is_finite_and_never_above_nothing(question, program):
    flag, *others = list_agreement(list_slots(question, program), MODELS)

    assert flag in {0.0, 1.0}
    assert all(math.isfinite(value) and value <= 0 for value in others)


def test_a_model_reads_back_as_it_was_written():
    assert LogLinear.from_data(json.loads(json.dumps(MODEL.to_data()))) == MODEL


@pytest.mark.parametrize(
    "change",
    [
        {"fillers": []},
        {"fillers": ["addend", "addend"]},
        {"bias": [0.0]},
        {"weights": {">more": [1.0]}},
        {"weights": {">more": [1.0, math.inf]}},
        {"weights": None},
        {"bias": None},
    ],
)
def test_what_is_no_log_linear_model_is_refused(change):
    with pytest.raises(CalibrationError):
        LogLinear.from_data({**MODEL.to_data(), **change})
