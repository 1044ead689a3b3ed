"""Committing events under a lease."""

from __future__ import annotations

import math

import pytest
from sqlalchemy import select

from db.models import bodies, model_calls
from engine.domain.budget import Spent
from engine.domain.canonical import digest, text_body
from engine.domain.errors import JobNotFoundError
from engine.domain.event import EventDraft, EventType
from engine.domain.ids import JobId
from tests.integration.db.builders import append, check_job, claim, new_job, note, trial_ended

# What Postgres refuses in text and in jsonb.
HOSTILE = "nul \0 lone \ud800 and \udfff end"


def test_events_are_numbered_and_chained(stores, job, claimed):
    new = append(stores, claimed.lease, note("a"), note("b"), after_seq=2)

    assert [event.seq for event in new] == [3, 4]
    assert [event.data["note"] for event in new] == ["a", "b"]
    assert {(event.epoch, event.attempt) for event in new} == {(1, 1)}
    check_job(stores, job)


def test_everything_since_the_callers_last_is_returned(stores, job, claimed):
    append(stores, claimed.lease, note("mine"), after_seq=2)
    stores.jobs.request_cancel(job.tenant_id, job.job_id)
    new = append(stores, claimed.lease, note("later"), after_seq=3)

    assert [(event.seq, event.type) for event in new] == [
        (4, EventType.JOB_CANCEL_REQUESTED),
        (5, EventType.SEARCH_NOTED),
    ]


def test_returned_events_are_the_stored_ones(stores, job, claimed):
    new = append(stores, claimed.lease, trial_ended(0), after_seq=2)

    assert stores.events.list_events(job.tenant_id, job.job_id, after=2) == new


def test_events_are_read_in_pages(stores, job, claimed):
    append(stores, claimed.lease, *(note(str(index)) for index in range(5)))

    page = stores.events.list_events(job.tenant_id, job.job_id, after=3, limit=2)
    assert [event.seq for event in page] == [4, 5]
    assert stores.events.list_events(job.tenant_id, job.job_id, after=7) == []


def test_an_append_shows_in_the_row(stores, job, claimed):
    append(stores, claimed.lease, note(), spent=Spent(tokens_out=5, model_calls=1))

    row = stores.jobs.get(job.tenant_id, job.job_id)
    assert (row.last_seq, row.version) == (3, claimed.job.version + 1)
    assert row.spent == Spent(tokens_out=5, model_calls=1)


def test_no_counter_falls(stores, job, claimed):
    append(stores, claimed.lease, spent=Spent(tokens_out=5, nodes=1))
    append(stores, claimed.lease, spent=Spent(tokens_out=3, nodes=2))

    assert stores.jobs.get(job.tenant_id, job.job_id).spent == Spent(tokens_out=5, nodes=2)


def test_bodies_are_kept_once_by_digest(stores, job, claimed):
    body = b"the whole output"
    name = digest(body)
    append(stores, claimed.lease, note(), bodies={name: body})
    append(stores, claimed.lease, note(), bodies={name: body})

    assert stores.events.find_body(job.tenant_id, job.job_id, name) == body
    assert stores.events.find_body(job.tenant_id, job.job_id, "0" * 64) is None
    with stores.engine.connect() as connection:
        found = connection.execute(
            select(bodies.c.digest).where(bodies.c.job_id == job.job_id, bodies.c.digest == name)
        )
        assert len(found.all()) == 1


def test_model_calls_follow_from_ended_trials(stores, job, claimed):
    append(stores, claimed.lease, trial_ended(0), note(), trial_ended(1, tokens_out=9))
    append(stores, claimed.lease, trial_ended(1, tokens_out=9))

    with stores.engine.connect() as connection:
        calls = connection.execute(
            select(model_calls.c.memo_key, model_calls.c.seq, model_calls.c.tokens_out)
            .where(model_calls.c.job_id == job.job_id)
            .order_by(model_calls.c.memo_key)
        ).all()
    assert calls == [("g.0", 3, 5), ("g.1", 5, 9)]


def test_a_terminal_event_is_not_appended(stores, claimed):
    with pytest.raises(ValueError, match="finish"):
        append(stores, claimed.lease, EventDraft(type=EventType.JOB_SUCCEEDED))


def test_hostile_text_goes_through_the_log_and_back(stores, job, claimed):
    draft = EventDraft(
        type=EventType.SEARCH_NOTED,
        label=HOSTILE,
        data={"note": HOSTILE, "bounds": [math.inf, -math.inf, math.nan], HOSTILE: 1},
    )
    body = text_body(HOSTILE)
    [event] = append(stores, claimed.lease, draft, after_seq=2, bodies={digest(body): body})

    [stored] = stores.events.list_events(job.tenant_id, job.job_id, after=2)
    assert stored.encoded == event.encoded
    assert stored.draft.label == "nul \0 lone \\ud800 and \\udfff end"
    assert stored.data["bounds"] == ["Infinity", "-Infinity", "NaN"]
    assert b"\0" in stores.events.find_body(job.tenant_id, job.job_id, digest(body))
    check_job(stores, job)


def test_hostile_text_in_columns_is_made_visible(stores, tenant, queue):
    new = new_job(tenant, queue, text=HOSTILE, metadata={HOSTILE: HOSTILE})
    job = stores.jobs.submit(new).job
    claim(stores, queue, owner=HOSTILE)

    visible = "nul \\u0000 lone \\ud800 and \\udfff end"
    assert stores.jobs.get(tenant, job.job_id).problem_text == visible
    assert job.metadata == {visible: visible}
    check_job(stores, job)


def test_the_log_of_an_unknown_job_is_not_found(stores, tenant):
    with pytest.raises(JobNotFoundError):
        stores.events.list_events(tenant, JobId("unknown"))
    with pytest.raises(JobNotFoundError):
        stores.events.find_body(tenant, JobId("unknown"), "0" * 64)
