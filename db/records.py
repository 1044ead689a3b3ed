"""What the stores take and give: frozen values, no rows, no SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.domain.budget import Budget, Spent
from engine.domain.event import TERMINAL_EVENTS, Event, EventDraft
from engine.domain.ids import JobId, TenantId
from engine.domain.job_status import JobStatus
from engine.domain.job_type import JobType
from engine.domain.lineage import Relation
from engine.domain.pins import Serving
from engine.domain.standing import SolveOutcome, StopReason


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be accepted.

    Attributes:
        job_id: Its name, unique over all tenants.
        tenant_id: Whose it is.
        problem_text: The question, or the arguments of a tool as JSON. It is kept as a body too,
            which event 1 names by its digest.
        strategy: Name of the search, or of the tool.
        budget: Its limits.
        first: Event 1, a ``job.submitted``.
        queue: Which workers may take it.
        priority: Higher goes first.
        deadline_at: When it must have ended.
        start_by: When it must have begun.
        max_attempts: How many workers it may lose before it fails.
        retention_days: How long bodies and result are kept.
        metadata: The caller's own labels.
        cache_key: What makes another request equal to this one, but for the seed; ``None`` for a
            job whose answer may stand for no other's.
        seed: Which samples it draws.
        type: Whether it is a search or the call of a tool.
    """

    job_id: JobId
    tenant_id: TenantId
    problem_text: str
    strategy: str
    budget: Budget
    first: EventDraft
    queue: str
    priority: int = 0
    deadline_at: datetime | None = None
    start_by: datetime | None = None
    max_attempts: int = 5
    retention_days: int = 30
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    cache_key: str | None = None
    seed: int | None = None
    type: JobType = JobType.SOLVE


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyKey:
    """A caller's name for one request.

    Attributes:
        key: Unique within the tenant.
        fingerprint: Digest of the request's body: another body under the same key is refused.
    """

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """A job as it stands.

    Attributes:
        problem_text: The question; empty once purged.
        attempts: Attempts that count: those given back by a draining worker do not.
        last_seq: Number of the last event.
        version: Grows with each change that a reader could see; the ETag.
        started_at: When the first attempt began.
        retain_until: When bodies and result may be deleted.
        error: ``{code, detail, ...}`` of a failed job.
        answer_text: The answer of a succeeded one, if it has any.
        confidence: Its calibrated probability, if there is one.
        purged_at: When bodies and result were deleted.
        source_id: The job whose log or result it begins with.
        relation: What it has of that one.

    The other attributes are those of :class:`NewJob`, or say what they mean.
    """

    job_id: JobId
    tenant_id: TenantId
    status: JobStatus
    outcome: SolveOutcome | None
    stop_reason: StopReason | None
    problem_text: str
    strategy: str
    queue: str
    priority: int
    budget: Budget
    spent: Spent
    epoch: int
    attempts: int
    max_attempts: int
    last_seq: int
    version: int
    is_cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    deadline_at: datetime | None
    start_by: datetime | None
    retain_until: datetime
    metadata: Mapping[str, str]
    error: Mapping[str, Any] | None
    answer_text: str | None
    confidence: float | None
    purged_at: datetime | None = None
    is_finish_requested: bool = False
    source_id: JobId | None = None
    relation: Relation | None = None
    type: JobType = JobType.SOLVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """An accepted job.

    Attributes:
        is_replay: Whether an earlier request had already brought it.
        is_cached: Whether an earlier result has answered it; ``None`` where none was looked for.
    """

    job: JobRecord
    is_replay: bool
    is_cached: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPage:
    """Jobs, newest first, and the cursor of the next page; ``None`` on the last."""

    jobs: tuple[JobRecord, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKey:
    """A job and whose it is."""

    tenant_id: TenantId
    job_id: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHead:
    """How far a job has come: enough to see whether anything is new."""

    last_seq: int
    version: int
    is_terminal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRecord:
    """The one result of a succeeded job.

    Attributes:
        body: What the search handed in, and ``certificate`` {job_id, epoch, attempts, head,
            model_fingerprint}: which log, under which lease, led to it.
        encoded: The canonical bytes of the body.
        digest: Their SHA-256, also in the log's last event.
    """

    job_id: JobId
    outcome: SolveOutcome
    stop_reason: StopReason
    body: Mapping[str, Any]
    encoded: bytes
    digest: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to write to a job, until another claim raises its epoch.

    Attributes:
        epoch: The fence: every write of the holder names it.
        attempt: Which claim of the job this is, counting those that were given back.
    """

    job_id: JobId
    tenant_id: TenantId
    epoch: int
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A job that is now this worker's.

    Attributes:
        events: What the claim wrote to the log.
    """

    lease: Lease
    job: JobRecord
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseReply:
    """The answer to a renewal.

    Attributes:
        is_held: Whether the lease still holds; all else is meaningless if it does not.
        is_cancel_requested: Whether the caller asked to stop.
        is_finish_requested: Whether the caller asked for the best answer so far.
        last_seq: Number of the log's last event.
    """

    is_held: bool
    is_cancel_requested: bool = False
    is_finish_requested: bool = False
    last_seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """Where a log stands, for whoever must learn whether a lost commit took place."""

    epoch: int
    last_seq: int
    head: str
    status: JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a job ends.

    Attributes:
        status: A terminal state.
        outcome: What a succeeded search has to show.
        stop_reason: Why the search stopped.
        result_body: The result, as JSON; of a succeeded job, and of no other.
        error: ``{code, detail, ...}`` of a failed job, and of no other.
        drafts: The last events of the search. The terminal event follows them by itself.
    """

    status: JobStatus
    outcome: SolveOutcome | None = None
    stop_reason: StopReason | None = None
    result_body: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    drafts: tuple[EventDraft, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an ending that contradicts itself."""
        if not self.status.is_terminal:
            raise ValueError(f"{self.status} is not an end")
        parts = (self.outcome, self.stop_reason, self.result_body)
        if self.status is JobStatus.SUCCEEDED and any(part is None for part in parts):
            raise ValueError("a succeeded job needs an outcome, a stop reason and a result")
        if self.status is not JobStatus.SUCCEEDED and self.result_body is not None:
            raise ValueError(f"a job that is {self.status} has no result")
        if (self.status is JobStatus.FAILED) != (self.error is not None):
            raise ValueError("an error belongs to a failed job, and to no other")
        if any(draft.type in TERMINAL_EVENTS for draft in self.drafts):
            raise ValueError("the terminal event is written by the store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaped:
    """A job that the reaper moved on.

    Attributes:
        status: Its state now: ``queued`` when it will be tried again.
        reason: ``worker-lost``, ``cancelled``, ``deadline`` or ``start-by``.
        events: What the reaper wrote to the log.
    """

    job_id: JobId
    tenant_id: TenantId
    queue: str
    status: JobStatus
    reason: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpublished:
    """A queued job whose wake-up hint was never sent, or sent long ago."""

    job_id: JobId
    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is calling."""

    tenant_id: TenantId
    key_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """An API key as it may be shown: never its secret."""

    key_id: str
    tenant_id: TenantId
    name: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key just made.

    Attributes:
        text: The whole key, which nobody can be shown again.
    """

    record: KeyRecord
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What the workers offer, as they last published it.

    Attributes:
        serving: What a new job's first event pins.
        strategies: One mapping each: name, version, whether it is available, its settings' schema.
        tools: One mapping each: name, version, whether it is available, the schemas of what it
            takes and returns.
        verifiers: One mapping each: name, version, whether it is the default and whether it is
            trained; with ``strategies``, as above, where it makes them others than the default.
    """

    serving: Serving
    strategies: tuple[Mapping[str, Any], ...]
    published_at: datetime
    tools: tuple[Mapping[str, Any], ...] = ()
    verifiers: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRecord:
    """A worker process that has shown itself.

    Attributes:
        age_s: Seconds since it last did, by the database's clock.
        capacity: Searches that it drives at once.
        busy: Searches that it drives now.
    """

    name: str
    seen_at: datetime
    age_s: float
    capacity: int
    busy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStats:
    """How the queue stands.

    Attributes:
        depth: Queued jobs by queue.
        oldest_age_s: Age of the oldest queued job by queue.
        n_running: Jobs with a worker.
        n_expired_leases: Those of them whose worker no longer renews.
        finished: Ended jobs by state.
    """

    depth: Mapping[str, int]
    oldest_age_s: Mapping[str, float]
    n_running: int
    n_expired_leases: int
    finished: Mapping[JobStatus, int]
