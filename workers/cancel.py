"""The cancel token of one job: set from any thread, awaited by its search."""

from __future__ import annotations

import asyncio
import threading

from engine.ports import CancelReason

# A later reason replaces an earlier, weaker one: whoever has lost the lease may not write, even if
# the caller's cancelling was about to be written. To be finished outlasts being drained: both stop
# the search at once, and only the former ends it.
_STRENGTH = {
    CancelReason.DRAIN: 0,
    CancelReason.HARVEST: 1,
    CancelReason.CANCEL: 2,
    CancelReason.FENCED: 3,
}


class JobCancel:
    """Implements :class:`engine.ports.CancelToken`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin unset, for a search that runs in ``loop``."""
        self._loop = loop
        self._event = asyncio.Event()
        self._reason: CancelReason | None = None
        self._lock = threading.Lock()

    def reason(self) -> CancelReason | None:
        """Return the strongest reason given so far."""
        return self._reason

    @property
    def is_fenced(self) -> bool:
        """Whether nothing may be written any more."""
        return self._reason is CancelReason.FENCED

    async def wait(self) -> None:
        """Return once a reason has been given."""
        await self._event.wait()

    def set(self, reason: CancelReason) -> bool:
        """Ask the search to end; returns whether this reason was news. Callable in any thread."""
        with self._lock:
            if self._reason is not None and _STRENGTH[reason] <= _STRENGTH[self._reason]:
                return False
            self._reason = reason
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event.set)
        return True
