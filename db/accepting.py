"""How a job comes to be: its row, its first events and the text of its problem."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from db.locked_job import write_bodies, write_events
from db.models import jobs
from db.records import JobRecord, NewJob
from db.rows import read_job, render_moment
from engine.domain.budget import Spent
from engine.domain.canonical import digest, text_body
from engine.domain.event import EventDraft, Position, seal_events
from engine.domain.job_status import JobStatus


def insert_job(
    connection: Connection, new: NewJob, following: Sequence[EventDraft] = (), **columns: Any
) -> JobRecord:
    """Write a queued job with its first event, and those that follow it.

    Args:
        connection: In a transaction.
        new: The job.
        following: What its log holds before any worker has seen it.
        columns: Further columns of the row.
    """
    now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    start = Position(job_id=new.job_id)
    position, sealed = seal_events(start, [new.first, *following], render_moment(now))
    values: dict[str, Any] = {
        "job_id": new.job_id,
        "tenant_id": new.tenant_id,
        "type": new.type,
        "status": JobStatus.QUEUED,
        "problem_text": new.problem_text,
        "strategy": new.strategy,
        "queue": new.queue,
        "priority": new.priority,
        "metadata": new.metadata,
        "budget": new.budget.to_data(),
        "spent": Spent().to_data(),
        "max_attempts": new.max_attempts,
        "last_seq": position.seq,
        "head_hash": position.head,
        "created_at": now,
        "not_before": now,
        "start_by": new.start_by,
        "deadline_at": new.deadline_at,
        "retain_until": now + timedelta(days=new.retention_days),
        "cache_key": new.cache_key,
        "seed": new.seed,
        **columns,
    }
    row = connection.execute(insert(jobs).values(values).returning(jobs)).one()
    write_events(connection, new.tenant_id, sealed)
    body = text_body(new.problem_text)
    write_bodies(connection, new.tenant_id, new.job_id, {digest(body): body})
    return read_job(row)
