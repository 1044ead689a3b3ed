"""Progress as a fold."""

from __future__ import annotations

from engine.domain.job_status import JobStatus
from scripts.svend.tally import Tally
from tests.unit.scripts.wire_samples import ended, seal, submitted, whole_log


def tell(drafts) -> Tally:
    tally = Tally()
    for event in seal(drafts):
        tally.tell(event)
    return tally


def test_a_whole_log_is_counted():
    tally = tell(whole_log())

    assert (tally.n_planned, tally.n_opened, tally.n_ended, tally.tokens_out) == (2, 2, 2, 14)
    assert tally.status is JobStatus.SUCCEEDED


def test_the_answer_seen_most_often_leads():
    assert tell([ended("1", 0), ended("2", 1), ended("2", 2)]).leader() == "2"


def test_nothing_leads_before_an_answer():
    assert tell([submitted()]).leader() is None


def test_what_was_cut_short_does_not_vote():
    assert tell([ended("1", 0, status="truncated")]).leader() is None
