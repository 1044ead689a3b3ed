"""Explanations whose equations are false, or that mark another answer, are found out."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training.generation.explanation import check_explanation
from engine.training.generation.reply import Reason, RejectedError


@pytest.mark.parametrize(
    "text",
    [
        "4 boxes of 5 pens: 4 * 5 = 20. The answer is 20.",
        "First, 4 × 5 = 20.",
        "We know a = 4 and b = 5, so we multiply.",
        "10 / 3 = 3.33, which is about 3.3. So 20.",
        "1,000 + 234 = 1,234; then (2 + 3) * 4 = 20.",
        "It costs $2 * 10 = $20.",
        "2 + 3 = 5 * 4 = 20",
        "From 22 pens - 4 * 5 = 2, and x2 + 3 = 20.",
        "5 * 4=20, then.",
    ],
)
def test_true_explanation_passes(text):
    check_explanation(text, Fraction(20))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("4 * 5 = 21. The answer is 20.", Reason.EXPLANATION),
        ("There are 4 * 5 = 20. The answer is 21.", Reason.EXPLANATION),
        ("10 / 3 = 3.35", Reason.EXPLANATION),
        ("I'm sorry, but I cannot do this.", Reason.REFUSED),
        ("so " * 2_000, Reason.TRUNCATED),
    ],
    ids=["false equation", "another answer", "rounded wrong", "refusal", "endless"],
)
def test_false_explanation_is_rejected(text, reason):
    with pytest.raises(RejectedError) as caught:
        check_explanation(text, Fraction(20))
    assert caught.value.reason is reason


@given(st.text(alphabet="0123456789+-*/=()., a\n", max_size=200))
def test_any_text_is_judged_and_nothing_else_raised(text):
    try:
        check_explanation(text, Fraction(1))
    except RejectedError as error:
        assert error.reason in set(Reason)  # noqa: PT017 - every outcome is fine but a crash
