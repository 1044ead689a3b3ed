"""A clock that moves only when a test, or a sleeper, moves it."""

from __future__ import annotations

import asyncio


class FakeClock:
    """Implements the port `Clock`: sleeping passes the time at once, after other work has run."""

    def __init__(self) -> None:
        self.elapsed_ms = 0
        self._sleepers: list[tuple[int, asyncio.Event]] = []

    def now_ms(self) -> int:
        return self.elapsed_ms

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers.append((self.elapsed_ms + round(seconds * 1000), woken))
        await woken.wait()

    def advance(self, seconds: float) -> None:
        """Let time pass and wake whoever slept until then."""
        self.elapsed_ms += round(seconds * 1000)
        due = [woken for at_ms, woken in self._sleepers if at_ms <= self.elapsed_ms]
        self._sleepers = [s for s in self._sleepers if s[0] > self.elapsed_ms]
        for woken in due:
            woken.set()
