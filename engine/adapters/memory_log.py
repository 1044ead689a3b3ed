"""An event log in memory: for the engine as a library, and for tests of everything above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from engine.domain.event import Event, EventDraft, Position, seal_events


class InMemoryEventLog:
    """One search's log, gone with its process. Implements :class:`engine.ports.EventLog`.

    Attributes:
        events: Every event so far, in order.
        bodies: Digest to bytes.
    """

    def __init__(
        self,
        job_id: str = "local",
        *,
        events: Sequence[Event] = (),
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Begin empty, or as a prefix of another log.

        Args:
            job_id: Whose log.
            events: What it begins with: events 1..n of a log.
            now: Wall clock for the events' ``ts``; the system's if absent.
        """
        self.events: list[Event] = list(events)
        self.bodies: dict[str, bytes] = {}
        self._now = now or _now
        self._n_read = 0
        last = self.events[-1] if self.events else None
        self._position = Position(job_id=job_id, attempt=1)
        if last is not None:
            self._position = Position(
                job_id=job_id,
                seq=last.seq,
                head=last.hash,
                attempt=last.attempt + 1,
                epoch=last.epoch,
            )

    async def read(self) -> Sequence[Event]:
        """Return every event, in order."""
        self._n_read = len(self.events)
        return tuple(self.events)

    async def read_bodies(self, refs: Sequence[str]) -> Mapping[str, bytes]:
        """Return the bodies under these digests, those that are there."""
        return {ref: self.bodies[ref] for ref in refs if ref in self.bodies}

    async def append(
        self, drafts: Sequence[EventDraft], bodies: Mapping[str, bytes]
    ) -> Sequence[Event]:
        """Keep drafts and bodies; return what was appended since the last call."""
        ts = self._now().isoformat(timespec="microseconds").replace("+00:00", "Z")
        self._position, sealed = seal_events(self._position, drafts, ts)
        self.events.extend(sealed)
        self.bodies.update(bodies)
        fresh = self.events[self._n_read :]
        self._n_read = len(self.events)
        return tuple(fresh)


def _now() -> datetime:
    return datetime.now(UTC)
