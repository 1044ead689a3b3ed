from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.retry import Failure, RetryPolicy, parse_retry_after
from engine.domain.errors import ModelRequestError, ModelTimeoutError, ModelUnavailableError

POLICY = RetryPolicy(max_attempts=8, base_s=0.5, cap_s=10.0)
AWAY = Failure(error=ModelUnavailableError())
draws = st.floats(0, 1, exclude_max=True)


@given(n_attempts=st.integers(1, 7), draw=draws)
def test_wait_lies_in_the_upper_half_of_its_doubling(n_attempts, draw):
    ceiling_s = min(10.0, 0.5 * 2 ** (n_attempts - 1))
    decision = POLICY.decide(AWAY, n_attempts, draw)
    assert decision is not None
    assert ceiling_s / 2 <= decision.wait_s <= ceiling_s


@given(draw=draws, retry_after_s=st.floats(0, 1000))
def test_wait_is_never_shorter_than_the_server_asked(draw, retry_after_s):
    failure = Failure(error=ModelUnavailableError(), retry_after_s=retry_after_s)
    decision = POLICY.decide(failure, 1, draw)
    assert decision is not None
    assert decision.wait_s >= retry_after_s


def test_last_attempt_is_the_last():
    assert POLICY.decide(AWAY, 7, 0.0) is not None
    assert POLICY.decide(AWAY, 8, 0.0) is None


def test_timeout_is_tried_again():
    assert POLICY.decide(Failure(error=ModelTimeoutError()), 1, 0.0) is not None


def test_refusal_is_not_tried_again():
    assert POLICY.decide(Failure(error=ModelRequestError()), 1, 0.0) is None


def test_endless_policy_still_has_a_longest_wait():
    policy = RetryPolicy(max_attempts=10**9)
    decision = policy.decide(AWAY, 10**6, 0.999)
    assert decision is not None
    assert decision.wait_s <= policy.cap_s


@pytest.mark.parametrize(
    "fields",
    [{"max_attempts": 0}, {"base_s": 0.0}, {"base_s": 2.0, "cap_s": 1.0}],
    ids=["no-attempt", "no-wait", "cap-below-base"],
)
def test_senseless_policy_is_refused(fields):
    with pytest.raises(ValueError, match="must"):
        RetryPolicy(**fields)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("12", 12.0),
        (" 3 ", 3.0),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", None),
        ("9" * 400, 999_999_999.0),
    ],
    ids=[
        "none",
        "empty",
        "seconds",
        "blanks",
        "negative",
        "fraction",
        "other-digits",
        "date",
        "vast",
    ],
)
def test_retry_after_is_read_in_seconds_only(header, seconds):
    assert parse_retry_after(header) == seconds
