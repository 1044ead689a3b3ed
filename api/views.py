"""What callers are shown of a job. Pure functions from records to JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.bodies import render_moment
from api.planning import NAME_BY_QUEUE
from db.records import JobRecord, KeyRecord, NewKey, ResultRecord
from engine.domain.budget import Budget, Spent

MIN_RETRY_S = 1
MAX_RETRY_S = 30
# A job is asked after again when it is a quarter older than it was.
RETRY_AGE_RATIO = 0.25


def render_job(job: JobRecord) -> dict[str, Any]:
    """Return a job as JSON."""
    path = f"/v1/jobs/{job.job_id}"
    return {
        "id": job.job_id,
        "type": job.type.value,
        "status": job.status.value,
        "outcome": job.outcome and job.outcome.value,
        "stop_reason": job.stop_reason and job.stop_reason.value,
        "is_cancel_requested": job.is_cancel_requested,
        "is_finish_requested": job.is_finish_requested,
        "source": render_source(job),
        "problem": job.problem_text,
        "strategy": job.strategy,
        "answer": job.answer_text,
        "confidence": job.confidence,
        "error": None if job.error is None else dict(job.error),
        "budget": job.budget.to_data(),
        "spent": job.spent.to_data(),
        "progress": {
            "last_seq": job.last_seq,
            "budget_used_ratio": find_used_ratio(job.budget, job.spent),
        },
        "queue": NAME_BY_QUEUE.get(job.queue, job.queue),
        "priority": job.priority,
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "version": job.version,
        "created_at": render_moment(job.created_at),
        "started_at": render_moment(job.started_at),
        "finished_at": render_moment(job.finished_at),
        "deadline": render_moment(job.deadline_at),
        "start_by": render_moment(job.start_by),
        "retain_until": render_moment(job.retain_until),
        "metadata": dict(job.metadata),
        "links": {
            "self": path,
            "events": f"{path}/events",
            "trace": f"{path}/trace",
            "result": f"{path}/result",
            "cancel": f"{path}/cancel",
            "finish": f"{path}/finish",
            "extend": f"{path}/extend",
            "fork": f"{path}/fork",
        },
    }


def render_source(job: JobRecord) -> dict[str, str] | None:
    """Return which job's log or result a job begins with; ``None`` for most."""
    if job.source_id is None or job.relation is None:
        return None
    return {"job_id": job.source_id, "relation": job.relation.value}


def render_result(result: ResultRecord) -> dict[str, Any]:
    """Return a result as JSON: the stored body, and what names it."""
    return {
        **result.body,
        "job_id": result.job_id,
        "outcome": result.outcome.value,
        "stop_reason": result.stop_reason.value,
        "digest": result.digest,
        "created_at": render_moment(result.created_at),
    }


def render_key(key: KeyRecord) -> dict[str, Any]:
    """Return an API key as it may be shown: never its secret."""
    return {
        "id": key.key_id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": render_moment(key.created_at),
        "expires_at": render_moment(key.expires_at),
        "last_used_at": render_moment(key.last_used_at),
        "revoked_at": render_moment(key.revoked_at),
    }


def render_new_key(key: NewKey) -> dict[str, Any]:
    """Return a key just made, with its text, which is never shown again."""
    return {**render_key(key.record), "key": key.text}


def find_used_ratio(budget: Budget, spent: Spent) -> float | None:
    """Return how much of its tightest limit a job has used; ``None`` without a limit."""
    pairs = (
        (budget.tokens, spent.tokens_out),
        (budget.seconds, spent.running_ms / 1000),
        (budget.model_calls, spent.model_calls),
        (budget.nodes, spent.nodes),
        (budget.money, spent.cost),
    )
    return max((used / limit for limit, used in pairs if limit is not None), default=None)


def suggest_retry_s(job: JobRecord, now: datetime) -> int:
    """Return after how long it is worth asking again: the older the job, the longer."""
    age_s = (now - job.created_at).total_seconds()
    return round(min(max(age_s * RETRY_AGE_RATIO, MIN_RETRY_S), MAX_RETRY_S))
