"""Requests go as fast as the limits allow, and money as far as the cap."""

from __future__ import annotations

import pytest

from engine.training.generation.budget import Budget, Prices, estimate_tokens
from engine.training.generation.limit import RateLimit


class SteppingClock:
    """Sleeping passes at once, and moves the time on."""

    def __init__(self):
        self.ms = 0

    def now_ms(self):
        return self.ms

    async def sleep(self, seconds):
        self.ms += round(seconds * 1000)


@pytest.fixture
def clock():
    return SteppingClock()


async def send_times(limit, *sizes):
    return [(await limit.admit(size)).sent_ms for size in sizes]


async def test_requests_wait_for_the_window(clock):
    limit = RateLimit(clock, requests_a_minute=2)
    assert await send_times(limit, 1, 1, 1, 1, 1) == [0, 0, 60_000, 60_000, 120_000]


async def test_tokens_wait_for_the_window(clock):
    limit = RateLimit(clock, tokens_a_minute=100)
    assert await send_times(limit, 60, 40, 1) == [0, 0, 60_000]


async def test_exact_count_frees_what_was_reserved(clock):
    limit = RateLimit(clock, tokens_a_minute=100)
    ticket = await limit.admit(100)
    ticket.n_tokens = 10
    assert await send_times(limit, 90) == [0]


async def test_request_above_the_limit_goes_alone(clock):
    limit = RateLimit(clock, tokens_a_minute=100)
    assert await send_times(limit, 10, 500, 10) == [0, 60_000, 120_000]


async def test_pause_holds_everybody_back(clock):
    limit = RateLimit(clock)
    limit.pause(7)
    limit.pause(3)
    assert await send_times(limit, 1, 1) == [7_000, 7_000]


def test_cap_counts_what_is_in_flight():
    budget = Budget(prices=Prices(prompt=1.0, completion=2.0), cap=10.0)
    budget.reserve(6.0)
    assert not budget.may_send(6.0)
    budget.release(6.0)
    budget.pay(1_000_000, 1_000_000)
    assert budget.spent == 3.0
    assert budget.may_send(7.0)
    assert not budget.may_send(7.5)


def test_estimate_does_not_fall_short_of_ordinary_text():
    assert estimate_tokens("How many pens are left?") >= 6
