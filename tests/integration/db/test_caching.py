"""Answering a request from an earlier result."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func

from db.caching import CacheTerms
from db.records import IdempotencyKey
from engine.domain.event import EventType
from engine.domain.job_status import JobStatus
from engine.domain.lineage import Relation
from engine.domain.standing import SolveOutcome, StopReason
from tests.integration.db.builders import (
    check_job,
    claim,
    finish,
    new_job,
    set_columns,
    success,
)

HOUR = CacheTerms(max_age_s=3600)


@pytest.fixture
def key():
    return uuid.uuid4().hex


@pytest.fixture
def solve(stores, tenant, queue, key):
    """Brings a job with the key to an end."""

    def solve(ending=None, **changes):
        stores.jobs.submit(new_job(tenant, queue, cache_key=key, seed=7, **changes))
        return finish(stores, claim(stores, queue).lease, ending)[0]

    return solve


@pytest.fixture
def ask(stores, tenant, queue, key):
    """Submits a job with the key, as the same tenant unless told otherwise."""

    def ask(terms=HOUR, idempotency=None, **changes):
        new = new_job(changes.pop("tenant", tenant), queue, **{"cache_key": key, **changes})
        return stores.jobs.submit(new, idempotency, terms)

    return ask


def test_an_equal_request_is_answered_at_once(stores, solve, ask):
    source = solve()
    submitted = ask()
    job = submitted.job

    assert (submitted.is_cached, submitted.is_replay) == (True, False)
    assert (job.status, job.answer_text) == (JobStatus.SUCCEEDED, "2")
    assert (job.outcome, job.stop_reason) == (source.outcome, source.stop_reason)
    assert (job.source_id, job.relation) == (source.job_id, Relation.CACHED)
    assert job.finished_at is not None
    check_job(stores, job)


def test_log_and_result_name_the_source(stores, solve, ask):
    source = solve()
    job = ask().job

    events = stores.events.list_events(job.tenant_id, job.job_id)
    assert [event.type for event in events] == [
        EventType.JOB_SUBMITTED,
        EventType.JOB_CACHED,
        EventType.JOB_SUCCEEDED,
    ]
    first = stores.jobs.get_result(source.tenant_id, source.job_id)
    again = stores.jobs.get_result(job.tenant_id, job.job_id)
    assert events[1].data["source"]["job_id"] == source.job_id
    assert events[1].data["source"]["digest"] == first.digest
    assert again.body["source"] == events[1].data["source"]
    assert again.body["answer"] == first.body["answer"]
    assert again.body["spent"]["tokens_out"] == 0
    assert again.body["certificate"]["job_id"] == job.job_id


def test_nothing_is_looked_for_unless_the_caller_allows_it(solve, ask):
    solve()
    submitted = ask(None)

    assert (submitted.is_cached, submitted.job.status) == (None, JobStatus.QUEUED)


def test_an_answer_that_is_too_old_does_not_count(stores, solve, ask):
    old = func.now() - timedelta(seconds=3601)
    set_columns(stores, solve().job_id, finished_at=old)

    assert ask().is_cached is False


def test_the_newest_answer_counts(solve, ask):
    solve()
    newest = solve()

    assert ask().job.source_id == newest.job_id


@pytest.mark.parametrize(("seed", "is_cached"), [(7, True), (8, False)], ids=["same", "other"])
def test_a_seed_that_is_asked_for_must_be_the_same(solve, ask, seed, is_cached):
    solve()

    assert ask(CacheTerms(max_age_s=3600, seed=seed)).is_cached is is_cached


def test_another_request_is_not_answered(solve, ask):
    solve()

    assert ask(cache_key=uuid.uuid4().hex).is_cached is False


def test_another_tenants_answer_does_not_count(stores, solve, ask):
    solve()
    stranger = stores.tenants.ensure(uuid.uuid4().hex)

    assert ask(tenant=stranger).is_cached is False


@pytest.mark.parametrize(
    "change",
    [
        {"stop_reason": StopReason.HARVESTED},
        {"stop_reason": StopReason.DEADLINE},
        {"outcome": SolveOutcome.NO_ANSWER},
    ],
    ids=["harvested", "deadline", "no-answer"],
)
def test_a_search_that_was_cut_short_or_found_nothing_does_not_count(solve, ask, change):
    solve(success(**change))

    assert ask().is_cached is False


def test_a_purged_answer_does_not_count(stores, solve, ask):
    set_columns(stores, solve().job_id, retain_until=func.now() - timedelta(days=1))
    stores.purge.purge_expired(10_000)

    assert ask().is_cached is False


def test_a_copied_answer_is_not_copied_again(stores, solve, ask):
    source = solve()
    copy = ask().job
    set_columns(stores, source.job_id, finished_at=func.now() - timedelta(days=1))

    assert copy.finished_at is not None
    assert ask().is_cached is False


def test_a_repeated_request_leads_to_the_same_copy(solve, ask, key):
    solve()
    name = IdempotencyKey(key=key, fingerprint="f")
    first = ask(idempotency=name)
    again = ask(idempotency=name)

    assert (first.is_cached, again.is_replay) == (True, True)
    assert again.job.job_id == first.job.job_id
