"""A job that begins with the log of another: how it is written, all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert

from db.accepting import insert_job
from db.locked_job import write_bodies
from db.models import bodies, events, jobs
from db.records import JobRecord, NewJob
from engine.domain.errors import JobNotFinishedError, JobNotFoundError, JobPurgedError
from engine.domain.event import Event, EventDraft, decode_event
from engine.domain.footing import Kept
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from engine.domain.lineage import (
    Relation,
    Replaced,
    cut_at,
    cut_before,
    drop_judgements,
    inherit,
    keep_path,
    list_refs,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """What a new job takes over, and from which.

    Attributes:
        source_id: A job of the same tenant that has ended.
        relation: What is taken over.
        node_id: The node up to whose outcome; ``None`` for the whole search.
        replaced: Which text of that node is replaced, so that its outcome is left out as well.
        kept: Whether all that was tried up to there, only the path to the node, or nothing.
        is_judged_anew: Whether what the source's verifier said is left out.
        following: What the log holds after that, before any worker has seen it.
        contents: Bodies that it refers to, by digest.
    """

    source_id: JobId
    relation: Relation
    node_id: str | None = None
    replaced: Replaced | None = None
    kept: Kept = Kept.LOG
    is_judged_anew: bool = False
    following: tuple[EventDraft, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


def insert_derived(connection: Connection, new: NewJob, derivation: Derivation) -> JobRecord:
    """Write a queued job whose log begins with another's, and copy the bodies that it refers to.

    Raises:
        JobNotFoundError: When the tenant has no such job to go on from.
        JobNotFinishedError: When that job has not ended.
        JobPurgedError: When its texts were deleted.
        InvalidInputError: When it has no such node.
    """
    _check_source(_lock_source(connection, new, derivation.source_id))
    taken = _cut(_list_events(connection, derivation.source_id), derivation)
    inherited = inherit(drop_judgements(taken) if derivation.is_judged_anew else taken)
    job = insert_job(
        connection,
        new,
        [*inherited, *derivation.following],
        source_id=derivation.source_id,
        relation=derivation.relation,
    )
    _copy_bodies(connection, derivation.source_id, new, sorted(list_refs(inherited)))
    write_bodies(connection, new.tenant_id, new.job_id, derivation.contents)
    return job


def _cut(log: Sequence[Event], derivation: Derivation) -> Sequence[Event]:
    node_id, replaced = derivation.node_id, derivation.replaced
    if derivation.kept is Kept.NOTHING:
        return ()
    if node_id is None:
        return log
    cut = cut_at(log, node_id) if replaced is None else cut_before(log, node_id, replaced)
    return keep_path(cut, node_id) if derivation.kept is Kept.PATH else cut


def _lock_source(connection: Connection, new: NewJob, source_id: JobId) -> Row[Any, Any]:
    # Shared, so that many may go on from one job at once while none may purge it meanwhile.
    statement = (
        select(jobs.c.status, jobs.c.purged_at)
        .where(jobs.c.tenant_id == new.tenant_id, jobs.c.job_id == source_id)
        .with_for_update(read=True)
    )
    row = connection.execute(statement).first()
    if row is None:
        raise JobNotFoundError
    return row


def _check_source(row: Row[Any, Any]) -> None:
    status = JobStatus(row.status)
    if not status.is_terminal:
        raise JobNotFinishedError(
            f"the job is {status}; only one that has ended can be gone on from"
        )
    if row.purged_at is not None:
        raise JobPurgedError


def _list_events(connection: Connection, job_id: JobId) -> Sequence[Event]:
    statement = select(events.c.encoded).where(events.c.job_id == job_id).order_by(events.c.seq)
    return [decode_event(encoded) for encoded in connection.execute(statement).scalars()]


def _copy_bodies(
    connection: Connection, source_id: JobId, new: NewJob, digests: Sequence[str]
) -> None:
    copied = select(
        literal(new.job_id), literal(new.tenant_id), bodies.c.digest, bodies.c.body
    ).where(bodies.c.job_id == source_id, bodies.c.digest.in_(digests))
    columns = ["job_id", "tenant_id", "digest", "body"]
    connection.execute(upsert(bodies).from_select(columns, copied).on_conflict_do_nothing())
