from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from engine.domain.ids import TenantId
from engine.domain.outcome import TokenUse
from engine.domain.trial import Sampling
from engine.ports import CancelReason, CancelToken, Choice, FinishReason, GenerationRequest
from engine.runner.flight import Recall
from workers.model_slots import Asker, ModelSlots, SharedModel

REQUEST = GenerationRequest(prompt="?", n=2, seed=0, sampling=Sampling())


class GatedModel:
    """A model whose choices end when the test lets them."""

    def __init__(self) -> None:
        self.started: list[GenerationRequest] = []
        self.gate: asyncio.Queue[None] = asyncio.Queue()
        self.n_tokens = 1

    async def identify(self) -> str:
        return "gated"

    async def generate(
        self, request: GenerationRequest, cancel: CancelToken
    ) -> AsyncIterator[Choice]:
        self.started.append(request)
        for index in range(request.n):
            await self.gate.get()
            used = TokenUse(tokens_out=self.n_tokens)
            yield Choice(index=index, text="x", finish_reason=FinishReason.STOP, tokens=used)


def share(
    model: GatedModel, slots: ModelSlots, *, doubt: float = 1.0, tenant: str = "t"
) -> SharedModel:
    asker = Asker(tenant_id=TenantId(tenant), doubt=lambda: doubt)
    return SharedModel(model, slots, asker)


async def collect(model: SharedModel, request: GenerationRequest, recall: Recall) -> list[Choice]:
    return [choice async for choice in model.generate(request, recall)]


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_no_more_samples_are_sent_than_there_are_slots() -> None:
    gated, slots = GatedModel(), ModelSlots(4)
    tasks = [
        asyncio.create_task(collect(share(gated, slots), REQUEST, Recall())) for _ in range(3)
    ]
    await settle()
    assert len(gated.started) == 2

    gated.gate.put_nowait(None)
    gated.gate.put_nowait(None)
    await settle()
    assert len(gated.started) == 3

    for _ in range(4):
        gated.gate.put_nowait(None)
    await asyncio.gather(*tasks)
    assert slots.n_free == 4


async def test_the_least_settled_search_goes_first() -> None:
    gated, slots = GatedModel(), ModelSlots(2)
    settled, contested = share(gated, slots, doubt=0.1), share(gated, slots, doubt=0.5)
    tasks = [asyncio.create_task(collect(share(gated, slots), REQUEST, Recall()))]
    await settle()
    for name, model in (("settled", settled), ("contested", contested)):
        request = GenerationRequest(prompt=name, n=2, seed=2, sampling=Sampling())
        tasks.append(asyncio.create_task(collect(model, request, Recall())))
        await settle()

    for _ in range(6):
        gated.gate.put_nowait(None)
    await asyncio.gather(*tasks)

    assert [request.prompt for request in gated.started] == ["?", "contested", "settled"]


async def test_a_search_whose_samples_are_long_waits_for_an_equal_one_with_short_ones() -> None:
    gated, slots = GatedModel(), ModelSlots(2)
    long, short = share(gated, slots), share(gated, slots)
    for model, n_tokens in ((long, 900), (short, 30)):
        gated.n_tokens = n_tokens
        drawn = asyncio.create_task(collect(model, REQUEST, Recall()))
        for _ in range(2):
            gated.gate.put_nowait(None)
        await drawn
    tasks = [asyncio.create_task(collect(share(gated, slots), REQUEST, Recall()))]
    await settle()
    for name, model in (("long", long), ("short", short)):
        request = GenerationRequest(prompt=name, n=2, seed=2, sampling=Sampling())
        tasks.append(asyncio.create_task(collect(model, request, Recall())))
        await settle()

    for _ in range(6):
        gated.gate.put_nowait(None)
    await asyncio.gather(*tasks)

    assert [request.prompt for request in gated.started][3:] == ["short", "long"]


async def test_a_new_search_is_expected_to_draw_samples_as_long_as_its_tenants_others() -> None:
    gated, slots = GatedModel(), ModelSlots(2)
    for tenant, n_tokens in (("short", 30), ("long", 900)):
        gated.n_tokens = n_tokens
        drawn = asyncio.create_task(collect(share(gated, slots, tenant=tenant), REQUEST, Recall()))
        for _ in range(2):
            gated.gate.put_nowait(None)
        await drawn
    tasks = [asyncio.create_task(collect(share(gated, slots), REQUEST, Recall()))]
    await settle()
    for name in ("long", "long", "short", "short", "short"):
        request = GenerationRequest(prompt=name, n=2, seed=2, sampling=Sampling())
        model = share(gated, slots, tenant=name)
        tasks.append(asyncio.create_task(collect(model, request, Recall())))
        await settle()

    for _ in range(12):
        gated.gate.put_nowait(None)
    await asyncio.gather(*tasks)

    prompts = [request.prompt for request in gated.started][3:]
    assert prompts == ["short", "long", "short", "short", "long"]


async def test_a_search_told_to_end_leaves_the_line() -> None:
    gated, slots, recall = GatedModel(), ModelSlots(2), Recall()
    holder = asyncio.create_task(collect(share(gated, slots), REQUEST, Recall()))
    await settle()
    waiting = asyncio.create_task(collect(share(gated, slots), REQUEST, recall))
    await settle()

    recall.set(CancelReason.CANCEL)
    dropped = await waiting

    assert [choice.finish_reason for choice in dropped] == [FinishReason.DROPPED] * 2
    gated.gate.put_nowait(None)
    gated.gate.put_nowait(None)
    await holder
    assert slots.n_free == 2


async def test_a_request_wider_than_all_slots_still_runs() -> None:
    gated, slots = GatedModel(), ModelSlots(1)
    task = asyncio.create_task(collect(share(gated, slots), REQUEST, Recall()))
    gated.gate.put_nowait(None)
    gated.gate.put_nowait(None)

    assert len(await task) == 2
    assert slots.n_free == 1


@pytest.mark.parametrize("n_steps", range(8))
async def test_a_search_torn_down_at_any_step_keeps_no_slot(n_steps: int) -> None:
    gated, slots = GatedModel(), ModelSlots(2)
    holder = asyncio.create_task(collect(share(gated, slots), REQUEST, Recall()))
    await settle()
    torn = asyncio.create_task(collect(share(gated, slots), REQUEST, Recall()))
    await settle()
    gated.gate.put_nowait(None)
    gated.gate.put_nowait(None)

    for _ in range(n_steps):
        await asyncio.sleep(0)
    torn.cancel()
    await asyncio.gather(torn, holder, return_exceptions=True)
    await settle()

    assert slots.n_free == 2
