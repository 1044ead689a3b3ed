"""Wakes a search when it is told to stop or its time is up."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from engine.ports import CancelToken, Clock


class Watch:
    """Waits beside the loop of one search. It owns tasks: :meth:`stop` ends them."""

    def __init__(self, *, cancel: CancelToken, clock: Clock, wake: asyncio.Event) -> None:
        """Watch nothing yet."""
        self._cancel = cancel
        self._clock = clock
        self._wake = wake
        self._over: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, limits_ms: Mapping[str, float]) -> None:
        """Watch the cancel token and each named limit, in milliseconds from now."""
        self._spawn(self._watch_cancel())
        for name, limit_ms in limits_ms.items():
            if limit_ms <= 0:
                self._over.add(name)
            else:
                self._spawn(self._watch_limit(name, limit_ms))

    def is_over(self, name: str) -> bool:
        """Whether a limit has passed."""
        return name in self._over

    async def stop(self) -> None:
        """End the watching."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def _watch_cancel(self) -> None:
        await self._cancel.wait()
        self._wake.set()

    async def _watch_limit(self, name: str, limit_ms: float) -> None:
        await self._clock.sleep(limit_ms / 1000)
        self._over.add(name)
        self._wake.set()
