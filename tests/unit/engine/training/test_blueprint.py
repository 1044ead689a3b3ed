"""A number is drawn within its limits, or the attempt is rejected."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training import blueprint

KNOWN = {"v": Fraction(24)}
seeds = st.integers(0, 2**32)


@pytest.mark.parametrize(
    ("draw", "accepts"),
    [
        pytest.param(blueprint.span(2, 9), lambda n: 2 <= n <= 9, id="narrow span"),
        pytest.param(blueprint.span(2, 900), lambda n: 2 <= n <= 900, id="wide span"),
        pytest.param(blueprint.span(20, 900, 10), lambda n: n % 10 == 0, id="steps"),
        pytest.param(blueprint.below("v"), lambda n: 1 <= n < 24, id="below"),
        pytest.param(blueprint.above("v", 5), lambda n: 24 < n <= 29, id="above"),
        pytest.param(blueprint.divisor("v"), lambda n: 24 % n == 0 and 2 <= n <= 12, id="divisor"),
        pytest.param(blueprint.one_of(3, 7), lambda n: n in (3, 7), id="one of"),
        pytest.param(blueprint.percent(), lambda n: 0 < n < 100, id="percent"),
        pytest.param(blueprint.price(2, 9), lambda n: 2 <= n < 10, id="price"),
        pytest.param(blueprint.multiple("v", 2, 3), lambda n: n in (48, 72), id="multiple"),
    ],
)
@given(seed=seeds)
def test_a_draw_stays_within_its_limits(draw, accepts, seed):
    value = draw(Random(seed), KNOWN)
    assert accepts(value)
    assert 100 % value.denominator == 0


def test_prices_have_cents_now_and_then():
    draw = blueprint.price(1, 20)
    values = [draw(Random(seed), {}) for seed in range(100)]
    assert 10 < sum(value.denominator > 1 for value in values) < 60


@pytest.mark.parametrize(
    ("draw", "known"),
    [
        pytest.param(blueprint.below("v"), Fraction(1), id="nothing below"),
        pytest.param(blueprint.divisor("v"), Fraction(23), id="no divisor"),
        pytest.param(blueprint.computed(lambda k: k["v"] - 9), Fraction(5), id="not positive"),
    ],
)
def test_what_cannot_be_drawn_rejects_the_attempt(draw, known):
    assert draw(Random(0), {"v": known}) is None


def test_a_computed_number_follows_from_the_others():
    assert blueprint.computed(lambda k: k["v"] * 2)(Random(0), KNOWN) == 48
