"""Time, as a process sees it."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Time within one process."""

    def now_ms(self) -> int:
        """Return milliseconds from an arbitrary fixed point; never falls."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        ...
