"""A cancel token that a test holds."""

from __future__ import annotations

import asyncio

from engine.ports import CancelReason


class HeldToken:
    """Implements the port `CancelToken`: cancelled when the test says so."""

    def __init__(self, reason: CancelReason | None = None) -> None:
        self._reason = reason
        self._event = asyncio.Event()
        if reason is not None:
            self._event.set()

    def reason(self) -> CancelReason | None:
        return self._reason

    async def wait(self) -> None:
        await self._event.wait()

    def set(self, reason: CancelReason) -> None:
        self._reason = reason
        self._event.set()
