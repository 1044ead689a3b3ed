"""Each form of a rule draws the numbers that it says."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from engine.training.errors import StoryError
from engine.training.stories.number_rule import parse_number_rules


def drawn(text, n_draws=200):
    rng = Random(5)
    rules = parse_number_rules(text)
    found = []
    for _ in range(n_draws):
        known = {}
        for rule in rules:
            value = rule.draw(rng, known)
            if value is None:
                break
            known[rule.name] = value
        else:
            found.append(known)
    return found


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("n 12..60", lambda d: 12 <= d["n"] <= 60),
        ("n 10..60 step 5", lambda d: d["n"] % 5 == 0),
        ("n 5..9; s below n", lambda d: 2 <= d["s"] < d["n"]),
        ("n 5..9; s below n from 4", lambda d: 4 <= d["s"] < d["n"]),
        ("n 5..9; s above n by 3", lambda d: d["n"] < d["s"] <= d["n"] + 3),
        ("n 12..24; d divisor n 2..6", lambda d: d["n"] % d["d"] == 0),
        ("n 2..9; m multiple n 3..4", lambda d: d["m"] / d["n"] in (3, 4)),
        ("k of 2 3 0.5", lambda d: d["k"] in (2, 3, Fraction(1, 2))),
        ("p price 2..40", lambda d: 2 <= d["p"] < 41 and 100 % d["p"].denominator == 0),
        ("r percent", lambda d: 0 < d["r"] < 100),
        ("h decimal 1.5..9.5", lambda d: (d["h"] * 10).denominator == 1),
        ("n 2..9; k 2..9; t = n*k + 3", lambda d: d["t"] == d["n"] * d["k"] + 3),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_rule_draws_what_it_says(text, holds):
    found = drawn(text)
    assert found
    assert all(holds(numbers) for numbers in found)


def test_a_computed_number_is_positive():
    assert all(numbers["t"] > 0 for numbers in drawn("n 2..9; k 2..9; t = n - k"))


def test_a_computed_number_that_cannot_be_is_not_drawn():
    assert drawn("n 2..9; t = 3/(n-n)") == []


@pytest.mark.parametrize("text", ["n", "n 9..2", "n 0..4", "A 2..9", "n 2..9; t = n +", "n of x"])
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(StoryError):
        parse_number_rules(text)


def test_a_decimal_span_that_is_empty_is_refused():
    with pytest.raises(StoryError, match="holds no number"):
        parse_number_rules("h decimal 9.5..1.5")
