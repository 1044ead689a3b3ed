"""Jobs whose logs begin with another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from db.derivation import Derivation
from db.models import bodies, model_calls
from db.records import IdempotencyKey
from engine.domain.canonical import digest, text_body
from engine.domain.errors import (
    InvalidInputError,
    JobNotFinishedError,
    JobNotFoundError,
    JobPurgedError,
)
from engine.domain.event import EventDraft, EventType
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from engine.domain.lineage import Relation
from tests.integration.db.builders import (
    append,
    check_job,
    finish,
    new_job,
    set_columns,
    trial_ended,
)

OUTPUT = b"the text of a sample"


def opened(index):
    return EventDraft(type=EventType.TRIAL_OPENED, trial_id=f"t{index}", node_id=f"n{index}")


@pytest.fixture
def ended(stores, job, claimed):
    drafts = []
    for index in range(3):
        drafts += [opened(index), replace(trial_ended(index), body_ref=digest(OUTPUT))]
    other = {"e" * 64: b"nobody refers to this"}
    append(stores, claimed.lease, *drafts, bodies={digest(OUTPUT): OUTPUT, **other})
    return finish(stores, claimed.lease)[0]


def extend(stores, source, queue, **changes):
    derivation = Derivation(source_id=source.job_id, relation=Relation.EXTENDED)
    return stores.jobs.derive(new_job(source.tenant_id, queue), derivation, **changes).job


def test_an_extension_is_queued_with_the_whole_search(stores, ended, queue):
    child = extend(stores, ended, queue)

    assert (child.status, child.source_id, child.relation) == (
        JobStatus.QUEUED,
        ended.job_id,
        Relation.EXTENDED,
    )
    view = check_job(stores, child)
    assert list(view.nodes) == ["n0", "n1", "n2"]
    assert (view.spent.tokens_out, view.inherited.tokens_out) == (0, 15)
    check_job(stores, ended)


def test_the_bodies_referred_to_go_with_it_and_no_others(stores, ended, queue):
    child = extend(stores, ended, queue)

    with stores.engine.connect() as connection:
        found = connection.execute(
            select(bodies.c.digest, bodies.c.body).where(bodies.c.job_id == child.job_id)
        ).all()
    problem = text_body("What is 1 + 1?")
    assert dict(map(tuple, found)) == {digest(OUTPUT): OUTPUT, digest(problem): problem}


def test_inherited_calls_are_those_of_the_job_that_made_them(stores, ended, queue):
    child = extend(stores, ended, queue)

    statement = select(func.count()).where(model_calls.c.job_id == child.job_id)
    with stores.engine.connect() as connection:
        assert connection.execute(statement).scalar_one() == 0


def test_an_extension_is_run_like_any_job(stores, ended, queue):
    child = extend(stores, ended, queue)
    lease = stores.leases.claim("w", lease_s=30, hint=child.job_id, queues=[]).lease
    append(stores, lease, opened(3), trial_ended(3))
    finish(stores, lease)

    assert list(check_job(stores, child).nodes) == ["n0", "n1", "n2", "n3"]


def test_a_fork_goes_up_to_the_outcome_of_its_node(stores, ended, queue):
    forked = EventDraft(type=EventType.SEARCH_FORKED, data={"node": "n1", "change": {"seed": 3}})
    derivation = Derivation(
        source_id=ended.job_id, relation=Relation.FORKED, node_id="n1", following=(forked,)
    )
    child = stores.jobs.derive(new_job(ended.tenant_id, queue), derivation).job

    assert list(check_job(stores, child).nodes) == ["n0", "n1"]
    last = stores.events.list_events(child.tenant_id, child.job_id)[-1]
    assert (last.type, last.data["node"]) == (EventType.SEARCH_FORKED, "n1")


def test_a_fork_at_no_node_leaves_nothing(stores, ended, queue):
    derivation = Derivation(source_id=ended.job_id, relation=Relation.FORKED, node_id="nowhere")
    new = new_job(ended.tenant_id, queue)

    with pytest.raises(InvalidInputError):
        stores.jobs.derive(new, derivation)
    with pytest.raises(JobNotFoundError):
        stores.jobs.get(ended.tenant_id, new.job_id)


def test_a_fork_that_is_judged_anew_has_its_judgements_open(stores, job, claimed, queue):
    judging = replace(opened(1), data={"work": "score"})
    append(stores, claimed.lease, opened(0), trial_ended(0), judging, trial_ended(1))
    source = finish(stores, claimed.lease)[0]
    derivation = Derivation(
        source_id=source.job_id, relation=Relation.FORKED, node_id="n1", is_judged_anew=True
    )

    child = stores.jobs.derive(new_job(source.tenant_id, queue), derivation).job

    view = check_job(stores, child)
    assert [node.status for node in view.nodes.values()] == ["complete", "open"]
    assert view.inherited.tokens_out == 5


def test_a_job_that_goes_on_cannot_be_gone_on_from(stores, job, queue):
    with pytest.raises(JobNotFinishedError, match="queued"):
        extend(stores, job, queue)


def test_a_purged_job_cannot_be_gone_on_from(stores, ended, queue):
    set_columns(stores, ended.job_id, purged_at=func.now())

    with pytest.raises(JobPurgedError):
        extend(stores, ended, queue)


def test_an_unknown_job_cannot_be_gone_on_from(stores, tenant, queue):
    derivation = Derivation(source_id=JobId("unknown"), relation=Relation.EXTENDED)

    with pytest.raises(JobNotFoundError):
        stores.jobs.derive(new_job(tenant, queue), derivation)


def test_parallel_extensions_under_one_key_make_one_job(stores, ended, queue):
    key = IdempotencyKey(key=queue, fingerprint="f")

    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: extend(stores, ended, queue, idempotency=key), range(8)))

    assert len({job.job_id for job in made}) == 1


def test_an_extension_told_to_finish_in_the_queue_waits_for_a_worker(stores, ended, queue):
    child = extend(stores, ended, queue)

    asked = stores.jobs.request_finish(child.tenant_id, child.job_id)
    assert (asked.status, asked.is_finish_requested) == (JobStatus.QUEUED, True)
