"""One job under its row's lock: the only way in which a job's log and state are written.

The lock gives out the event numbers, so the log has no gap and no fork, whoever writes. What
derives from events (status, spent, model calls) is written in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from db.models import attempts, bodies, events, jobs, model_calls
from db.records import JobRecord
from db.rows import read_job, render_moment
from engine.domain.event import Event, EventDraft, EventType, Position, decode_event, seal_events
from engine.domain.job_status import JobStatus, check_transition
from engine.domain.standing import StopReason

_TERMINAL_TYPES = {
    JobStatus.SUCCEEDED: EventType.JOB_SUCCEEDED,
    JobStatus.FAILED: EventType.JOB_FAILED,
    JobStatus.CANCELLED: EventType.JOB_CANCELLED,
    JobStatus.EXPIRED: EventType.JOB_EXPIRED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a job ends, as its row and its last event tell.

    Attributes:
        data: Of the terminal event.
        changes: Further columns of the row.
        at_ms: When the attempt noticed, since it began.
    """

    status: JobStatus
    stop_reason: StopReason | None
    data: Mapping[str, Any]
    changes: Mapping[str, Any]
    at_ms: int = 0


class LockedJob:
    """A job's row, locked until the transaction ends.

    Attributes:
        row: As it was when the lock was taken, and ``now``, the database's time.
        events: What was appended under this lock.
    """

    def __init__(self, connection: Connection, row: Row[Any]) -> None:
        self.row = row
        self.events: list[Event] = []
        self._connection = connection
        # Each claim raises the epoch by one, so the epoch numbers the attempts as well.
        self._position = Position(
            job_id=row.job_id,
            seq=row.last_seq,
            head=row.head_hash,
            attempt=row.epoch,
            epoch=row.epoch,
        )

    @classmethod
    def find(
        cls,
        connection: Connection,
        *conditions: ColumnElement[bool],
        order_by: Sequence[ColumnElement[Any]] = (),
        skip_locked: bool = False,
    ) -> Self | None:
        """Lock the first job that meets the conditions; ``None`` if none does.

        Args:
            connection: In a transaction.
            conditions: All must hold, once the lock is had.
            order_by: What makes a job first.
            skip_locked: Pass over jobs that somebody else has locked, instead of waiting.
        """
        # The weaker lock does not stop the foreign keys of other writers from being checked.
        statement = (
            select(jobs, func.clock_timestamp().label("now"))
            .where(*conditions)
            .order_by(*order_by)
            .limit(1)
            .with_for_update(key_share=True, skip_locked=skip_locked)
        )
        row = connection.execute(statement).first()
        return None if row is None else cls(connection, row)

    @property
    def status(self) -> JobStatus:
        """The state that the row had when the lock was taken."""
        return JobStatus(self.row.status)

    @property
    def head(self) -> str:
        """Hash of the log's last event, those appended here included."""
        return self._position.head

    def raise_epoch(self) -> int:
        """Begin another attempt: what is appended from now on is written under its epoch."""
        epoch = self._position.epoch + 1
        self._position = replace(self._position, epoch=epoch, attempt=epoch)
        return epoch

    def append(self, drafts: Sequence[EventDraft]) -> None:
        """Number, chain and write events."""
        if not drafts:
            return
        ts = render_moment(self.row.now)
        self._position, sealed = seal_events(self._position, drafts, ts)
        write_events(self._connection, self.row.tenant_id, sealed)
        self.events += sealed

    def add_bodies(self, contents: Mapping[str, bytes]) -> None:
        """Write bodies by digest; one that is there already stays."""
        write_bodies(self._connection, self.row.tenant_id, self.row.job_id, contents)

    def list_since(self, after_seq: int) -> list[Event]:
        """Return every event after a number: what others wrote before the lock, then our own."""
        if after_seq >= self.row.last_seq:
            return list(self.events)
        statement = (
            select(events.c.encoded)
            .where(
                events.c.job_id == self.row.job_id,
                events.c.seq > after_seq,
                events.c.seq <= self.row.last_seq,
            )
            .order_by(events.c.seq)
        )
        earlier = self._connection.execute(statement).scalars()
        return [*(decode_event(encoded) for encoded in earlier), *self.events]

    def save(self, **changes: Any) -> JobRecord:
        """Write the row: where the log stands, the changes, and the next version."""
        if "status" in changes and changes["status"] is not self.status:
            check_transition(self.status, changes["status"])
        statement = (
            update(jobs)
            .where(jobs.c.job_id == self.row.job_id)
            .values(
                last_seq=self._position.seq,
                head_hash=self._position.head,
                epoch=self._position.epoch,
                version=jobs.c.version + 1,
                **changes,
            )
            .returning(jobs)
        )
        return read_job(self._connection.execute(statement).one())

    def end(self, end: End) -> JobRecord:
        """Write the terminal event and the last state of the row."""
        self.append([EventDraft(type=_TERMINAL_TYPES[end.status], at_ms=end.at_ms, data=end.data)])
        self.close_attempt(end.status.value)
        return self.save(
            status=end.status,
            stop_reason=end.stop_reason,
            finished_at=func.now(),
            owner=None,
            lease_until=None,
            **end.changes,
        )

    def requeue(self, draft: EventDraft, **changes: Any) -> JobRecord:
        """Put a running job back, for any worker to claim."""
        self.append([draft])
        self.close_attempt(str(draft.data["reason"]))
        return self.save(
            status=JobStatus.QUEUED, owner=None, lease_until=None, published_at=None, **changes
        )

    def close_attempt(self, reason: str) -> None:
        """Note why the attempt under way has ended, if one is."""
        if self.status is JobStatus.RUNNING:
            self._connection.execute(
                update(attempts)
                .where(attempts.c.job_id == self.row.job_id, attempts.c.attempt == self.row.epoch)
                .values(ended_at=func.now(), end_reason=reason)
            )


def write_events(connection: Connection, tenant_id: str, sealed: Iterable[Event]) -> None:
    """Write sealed events, and the model calls that they tell of: those of this very job."""
    written = [_event_row(tenant_id, event) for event in sealed]
    connection.execute(insert(events), written)
    calls = [
        _call_row(tenant_id, event)
        for event in sealed
        if event.type is EventType.TRIAL_ENDED
        and "memo_key" in event.data
        and event.draft.inherited is None
    ]
    if calls:
        connection.execute(upsert(model_calls).on_conflict_do_nothing(), calls)


def write_bodies(
    connection: Connection, tenant_id: str, job_id: str, contents: Mapping[str, bytes]
) -> None:
    """Write a job's bodies by digest; one that is there already stays."""
    if contents:
        shared = {"job_id": job_id, "tenant_id": tenant_id}
        connection.execute(
            upsert(bodies).on_conflict_do_nothing(),
            [{**shared, "digest": name, "body": body} for name, body in contents.items()],
        )


def _event_row(tenant_id: str, event: Event) -> dict[str, Any]:
    return {
        "job_id": event.job_id,
        "seq": event.seq,
        "tenant_id": tenant_id,
        "type": event.type.value,
        "encoded": event.encoded,
        "hash": event.hash,
    }


def _call_row(tenant_id: str, event: Event) -> dict[str, Any]:
    data = event.data
    tokens: Mapping[str, int] = data.get("tokens", {})
    return {
        "job_id": event.job_id,
        "memo_key": data["memo_key"],
        "tenant_id": tenant_id,
        "seq": event.seq,
        "epoch": event.epoch,
        "trial_id": event.draft.trial_id or "",
        "status": data.get("status", ""),
        "n_calls": data.get("model_calls", 0),
        "tokens_in": tokens.get("in", 0),
        "tokens_out": tokens.get("out", 0),
        "tokens_cached": tokens.get("cached", 0),
    }
