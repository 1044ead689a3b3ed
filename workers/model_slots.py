"""Shares the model server among the searches of a process."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator

from engine.ports import CancelToken, ChatModel, Choice, FinishReason, GenerationRequest


class ModelSlots:
    """So many samples at the server at once; the search that has had the fewest goes first.

    A search that has drawn few samples is the least settled: its next ones decide most. It lives
    in one asyncio loop and has no lock.
    """

    def __init__(self, n_slots: int) -> None:
        """Begin with every slot free."""
        self._n_slots = n_slots
        self._n_free = n_slots
        self._waiting: list[tuple[int, int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    @property
    def n_free(self) -> int:
        """How many slots are free."""
        return self._n_free

    def fit(self, n_samples: int) -> int:
        """Return how many slots a request takes: one wider than the server's share takes all."""
        return min(n_samples, self._n_slots)

    async def take(self, n_slots: int, n_had: int) -> None:
        """Wait for slots, behind whoever has had fewer samples than ``n_had``."""
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (n_had, next(self._order), n_slots, granted))
        self._grant()
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self.give(n_slots)
            granted.cancel()
            self._grant()
            raise

    def give(self, n_slots: int) -> None:
        """Give slots back."""
        self._n_free += n_slots
        self._grant()

    def _grant(self) -> None:
        while self._waiting:
            _, _, n_slots, granted = self._waiting[0]
            if not granted.cancelled():
                if n_slots > self._n_free:
                    return
                self._n_free -= n_slots
                granted.set_result(None)
            heapq.heappop(self._waiting)


class SharedModel:
    """Implements :class:`engine.ports.ChatModel` for one search, within the shared slots."""

    def __init__(self, model: ChatModel, slots: ModelSlots) -> None:
        """Begin with nothing drawn."""
        self._model = model
        self._slots = slots
        self._n_had = 0

    async def identify(self) -> str:
        """Return the served model's name; see the port."""
        return await self._model.identify()

    async def generate(
        self, request: GenerationRequest, cancel: CancelToken
    ) -> AsyncIterator[Choice]:
        """Yield each choice as it ends; see the port. Waiting for slots ends with the token."""
        n_held = self._slots.fit(request.n)
        if not await self._take(n_held, cancel):
            for index in range(request.n):
                yield Choice(index=index, text="", finish_reason=FinishReason.DROPPED)
            return
        self._n_had += request.n
        n_left = request.n
        try:
            async for choice in self._model.generate(request, cancel):
                n_left -= 1
                if n_left < n_held:
                    n_held -= 1
                    self._slots.give(1)
                yield choice
        finally:
            self._slots.give(n_held)

    async def _take(self, n_slots: int, cancel: CancelToken) -> bool:
        if cancel.reason() is not None:
            return False
        taking = asyncio.ensure_future(self._slots.take(n_slots, self._n_had))
        stopping = asyncio.ensure_future(cancel.wait())
        has_taken = False
        try:
            await asyncio.wait({taking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            has_taken = taking.done()
        finally:
            stopping.cancel()
            if not has_taken:
                self._leave(taking, n_slots)
        return has_taken

    def _leave(self, taking: asyncio.Future[None], n_slots: int) -> None:
        # The slots may have been granted in the very step in which the search was torn down.
        if taking.done() and not taking.cancelled():
            self._slots.give(n_slots)
        taking.cancel()
