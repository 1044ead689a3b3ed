"""A job's events as a stream of server-sent events.

Every event has its number as id, so a client that comes back with ``Last-Event-ID`` misses none
and gets none twice. Events come by the hub; whatever is missing is read from Postgres.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import structlog

from api.hub import StreamHub, Subscription
from db.records import JobKey
from engine.domain.errors import SvendError
from engine.domain.event import TERMINAL_EVENTS, Event

PAGE_EVENTS = 256
HEARTBEAT = b": hb\n\n"

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTerms:
    """How a stream behaves over time.

    Attributes:
        heartbeat_s: Longest silence.
        max_age_s: When a stream is closed, for its client to open another: connections that live
            for ever never move to a new release or another host.
        retry_ms: How long a client should wait before it comes back.
        blip_s: How long a stream waits when Postgres cannot be read.
    """

    heartbeat_s: float = 15.0
    max_age_s: float = 900.0
    retry_ms: int = 2000
    blip_s: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStream:
    """One client's stream.

    Attributes:
        hub: Where news comes from.
        list_events: Returns events after a number, at most ``PAGE_EVENTS``, from Postgres.
        key: Which job.
        after: The number that the client has already.
        last_seq: How far the log had come when the request came.
        terms: How it behaves over time.
        now_s: A monotonic clock.
    """

    hub: StreamHub
    list_events: Callable[[int], Sequence[Event]]
    key: JobKey
    after: int
    last_seq: int
    terms: StreamTerms
    now_s: Callable[[], float]

    def run(self) -> Iterator[bytes]:
        """Yield bytes until the terminal event, the stream's age, or the end of the process."""
        end_s = self.now_s() + self.terms.max_age_s
        cursor = self.after
        yield f"retry: {self.terms.retry_ms}\n\n".encode()
        with self.hub.subscribe(self.key, self.last_seq) as subscription:
            while True:
                events = self._next_events(subscription, cursor)
                for event in events:
                    yield render_event(event)
                    cursor = event.seq
                    if event.type in TERMINAL_EVENTS:
                        return
                if self.now_s() >= end_s or self.hub.is_stopping:
                    return
                left_s = end_s - self.now_s()
                if not events and not subscription.wait(min(self.terms.heartbeat_s, left_s)):
                    yield HEARTBEAT

    def _next_events(self, subscription: Subscription, cursor: int) -> Sequence[Event]:
        """Return what follows ``cursor`` without a gap: from the hub if it has it."""
        following = take_run(subscription.take(), cursor)
        if following or subscription.head <= cursor:
            return following
        try:
            return self.list_events(cursor)
        except SvendError as error:
            # A blip of the database must not look like the end of the job.
            _log.warning("stream_blip", job_id=self.key.job_id, code=error.code)
            subscription.wait(self.terms.blip_s)
            return []


def take_run(events: Sequence[Event], cursor: int) -> list[Event]:
    """Return the events that follow ``cursor`` one by one; those before it are skipped."""
    run: list[Event] = []
    for event in events:
        if event.seq == cursor + 1 + len(run):
            run.append(event)
        elif event.seq > cursor + len(run):
            break
    return run


def render_event(event: Event) -> bytes:
    """Return an event as a frame. Canonical JSON has no line break, so one data line holds it."""
    head = f"id: {event.seq}\nevent: {event.type.value}\ndata: ".encode()
    return head + event.encoded[:-1] + f',"hash":"{event.hash}"}}\n\n'.encode()
