"""What tokens cost, and how a log comes to a sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.budget import Budget, Spent
from engine.domain.cost import cost_of
from engine.domain.errors import InvalidBudgetError
from engine.domain.event import EventDraft, EventType, Position, seal_events
from engine.domain.fold import fold
from engine.domain.price import MAX_PRICE, Prices

PRICES = Prices(per_mtok_in=0.15, per_mtok_out=0.6)
ENDED = EventDraft(
    type=EventType.SEARCH_NOTED, data={"note": "cut", "tokens": {"in": 1000, "out": 10}}
)


def test_a_million_tokens_cost_their_price():
    assert Spent(cost_nano=PRICES.cost_nano(1_000_000, 1_000_000)).cost == 0.75


def test_an_event_costs_what_its_tokens_do():
    assert cost_of(ENDED, PRICES).cost == pytest.approx(0.000156)


def test_tokens_are_free_where_no_price_is_set():
    assert cost_of(ENDED).cost_nano == 0
    assert Prices.from_data(None).is_free


@pytest.mark.parametrize("price", [-1, MAX_PRICE * 2, float("nan")], ids=str)
def test_a_price_must_lie_within_bounds(price):
    with pytest.raises(InvalidBudgetError):
        Prices(per_mtok_in=price)


@given(st.floats(0, MAX_PRICE), st.floats(0, MAX_PRICE))
def test_prices_survive_the_log(price_in, price_out):
    prices = Prices(per_mtok_in=price_in, per_mtok_out=price_out)

    assert Prices.from_data(prices.to_data()) == prices


@given(st.integers(0, 10**15))
def test_a_cost_survives_being_shown_in_units(cost_nano):
    spent = Spent(cost_nano=cost_nano)

    assert Spent.from_data(spent.to_data()) == spent


def test_a_fold_reckons_with_the_prices_of_event_one():
    first = EventDraft(type=EventType.JOB_SUBMITTED, data={"prices": PRICES.to_data()})
    _, events = seal_events(Position(job_id="j"), [first, ENDED, ENDED], "2026-01-01T00:00:00Z")

    assert fold(events).spent.cost == pytest.approx(0.000312)


@pytest.mark.parametrize(
    ("cost_nano", "name"), [(499_999_999, None), (500_000_000, "money")], ids=["below", "reached"]
)
def test_money_that_is_spent_ends_a_search(cost_nano, name):
    assert Budget(money=0.5).exhausted_by(Spent(cost_nano=cost_nano)) == name
