from __future__ import annotations

import pytest

from engine.bench.measurement import Measurement, Sense, Verdict, describe_spread, round_figure


def measured(figure, sense=Sense.AT_MOST):
    return Measurement(name="x", unit="ms", sense=sense, bar=5.0, figure=figure)


@pytest.mark.parametrize(
    ("sense", "figure", "verdict"),
    [
        (Sense.AT_MOST, 5.0, Verdict.MET),
        (Sense.AT_MOST, 5.01, Verdict.MISSED),
        (Sense.AT_LEAST, 5.0, Verdict.MET),
        (Sense.AT_LEAST, 4.99, Verdict.MISSED),
    ],
    ids=["at-most", "above", "at-least", "below"],
)
def test_bar_itself_is_met(sense, figure, verdict):
    assert measured(figure, sense).verdict is verdict


def test_verdict_is_judged_before_rounding():
    assert measured(5.00001).to_data() == {
        "name": "x",
        "unit": "ms",
        "bar": "<= 5",
        "figure": 5.0,
        "verdict": "missed",
        "details": {},
    }


def test_spread_holds_the_quartiles():
    assert describe_spread([4, 1, 3, 2, 5]) == {
        "n": 5,
        "min": 1,
        "p25": 2,
        "p50": 3,
        "p75": 4,
        "max": 5,
    }


def test_figure_has_four_digits():
    assert round_figure(0.123456) == 0.1235
