"""Where a job's events are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.domain.event import Event, EventDraft


class EventLog(Protocol):
    """One job's append-only log."""

    async def read(self) -> Sequence[Event]:
        """Return every committed event, in order."""
        ...

    async def read_bodies(self, refs: Sequence[str]) -> Mapping[str, bytes]:
        """Return the bodies kept beside the log under these digests, those that are there.

        Raises:
            DependencyUnavailableError: When the log cannot be reached.
        """
        ...

    async def append(
        self, drafts: Sequence[EventDraft], bodies: Mapping[str, bytes]
    ) -> Sequence[Event]:
        """Commit drafts and the bodies they refer to (digest to bytes), all or none.

        Returns:
            Every event committed since the last call of :meth:`read` or :meth:`append`, in order:
            those of others (``job.*``) too, the drafts' last.

        Raises:
            FencedError: When the lease was lost. Nothing was written.
            DependencyUnavailableError: When the log cannot be reached.
        """
        ...
