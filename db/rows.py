"""From rows to records."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from db.records import JobRecord
from engine.domain.budget import Budget, Spent
from engine.domain.job_status import JobStatus
from engine.domain.job_type import JobType
from engine.domain.lineage import Relation
from engine.domain.standing import SolveOutcome, StopReason

_PARSED = {"type", "status", "outcome", "stop_reason", "relation", "budget", "spent"}
_AS_THEY_ARE = tuple(item.name for item in fields(JobRecord) if item.name not in _PARSED)


def read_job(row: Row[Any]) -> JobRecord:
    """Return the job that a row of ``jobs`` holds."""
    return JobRecord(
        type=JobType(row.type),
        status=JobStatus(row.status),
        outcome=None if row.outcome is None else SolveOutcome(row.outcome),
        stop_reason=None if row.stop_reason is None else StopReason(row.stop_reason),
        relation=None if row.relation is None else Relation(row.relation),
        budget=Budget(**row.budget),
        spent=Spent.from_data(row.spent),
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
    )


def render_moment(moment: datetime) -> str:
    """Return a time of the database as RFC 3339 in UTC."""
    text = moment.astimezone(UTC).isoformat(timespec="microseconds")
    return text.replace("+00:00", "Z")
