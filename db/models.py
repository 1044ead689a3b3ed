"""The tables. Stores write SQL against them; migrations make them, and a test compares the two.

Every table of a job carries its tenant and refers to the job by both, so that no row can belong to
another tenant than its job does. ``catalogue`` and ``workers`` are the installation's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from db.types import PortableJson, PortableText
from engine.domain.job_status import JobStatus
from engine.domain.job_type import JobType
from engine.domain.lineage import Relation
from engine.domain.standing import SolveOutcome, StopReason

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

_MOMENT = DateTime(timezone=True)


def _is_one_of(column: str, members: Iterable[StrEnum]) -> CheckConstraint:
    names = ", ".join(f"'{member.value}'" for member in members)
    return CheckConstraint(f"{column} IN ({names})", name=column)


def _of_a_job(*, is_deferred: bool = False) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "job_id"],
        ["jobs.tenant_id", "jobs.job_id"],
        deferrable=is_deferred or None,
        initially="DEFERRED" if is_deferred else None,
    )


tenants = Table(
    "tenants",
    metadata,
    Column("tenant_id", PortableText, primary_key=True),
    Column("name", PortableText, nullable=False, unique=True),
    Column("created_at", _MOMENT, nullable=False, server_default=func.now()),
)

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", PortableText, primary_key=True),
    Column("tenant_id", PortableText, ForeignKey("tenants.tenant_id"), nullable=False),
    Column("type", PortableText, nullable=False, server_default=text("'solve'")),
    Column("status", PortableText, nullable=False),
    Column("outcome", PortableText),
    Column("stop_reason", PortableText),
    Column("problem_text", PortableText, nullable=False),
    Column("strategy", PortableText, nullable=False),
    Column("queue", PortableText, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("metadata", PortableJson, nullable=False),
    Column("budget", PortableJson, nullable=False),
    Column("spent", PortableJson, nullable=False),
    Column("error", PortableJson),
    Column("answer_text", PortableText),
    Column("confidence", Float),
    # The fence: raised by each claim, named by each write of a worker.
    Column("epoch", Integer, nullable=False, server_default=text("0")),
    Column("owner", PortableText),
    Column("lease_until", _MOMENT),
    Column("lease_ttl", Interval),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("max_attempts", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("head_hash", PortableText, nullable=False),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Column("is_cancel_requested", Boolean, nullable=False, server_default=text("false")),
    Column("is_finish_requested", Boolean, nullable=False, server_default=text("false")),
    # The job whose log or result this one begins with.
    Column("source_id", PortableText),
    Column("relation", PortableText),
    # What makes two requests equal, but for the seed.
    Column("cache_key", PortableText),
    Column("seed", BigInteger),
    Column("created_at", _MOMENT, nullable=False, server_default=func.now()),
    Column("started_at", _MOMENT),
    Column("progress_at", _MOMENT),
    Column("finished_at", _MOMENT),
    Column("published_at", _MOMENT),
    Column("not_before", _MOMENT, nullable=False, server_default=func.now()),
    Column("start_by", _MOMENT),
    Column("deadline_at", _MOMENT),
    Column("retain_until", _MOMENT, nullable=False),
    Column("purged_at", _MOMENT),
    UniqueConstraint("tenant_id", "job_id"),
    ForeignKeyConstraint(["tenant_id", "source_id"], ["jobs.tenant_id", "jobs.job_id"]),
    _is_one_of("type", JobType),
    _is_one_of("status", JobStatus),
    _is_one_of("outcome", SolveOutcome),
    _is_one_of("stop_reason", StopReason),
    CheckConstraint("(status = 'running') = (lease_until IS NOT NULL)", name="lease"),
    _is_one_of("relation", Relation),
    CheckConstraint("(source_id IS NULL) = (relation IS NULL)", name="source"),
    Index("ix_jobs_page", "tenant_id", text("created_at DESC"), text("job_id DESC")),
    Index(
        "ix_jobs_queued",
        text("priority DESC"),
        "created_at",
        "job_id",
        postgresql_where=text("status = 'queued'"),
    ),
    Index("ix_jobs_running", "lease_until", postgresql_where=text("status = 'running'")),
    Index("ix_jobs_kept", "retain_until", postgresql_where=text("purged_at IS NULL")),
    Index(
        "ix_jobs_cache",
        "tenant_id",
        "cache_key",
        text("finished_at DESC"),
        postgresql_where=text("status = 'succeeded' AND cache_key IS NOT NULL"),
    ),
)

attempts = Table(
    "attempts",
    metadata,
    Column("job_id", PortableText, primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("tenant_id", PortableText, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("owner", PortableText, nullable=False),
    Column("started_at", _MOMENT, nullable=False, server_default=func.now()),
    Column("ended_at", _MOMENT),
    Column("end_reason", PortableText),
    _of_a_job(),
)

events = Table(
    "events",
    metadata,
    Column("job_id", PortableText, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("tenant_id", PortableText, nullable=False),
    Column("type", PortableText, nullable=False),
    Column("encoded", LargeBinary, nullable=False),
    Column("hash", PortableText, nullable=False),
    Column("committed_at", _MOMENT, nullable=False, server_default=func.now()),
    CheckConstraint("seq >= 1", name="seq"),
    _of_a_job(),
)

bodies = Table(
    "bodies",
    metadata,
    Column("job_id", PortableText, primary_key=True),
    Column("digest", PortableText, primary_key=True),
    Column("tenant_id", PortableText, nullable=False),
    Column("body", LargeBinary, nullable=False),
    _of_a_job(),
)

model_calls = Table(
    "model_calls",
    metadata,
    Column("job_id", PortableText, primary_key=True),
    Column("memo_key", PortableText, primary_key=True),
    Column("tenant_id", PortableText, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("trial_id", PortableText, nullable=False),
    Column("status", PortableText, nullable=False),
    Column("n_calls", Integer, nullable=False),
    Column("tokens_in", BigInteger, nullable=False),
    Column("tokens_out", BigInteger, nullable=False),
    Column("tokens_cached", BigInteger, nullable=False),
    _of_a_job(),
)

results = Table(
    "results",
    metadata,
    Column("job_id", PortableText, primary_key=True),
    Column("tenant_id", PortableText, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("outcome", PortableText, nullable=False),
    Column("stop_reason", PortableText, nullable=False),
    Column("encoded", LargeBinary, nullable=False),
    Column("digest", PortableText, nullable=False),
    Column("created_at", _MOMENT, nullable=False, server_default=func.now()),
    _is_one_of("outcome", SolveOutcome),
    _is_one_of("stop_reason", StopReason),
    _of_a_job(),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("tenant_id", PortableText, primary_key=True),
    Column("key", PortableText, primary_key=True),
    Column("fingerprint", PortableText, nullable=False),
    Column("job_id", PortableText, nullable=False),
    Column("created_at", _MOMENT, nullable=False, server_default=func.now()),
    # A key is written before the job that it brings, so that a second request waits for the first.
    _of_a_job(is_deferred=True),
    Index("ix_idempotency_keys_job_id", "job_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", PortableText, primary_key=True),
    Column("tenant_id", PortableText, ForeignKey("tenants.tenant_id"), nullable=False),
    Column("name", PortableText, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    Column("scopes", ARRAY(PortableText), nullable=False),
    Column("created_at", _MOMENT, nullable=False, server_default=func.now()),
    Column("expires_at", _MOMENT),
    Column("last_used_at", _MOMENT),
    Column("revoked_at", _MOMENT),
    Index("ix_api_keys_tenant_id", "tenant_id"),
)

catalogue = Table(
    "catalogue",
    metadata,
    # One row: whoever publishes last is right for everybody.
    Column("catalogue_id", Integer, primary_key=True, autoincrement=False),
    Column("serving", PortableJson, nullable=False),
    Column("strategies", PortableJson, nullable=False),
    Column("tools", PortableJson, nullable=False, server_default=text("'[]'")),
    Column("verifiers", PortableJson, nullable=False, server_default=text("'[]'")),
    Column("published_at", _MOMENT, nullable=False, server_default=func.now()),
    CheckConstraint("catalogue_id = 1", name="single"),
)

workers = Table(
    "workers",
    metadata,
    Column("name", PortableText, primary_key=True),
    Column("seen_at", _MOMENT, nullable=False, server_default=func.now()),
    Column("capacity", Integer, nullable=False),
    Column("busy", Integer, nullable=False),
)
