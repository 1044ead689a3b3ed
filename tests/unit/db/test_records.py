"""Endings that contradict themselves cannot exist."""

from __future__ import annotations

import pytest

from db.records import Ending
from engine.domain.event import EventDraft, EventType
from engine.domain.job_status import JobStatus
from engine.domain.standing import SolveOutcome, StopReason

SUCCESS = {
    "status": JobStatus.SUCCEEDED,
    "outcome": SolveOutcome.UNVERIFIED,
    "stop_reason": StopReason.SOLVED,
    "result_body": {"answer": None},
}
FAILURE = {"status": JobStatus.FAILED, "error": {"code": "internal"}}


@pytest.mark.parametrize(
    "parts",
    [
        {"status": JobStatus.RUNNING},
        {**SUCCESS, "outcome": None},
        {**SUCCESS, "stop_reason": None},
        {**SUCCESS, "result_body": None},
        {**SUCCESS, "error": {}},
        {**FAILURE, "error": None},
        {**FAILURE, "result_body": {}},
        {"status": JobStatus.CANCELLED, "error": {}},
        {**FAILURE, "drafts": (EventDraft(type=EventType.JOB_FAILED),)},
    ],
    ids=[
        "not-an-end",
        "success-without-outcome",
        "success-without-stop-reason",
        "success-without-result",
        "success-with-error",
        "failure-without-error",
        "failure-with-result",
        "cancelled-with-error",
        "own-terminal-event",
    ],
)
def test_a_contradictory_ending_is_refused(parts):
    with pytest.raises(ValueError):
        Ending(**parts)


@pytest.mark.parametrize(
    "parts",
    [SUCCESS, FAILURE, {"status": JobStatus.CANCELLED}, {"status": JobStatus.EXPIRED}],
    ids=["succeeded", "failed", "cancelled", "expired"],
)
def test_a_consistent_ending_is_accepted(parts):
    assert Ending(**parts).status is parts["status"]
