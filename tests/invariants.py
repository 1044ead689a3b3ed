"""What must hold of the jobs in a database at any time, whatever has failed: I1 to I5.

I1  an accepted request has a committed job, with its first event
I2  a job that has not ended is claimed, or can be claimed
I3  at most one result a job, of a succeeded one, never changed
I4  every durable write of a search carries the epoch of the claim it was made under
I5  a log is numbered 1..n without a gap, chained, and its fold agrees with the job's row
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from engine.domain.budget import Spent
from engine.domain.canonical import digest
from engine.domain.event import Event, EventType, check_chain, decode_event
from engine.domain.fold import fold
from engine.domain.job_status import JobStatus

JOBS = text("SELECT *, lease_until < now() AS is_lease_over FROM jobs ORDER BY job_id")
EVENTS = text("SELECT job_id, seq, encoded, hash FROM events ORDER BY job_id, seq")
RESULTS = text("SELECT * FROM results")
KEYS = text("SELECT tenant_id, key, job_id FROM idempotency_keys")


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """How the jobs stood when the invariants were checked.

    Attributes:
        n_jobs: All of them.
        by_status: Their number by state.
        n_events: Events in all logs.
        n_claims: Claims in all logs.
    """

    n_jobs: int
    by_status: Mapping[JobStatus, int]
    n_events: int
    n_claims: int

    @property
    def n_open(self) -> int:
        return sum(n for status, n in self.by_status.items() if not status.is_terminal)


def check_invariants(engine: Engine) -> Census:
    """Check I1 to I5 for all jobs.

    Raises:
        AssertionError: Listing every breach.
    """
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        jobs = connection.execute(JOBS).mappings().all()
        rows = connection.execute(EVENTS).all()
        results = {row["job_id"]: row for row in connection.execute(RESULTS).mappings()}
        keys = connection.execute(KEYS).all()
    logs: dict[str, list[Event]] = {}
    for row in rows:
        event = decode_event(bytes(row.encoded))
        assert (event.seq, event.hash) == (row.seq, row.hash)
        logs.setdefault(row.job_id, []).append(event)
    breaches = [f"I1 {key.key}: no job" for key in keys if key.job_id not in logs]
    for job in jobs:
        found = _check_job(job, logs.get(job["job_id"], []), results.get(job["job_id"]))
        breaches += [f"{job['job_id']}: {breach}" for breach in found]
    assert not breaches, "\n".join(breaches)
    return _count(jobs, logs)


def _check_job(
    job: Mapping[str, Any], log: Sequence[Event], result: Mapping[str, Any] | None
) -> list[str]:
    if not log or log[0].type is not EventType.JOB_SUBMITTED:
        return ["I1 no first event"]
    try:
        check_chain(log)
        view = fold(log)
    except Exception as error:  # noqa: BLE001 - whatever breaks the log is the breach to report
        return [f"I5 {error!r}"]
    checks = {
        "I2 running without a lease": job["status"] == JobStatus.RUNNING
        and (job["lease_until"] is None or job["epoch"] < 1),
        "I3 a result of a job that has not succeeded, or none of one that has": (
            (result is not None)
            != (job["status"] == JobStatus.SUCCEEDED and job["purged_at"] is None)
        ),
        "I4 the row's epoch is not that of the last claim": job["epoch"] != _last_epoch(log),
        "I4 what was spent is not what the log says": (
            Spent.from_data(job["spent"]) != view.spent
        ),
        "I5 the row's last event is not the log's": (
            (job["last_seq"], job["head_hash"]) != (log[-1].seq, log[-1].hash)
        ),
        "I5 the row's state is not the log's": view.status != JobStatus(job["status"]),
        "I5 an event after the end": any(
            event.type.value.removeprefix("job.") in _TERMINAL for event in log[:-1]
        ),
    }
    told = [(event.type, event.draft.trial_id) for event in log if event.type in _ONCE]
    checks["I4 a trial was opened or ended twice"] = len(told) != len(set(told))
    breaches = [breach for breach, is_found in checks.items() if is_found]
    return [*breaches, *_check_epochs(log), *_check_result(job, log, result)]


_ONCE = {EventType.TRIAL_OPENED, EventType.TRIAL_ENDED}
_TERMINAL = {status.value for status in JobStatus if status.is_terminal}


def _last_epoch(log: Sequence[Event]) -> int:
    return max((e.epoch for e in log if e.type is EventType.JOB_CLAIMED), default=0)


def _check_epochs(log: Sequence[Event]) -> list[str]:
    held, breaches = 0, []
    for event in log:
        if event.type is EventType.JOB_CLAIMED:
            if event.epoch <= held:
                breaches.append(f"I4 event {event.seq} claims epoch {event.epoch} again")
            held = event.epoch
        elif event.type.needs_epoch and event.epoch != held:
            breaches.append(f"I4 event {event.seq} has epoch {event.epoch}, held was {held}")
    return breaches


def _check_result(
    job: Mapping[str, Any], log: Sequence[Event], result: Mapping[str, Any] | None
) -> list[str]:
    if result is None:
        return []
    breaches = []
    if digest(bytes(result["encoded"])) != result["digest"]:
        breaches.append("I3 the result does not match its digest")
    if log[-1].data.get("digest") != result["digest"]:
        breaches.append("I3 the log ends with another result")
    if result["epoch"] != job["epoch"]:
        breaches.append("I4 the result has another epoch than the job")
    return breaches


def _count(jobs: Sequence[Mapping[str, Any]], logs: Mapping[str, Sequence[Event]]) -> Census:
    by_status: dict[JobStatus, int] = {}
    for job in jobs:
        status = JobStatus(job["status"])
        by_status[status] = by_status.get(status, 0) + 1
    events = [event for log in logs.values() for event in log]
    return Census(
        n_jobs=len(jobs),
        by_status=by_status,
        n_events=len(events),
        n_claims=sum(event.type is EventType.JOB_CLAIMED for event in events),
    )
