"""Shares the model server among the searches of a process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from engine.domain.ids import TenantId
from engine.ports import CancelToken, ChatModel, Choice, FinishReason, GenerationRequest
from workers.slot_order import SlotOrder, SlotRequest


class MeanTokens:
    """The mean tokens of the samples drawn so far."""

    def __init__(self) -> None:
        """Begin with no sample."""
        self._n_samples = 0
        self._n_tokens = 0

    def add(self, n_tokens: int) -> None:
        """Count a sample."""
        self._n_samples += 1
        self._n_tokens += n_tokens

    def find(self) -> float | None:
        """Return the mean; ``None`` before the first sample."""
        return self._n_tokens / self._n_samples if self._n_samples else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The search behind the requests for slots.

    Attributes:
        tenant_id: Whose it is.
        doubt: Returns how unsettled it is now, in [0, 1].
    """

    tenant_id: TenantId
    doubt: Callable[[], float]


class ModelSlots:
    """So many samples at the server at once; who is next when more are wanted, an order says.

    It lives in one asyncio loop and has no lock.
    """

    def __init__(self, n_slots: int, order: SlotOrder | None = None) -> None:
        """Begin with every slot free."""
        self._n_slots = n_slots
        self._n_free = n_slots
        self._order = order or SlotOrder()
        self._granted: dict[SlotRequest, asyncio.Future[None]] = {}
        self._mean_tokens = MeanTokens()
        self._mean_tokens_of: dict[TenantId, MeanTokens] = {}

    @property
    def n_free(self) -> int:
        """How many slots are free."""
        return self._n_free

    def fit(self, n_samples: int) -> int:
        """Return how many slots a request takes: one wider than the server's share takes all."""
        return min(n_samples, self._n_slots)

    def count(self, tenant_id: TenantId, n_tokens: int) -> None:
        """Take note of how long a tenant's sample was."""
        self._mean_tokens.add(n_tokens)
        self._mean_tokens_of.setdefault(tenant_id, MeanTokens()).add(n_tokens)

    def find_mean_tokens(self, tenant_id: TenantId) -> float | None:
        """Return a tenant's mean tokens a sample, or everybody's; ``None`` before the first."""
        own = self._mean_tokens_of.get(tenant_id, self._mean_tokens)
        return own.find()

    async def take(self, request: SlotRequest) -> None:
        """Wait for slots until the order says that it is this request's turn."""
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._granted[request] = granted
        self._order.put(request)
        self._grant()
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                self.give(request.n_slots)
            granted.cancel()
            self._leave(request)
            raise

    def give(self, n_slots: int) -> None:
        """Give slots back."""
        self._n_free += n_slots
        self._grant()

    def _leave(self, request: SlotRequest) -> None:
        self._order.drop(request)
        self._granted.pop(request, None)
        self._grant()

    def _grant(self) -> None:
        # A request that does not fit yet is waited for: narrower ones would pass it for ever.
        while (request := self._order.choose()) is not None and request.n_slots <= self._n_free:
            self._order.serve(request)
            granted = self._granted.pop(request)
            if not granted.cancelled():
                self._n_free -= request.n_slots
                granted.set_result(None)


class SharedModel:
    """Implements :class:`engine.ports.ChatModel` for one search, within the shared slots."""

    def __init__(self, model: ChatModel, slots: ModelSlots, asker: Asker) -> None:
        """Begin with nothing drawn."""
        self._model = model
        self._slots = slots
        self._asker = asker
        self._mean_tokens = MeanTokens()

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
        n_left = request.n
        try:
            async for choice in self._model.generate(request, cancel):
                n_left -= 1
                self._count(choice)
                if n_left < n_held:
                    n_held -= 1
                    self._slots.give(1)
                yield choice
        finally:
            self._slots.give(n_held)

    def _count(self, choice: Choice) -> None:
        if choice.finish_reason in (FinishReason.STOP, FinishReason.LENGTH):
            self._mean_tokens.add(choice.tokens.tokens_out)
            self._slots.count(self._asker.tenant_id, choice.tokens.tokens_out)

    def _find_sample_tokens(self) -> float:
        """Return what a sample is expected to take: like this search's, or else its tenant's."""
        # By the mean of everybody, a tenant of many short searches with long samples would pay for
        # each of these as if it were as short as those of the others.
        known = self._mean_tokens.find() or self._slots.find_mean_tokens(self._asker.tenant_id)
        return known or 1.0

    async def _take(self, n_slots: int, cancel: CancelToken) -> bool:
        if cancel.reason() is not None:
            return False
        request = SlotRequest(
            tenant_id=self._asker.tenant_id,
            n_slots=n_slots,
            doubt=self._asker.doubt,
            sample_tokens=self._find_sample_tokens,
        )
        taking = asyncio.ensure_future(self._slots.take(request))
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
