"""The event: one entry of a job's append-only log, and its exact bytes.

Events are numbered 1..n without a gap. Each is stored as canonical JSON (RFC 8785), hashed over
those very bytes, and carries the hash of the one before it. Everything that Svend shows about a
search is a pure function of this log.

What ``data`` holds, by type:

``job.submitted``       ``problem`` {ref, n_chars}: the text is a body, so that retention can
                        remove it; ``budget``; ``prices`` of tokens, where any are set; ``pins``
                        (see :mod:`engine.domain.pins`); ``request_id``; of a job that goes on
                        from another's log ``source`` {job_id, relation}; of a job that is the
                        call of a tool ``tool`` {name, version}, and no pins: its problem is the
                        arguments
``search.started``      the same, for a search without a job
``job.claimed``         ``owner``
``job.requeued``        ``reason``; ``counts_as_attempt``
``search.refused``      ``reason``: why this worker cannot run what is pinned
``trial.opened``        ``group_id``, ``index``, ``group_seed``, ``prompt``, ``prompt_id``,
                        ``sampling``; of a tree also ``work``, ``parent_part``, ``subjects``,
                        ``branch``; ``body_ref`` is the prompt, and with ``prompt_id`` null where
                        no language model writes (a score, the run of a tool)
``tool.ended``          ``tool``, ``status``, ``output``, ``error``, ``version``,
                        ``duration_ms``, ``evidence`` of a run in the sandbox; of a job that is a
                        call also ``detail`` and ``artefacts`` {digest, media_type, n_bytes};
                        ``body_ref`` is the call
``trial.ended``         ``memo_key``, ``status``, ``reason``, ``error``, ``model_calls``,
                        ``answer`` {text, answer_key, class, canonicaliser},
                        ``likelihood`` {mean_logprob, n_tokens},
                        ``tokens`` {in, out, cached}, ``timing`` {ttft_ms, total_ms},
                        ``findings`` {parts, final_parts, is_final, score, verdict, pick,
                        certainty, call, program_ref}, each only where it says something
``search.noted``        ``note``: what went wrong or was done instead (a retry, a missing adapter)
``search.routed``       ``choice`` of the part that goes on (``null`` to stop), ``reason``,
                        ``facts``
``search.decided``      ``standing``, ``stop_reason``, ``spent``
``search.forked``       ``node``, ``change``: where the search left the log that it began with
``job.cancel_requested``  ``job.finish_requested``  nothing
``job.cached``          ``source`` {job_id, relation, digest}: whose result is the answer
``job.succeeded``       ``outcome``, ``stop_reason``, ``answer``, ``digest`` of the result
``job.failed`` ``job.expired`` ``job.cancelled``  ``error`` {code, detail} or ``reason``
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, cast

from engine.domain.canonical import (
    JsonValue,
    digest,
    encode_portable,
    portable,
    portable_text,
)
from engine.domain.errors import CorruptLogError, UnknownEventVersionError

EVENT_VERSION = 1
GENESIS_HASH = "0" * 64
MAX_LABEL_CHARS = 160


class EventType(StrEnum):
    """What happened. Names are past tense; ``job.*`` are the job's own, the rest the search's."""

    JOB_SUBMITTED = "job.submitted"
    JOB_CLAIMED = "job.claimed"
    JOB_REQUEUED = "job.requeued"
    JOB_CANCEL_REQUESTED = "job.cancel_requested"
    JOB_FINISH_REQUESTED = "job.finish_requested"
    JOB_CACHED = "job.cached"
    JOB_SUCCEEDED = "job.succeeded"
    JOB_FAILED = "job.failed"
    JOB_CANCELLED = "job.cancelled"
    JOB_EXPIRED = "job.expired"
    SEARCH_STARTED = "search.started"
    SEARCH_REFUSED = "search.refused"
    SEARCH_NOTED = "search.noted"
    SEARCH_ROUTED = "search.routed"
    SEARCH_DECIDED = "search.decided"
    SEARCH_FORKED = "search.forked"
    TRIAL_OPENED = "trial.opened"
    TRIAL_ENDED = "trial.ended"
    TOOL_ENDED = "tool.ended"

    @property
    def needs_epoch(self) -> bool:
        """Whether only the holder of the current lease may append it."""
        return not self.value.startswith("job.")


TERMINAL_EVENTS = frozenset(
    {
        EventType.JOB_SUCCEEDED,
        EventType.JOB_FAILED,
        EventType.JOB_CANCELLED,
        EventType.JOB_EXPIRED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """An event before the log has numbered it.

    Attributes:
        type: What happened.
        at_ms: Milliseconds since the attempt began, from one monotonic clock.
        trial_id: The trial concerned, if one is.
        node_id: The node concerned.
        parent_id: Its parent.
        depth: Its depth.
        rank: Its submission rank.
        kind: What the node holds.
        label: A line for people, at most 160 characters (longer ones are cut).
        body_ref: Digest of the full text, stored beside the log.
        inherited: ``{job_id, seq, hash}`` of the event that this one repeats, in the log that was
            written when it happened; ``None`` for what happened in this very job.
        data: What else the type needs, as JSON.
    """

    type: EventType
    at_ms: int = 0
    trial_id: str | None = None
    node_id: str | None = None
    parent_id: str | None = None
    depth: int | None = None
    rank: int | None = None
    kind: str | None = None
    label: str | None = None
    body_ref: str | None = None
    inherited: Mapping[str, JsonValue] | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])

    def __post_init__(self) -> None:
        """Cut the label to its bound."""
        if self.label is not None and len(self.label) > MAX_LABEL_CHARS:
            object.__setattr__(self, "label", self.label[: MAX_LABEL_CHARS - 1] + "…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where the log stands: what the next event needs.

    Attributes:
        job_id: Whose log.
        seq: Number of the last event; 0 for an empty log.
        head: Hash of the last event.
        attempt: Which attempt is writing; 0 before the first.
        epoch: Fencing epoch of the lease; 0 before the first.
    """

    job_id: str
    seq: int = 0
    head: str = GENESIS_HASH
    attempt: int = 0
    epoch: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A numbered event, with its exact bytes.

    Attributes:
        seq: 1, 2, 3 ... without a gap; also the id of the live stream.
        ts: RFC 3339 UTC, from the clock of the log.
        job_id: Whose log it was written to.
        attempt: Which attempt wrote it.
        epoch: Under which lease.
        prev_hash: Hash of the event before.
        draft: What happened.
        encoded: The canonical bytes.
        hash: SHA-256 of ``encoded``.
    """

    seq: int
    ts: str
    job_id: str
    attempt: int
    epoch: int
    prev_hash: str
    draft: EventDraft
    encoded: bytes
    hash: str

    @property
    def type(self) -> EventType:
        """What happened."""
        return self.draft.type

    @property
    def data(self) -> Mapping[str, Any]:
        """What else the type needs."""
        return self.draft.data

    def to_data(self) -> dict[str, Any]:
        """Return the event as shown to callers: the stored fields and its hash."""
        return {**json.loads(self.encoded), "hash": self.hash}


def seal_events(
    position: Position, drafts: Sequence[EventDraft], ts: str
) -> tuple[Position, tuple[Event, ...]]:
    """Number, chain and encode drafts; return where the log then stands, and the events.

    Raises:
        EventEncodingError: For data that is not JSON.
    """
    events: list[Event] = []
    seq, head = position.seq, position.head
    for draft in drafts:
        seq += 1
        event = _seal(position, draft, seq=seq, prev_hash=head, ts=ts)
        events.append(event)
        head = event.hash
    following = Position(
        job_id=position.job_id, seq=seq, head=head, attempt=position.attempt, epoch=position.epoch
    )
    return following, tuple(events)


def decode_event(encoded: bytes) -> Event:
    """Read an event from its bytes, of this version or an older one.

    Raises:
        UnknownEventVersionError: For a later version.
        CorruptLogError: For bytes that are no event.
    """
    try:
        wire = json.loads(encoded)
        current = upcast(wire)
        draft = EventDraft(
            type=EventType(current["type"]),
            **{name: current[name] for name in _DRAFT_FIELDS if name in current},
        )
        return Event(
            **{name: current[name] for name in _HEADER_FIELDS},
            draft=draft,
            encoded=encoded,
            hash=digest(encoded),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptLogError(f"not an event: {error!r}") from error


def upcast(wire: dict[str, Any]) -> dict[str, Any]:
    """Turn the fields of an older version into those of this one.

    Raises:
        UnknownEventVersionError: For a later version.
    """
    version = wire["v"]
    if version > EVENT_VERSION:
        raise UnknownEventVersionError(
            f"the event has version {version}; this program knows up to {EVENT_VERSION}"
        )
    for step in range(version, EVENT_VERSION):
        wire = UPCASTS[step](wire)
    return wire


def check_chain(events: Sequence[Event], *, after: Position | None = None) -> None:
    """Check that events follow each other without a gap and each names its forerunner's hash.

    Raises:
        CorruptLogError: Naming the first that does not.
    """
    seq, head = (0, GENESIS_HASH) if after is None else (after.seq, after.head)
    for event in events:
        if event.seq != seq + 1 or event.prev_hash != head:
            raise CorruptLogError(f"event {event.seq} does not follow event {seq}")
        if digest(event.encoded) != event.hash:
            raise CorruptLogError(f"event {event.seq} does not match its hash")
        seq, head = event.seq, event.hash


# From version n to n + 1. Empty: version 1 is the first.
UPCASTS: dict[int, Any] = {}

_DRAFT_FIELDS = (
    "at_ms",
    "trial_id",
    "node_id",
    "parent_id",
    "depth",
    "rank",
    "kind",
    "label",
    "body_ref",
    "inherited",
    "data",
)
_HEADER_FIELDS = ("seq", "ts", "job_id", "attempt", "epoch", "prev_hash")


def _seal(position: Position, draft: EventDraft, *, seq: int, prev_hash: str, ts: str) -> Event:
    # What is told from this event must be what a replay will read from its bytes.
    draft = replace(
        draft,
        label=None if draft.label is None else portable_text(draft.label),
        data=cast("Mapping[str, JsonValue]", portable(draft.data)),
    )
    wire = _to_wire(position, draft, seq=seq, prev_hash=prev_hash, ts=ts)
    encoded = encode_portable(wire)
    return Event(
        seq=seq,
        ts=ts,
        job_id=position.job_id,
        attempt=position.attempt,
        epoch=position.epoch,
        prev_hash=prev_hash,
        draft=draft,
        encoded=encoded,
        hash=digest(encoded),
    )


def _to_wire(
    position: Position, draft: EventDraft, *, seq: int, prev_hash: str, ts: str
) -> dict[str, JsonValue]:
    wire: dict[str, JsonValue] = {
        "v": EVENT_VERSION,
        "type": draft.type.value,
        "seq": seq,
        "ts": ts,
        "job_id": position.job_id,
        "attempt": position.attempt,
        "epoch": position.epoch,
        "prev_hash": prev_hash,
    }
    for name in _DRAFT_FIELDS:
        value = getattr(draft, name)
        if value is not None:
            wire[name] = value
    return wire
