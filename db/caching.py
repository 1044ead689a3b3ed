"""Answer a request from the result of an earlier, equal one of the same tenant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, literal_column, select

from db.accepting import insert_job
from db.ending import end_search
from db.locked_job import LockedJob
from db.models import jobs, results
from db.records import Ending, JobRecord, NewJob
from db.rows import render_moment
from engine.domain.budget import Spent
from engine.domain.event import EventDraft, EventType
from engine.domain.fold import SearchView
from engine.domain.job_status import JobStatus
from engine.domain.lineage import Relation
from engine.domain.standing import SolveOutcome, StopReason
from engine.domain.trace_digest import trace_digest

# A search that its caller or a deadline cut short may have done better had it been left to run.
_WHOLE = (StopReason.SOLVED, StopReason.BUDGET)
_ANSWERED = (SolveOutcome.VERIFIED, SolveOutcome.UNVERIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheTerms:
    """Which earlier results may answer a request.

    Attributes:
        max_age_s: How long ago the earlier job may have ended, by the database's clock.
        seed: The seed that its samples must have been drawn with; ``None`` for any.
    """

    max_age_s: float
    seed: int | None = None


def answer_from_cache(connection: Connection, new: NewJob, terms: CacheTerms) -> JobRecord | None:
    """Write a job that has succeeded by an earlier result; ``None`` when there is none.

    The new job has a log and a result of its own, which name the earlier one. It answers no
    further request itself: an answer is as old as the search that found it.
    """
    source = _find_source(connection, new, terms)
    if source is None:
        return None
    insert_job(
        connection,
        replace(new, cache_key=None),
        source_id=source.job_id,
        relation=Relation.CACHED,
    )
    job = LockedJob.find(
        connection, jobs.c.tenant_id == new.tenant_id, jobs.c.job_id == new.job_id
    )
    if job is None:
        raise LookupError("the job that was just written is not there")
    named = {
        "job_id": source.job_id,
        "relation": Relation.CACHED.value,
        "digest": source.digest,
        "finished_at": render_moment(source.finished_at),
    }
    job.append([EventDraft(type=EventType.JOB_CACHED, data={"source": named})])
    ending = Ending(
        status=JobStatus.SUCCEEDED,
        outcome=SolveOutcome(source.outcome),
        stop_reason=StopReason(source.stop_reason),
        result_body=_copy_result(json.loads(source.encoded), named),
    )
    return end_search(connection, job, ending, Spent())


def _find_source(connection: Connection, new: NewJob, terms: CacheTerms) -> Row[Any] | None:
    statement = (
        select(jobs.c.job_id, jobs.c.finished_at, results)
        .join_from(jobs, results, jobs.c.job_id == results.c.job_id)
        .where(
            jobs.c.tenant_id == new.tenant_id,
            jobs.c.cache_key == new.cache_key,
            # Written out, so that the index of such jobs alone can be used.
            jobs.c.status == literal_column("'succeeded'"),
            jobs.c.finished_at >= func.now() - timedelta(seconds=terms.max_age_s),
            results.c.stop_reason.in_(_WHOLE),
            results.c.outcome.in_(_ANSWERED),
        )
        .order_by(jobs.c.finished_at.desc(), jobs.c.job_id)
        .limit(1)
    )
    if terms.seed is not None:
        statement = statement.where(jobs.c.seed == terms.seed)
    return connection.execute(statement).first()


def _copy_result(body: Mapping[str, Any], named: Mapping[str, str]) -> Mapping[str, Any]:
    """Return an earlier result as this job's: the same answer, and nothing spent or drawn here."""
    return {
        **{name: value for name, value in body.items() if name != "certificate"},
        "spent": Spent().to_data(),
        "inherited": Spent().to_data(),
        "evidence": {"samples": [], "programs": []},
        "trace_digest": trace_digest(SearchView()),
        "source": named,
    }
