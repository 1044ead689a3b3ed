"""How unsettled a search is."""

from __future__ import annotations

import pytest

from engine.domain.event import EventDraft, EventType, Position, seal_events
from engine.search.stopping.beta import doubt_lead
from workers.doubt import Doubt


def ended(name, status="complete"):
    answer = None if name is None else {"class": name, "text": name}
    return EventDraft(type=EventType.TRIAL_ENDED, data={"status": status, "answer": answer})


def doubt_after(*drafts):
    doubt = Doubt()
    for event in seal_events(Position(job_id="j"), drafts, "2026-01-01T00:00:00Z")[1]:
        doubt.tell(event)
    return doubt.value()


def test_a_search_without_a_vote_knows_nothing():
    assert doubt_after() == 1.0
    assert doubt_after(ended(None), ended("a", "truncated")) == 1.0


@pytest.mark.parametrize(
    ("names", "n_lead", "n_second"),
    [("a", 1, 0), ("aab", 2, 1), ("aabb", 2, 2), ("abcaad", 3, 1)],
)
def test_doubt_is_the_runner_ups_chance(names, n_lead, n_second):
    assert doubt_after(*map(ended, names)) == doubt_lead(n_lead, n_second)


def test_agreement_settles():
    doubts = [doubt_after(*map(ended, "a" * n)) for n in range(6)]

    assert doubts == sorted(doubts, reverse=True)


def test_other_events_say_nothing():
    note = EventDraft(type=EventType.SEARCH_NOTED, data={"note": "x"})

    assert doubt_after(ended("a"), note) == doubt_after(ended("a"))
