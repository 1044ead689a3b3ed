"""The property test of the fold and the tally holds the sums; here is the rule itself."""

from __future__ import annotations

import pytest

from engine.domain.budget import Spent
from engine.domain.cost import cost_of
from engine.domain.event import EventDraft, EventType

USED = {"tokens": {"in": 3, "out": 5, "cached": 2}, "model_calls": 1}
COST = Spent(tokens_in=3, tokens_out=5, tokens_cached=2, model_calls=1)


@pytest.mark.parametrize("kind", [EventType.TRIAL_ENDED, EventType.SEARCH_NOTED])
def test_samples_cost_tokens_and_calls(kind):
    assert cost_of(EventDraft(type=kind, data=USED)) == COST


def test_an_opening_costs_a_node_and_nothing_else():
    assert cost_of(EventDraft(type=EventType.TRIAL_OPENED, data=USED)) == Spent(nodes=1)


def test_a_note_without_figures_costs_nothing():
    assert cost_of(EventDraft(type=EventType.SEARCH_NOTED, data={"note": "x"})) == Spent()


def test_no_other_event_costs_anything():
    others = set(EventType) - {
        EventType.TRIAL_OPENED,
        EventType.TRIAL_ENDED,
        EventType.SEARCH_NOTED,
    }
    assert {cost_of(EventDraft(type=kind, data=USED)) for kind in others} == {Spent()}
