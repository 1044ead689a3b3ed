from __future__ import annotations

import asyncio
from random import Random

import httpx
import pytest

from engine.adapters.openai_http import ModelServer, OpenAIChatModel, create_client
from engine.adapters.retry import RetryPolicy
from engine.domain.profile import EndpointKind
from engine.domain.trial import Sampling
from engine.ports import CancelReason, GenerationRequest
from tests.contract.model.stream_server import MODEL, StreamServer
from tests.fakes.scripted_model import ScriptedChatModel


class Token:
    """A cancel token that a test sets."""

    def __init__(self) -> None:
        self._reason: CancelReason | None = None
        self._is_set = asyncio.Event()

    def set(self, reason: CancelReason = CancelReason.CANCEL) -> None:
        self._reason = reason
        self._is_set.set()

    def reason(self) -> CancelReason | None:
        return self._reason

    async def wait(self) -> None:
        await self._is_set.wait()


class SteppingClock:
    """Time that stands still but for sleeps, which take none of the test's."""

    def __init__(self) -> None:
        self.slept_s: list[float] = []
        self._now_ms = 0

    def now_ms(self) -> int:
        return self._now_ms

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self._now_ms += int(seconds * 1000)
        await asyncio.sleep(0)


def text_of(seed: int) -> str:
    return f"the sum of {seed} and one is {seed + 1} END beyond"


def group(n: int = 1, **changes) -> GenerationRequest:
    fields = {
        "prompt": "what is the sum",
        "n": n,
        "seed": 40,
        "sampling": Sampling(max_tokens=64),
        "stop": (" END",),
        "deadline_s": 20.0,
    }
    return GenerationRequest(**{**fields, **changes})


async def collect(model, request, cancel=None):
    return [choice async for choice in model.generate(request, cancel or Token())]


@pytest.fixture
def clock():
    return SteppingClock()


@pytest.fixture
async def server():
    async with StreamServer(text_of).serving() as serving:
        yield serving


@pytest.fixture
async def client():
    async with create_client() as made:
        yield made


@pytest.fixture
def make_model(server: StreamServer, client: httpx.AsyncClient, clock):
    def make(kind: EndpointKind = EndpointKind.COMPLETIONS, **changes) -> OpenAIChatModel:
        fields = {"base_url": server.url, "model": MODEL, "kind": kind}
        return OpenAIChatModel(
            ModelServer(**{**fields, **changes}),
            client=client,
            clock=clock,
            rng=Random(7),
            retry=RetryPolicy(max_attempts=3),
        )

    return make


@pytest.fixture(params=["scripted", "completions", "chat"])
def any_model(request, make_model):
    """Everything that implements the port, over one script."""
    if request.param == "scripted":
        return ScriptedChatModel(lambda asked, index: text_of(asked.seed + index), name=MODEL)
    return make_model(EndpointKind(request.param))
