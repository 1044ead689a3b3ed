"""The clock of this process."""

from __future__ import annotations

import asyncio
import time

NS_PER_MS = 1_000_000


class MonotonicClock:
    """Milliseconds that never fall, and a sleep that lets other work run."""

    def now_ms(self) -> int:
        """Return milliseconds from an arbitrary fixed point."""
        return time.monotonic_ns() // NS_PER_MS

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        await asyncio.sleep(seconds)
