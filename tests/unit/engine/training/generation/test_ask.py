"""A request is sent until it is answered, and given up where that is hopeless."""

from __future__ import annotations

from random import Random

import httpx
import pytest

from engine.adapters.retry import RetryPolicy
from engine.domain.errors import ModelRequestError, ModelUnavailableError
from engine.domain.outcome import TokenUse
from engine.domain.trial import Sampling
from engine.ports import Choice, FinishReason
from engine.training.example import Category
from engine.training.generation.ask import Asker, Asking, Door, RequestRefusedError, heed
from engine.training.generation.journal import Sample
from engine.training.generation.limit import RateLimit
from engine.training.generation.plan import Kind, Request
from engine.training.generation.sketch import Sketch

REQUEST = Request(
    request_id="math-1",
    kind=Kind.SOLUTIONS,
    subject=Sketch(question="1+1?", category=Category.MATH),
    prompt="<q>1+1?<prog>",
    n_samples=2,
    n_items=2,
    seed=1,
)
USED = TokenUse(tokens_in=3, tokens_out=2)


class SteppingClock:
    """Sleeping passes at once, and moves the time on."""

    def __init__(self):
        self.ms = 0

    def now_ms(self):
        return self.ms

    async def sleep(self, seconds):
        self.ms += round(seconds * 1000)


class ScriptedChat:
    """Fails as it is told, then answers in the other order."""

    def __init__(self, *failures):
        self.failures = list(failures)
        self.n_asked = 0

    async def generate(self, request, cancel):
        self.n_asked += 1
        assert cancel.reason() is None
        failure = self.failures.pop(0) if self.failures else None
        for index in reversed(range(request.n)):
            yield Choice(
                index=index,
                text=f"a={index}",
                finish_reason=(
                    FinishReason.ERROR
                    if failure
                    else FinishReason.LENGTH
                    if index
                    else FinishReason.STOP
                ),
                tokens=USED,
                error=failure,
                is_unavailable=failure == "away",
            )

    async def identify(self):
        return "scripted"


def make(*failures, n_attempts=3, door=None):
    clock = SteppingClock()
    model, limit = ScriptedChat(*failures), RateLimit(clock)
    retry = RetryPolicy(max_attempts=n_attempts, base_s=1.0, cap_s=8.0)
    asking = Asking(sampling=Sampling(max_tokens=50), retry=retry)
    asker = Asker(model, asking, limit=limit, door=door or Door(), clock=clock, rng=Random(1))
    return model, asker, clock, limit


async def test_failure_that_passes_is_waited_out_and_paid():
    model, asker, clock, _ = make("away", "away")
    entry = await asker.ask(REQUEST)
    assert model.n_asked == 3
    assert clock.ms >= 1_500
    assert (entry.tokens_in, entry.tokens_out) == (18, 12)
    assert entry.samples == (Sample(text="a=0"), Sample(text="a=1", is_cut=True))


async def test_server_that_stays_away_is_given_up():
    model, asker, _, _ = make(*3 * ["away"])
    with pytest.raises(ModelUnavailableError, match="away"):
        await asker.ask(REQUEST)
    assert model.n_asked == 3


async def test_request_that_is_refused_is_not_repeated():
    model, asker, _, _ = make("too long")
    with pytest.raises(RequestRefusedError, match="too long"):
        await asker.ask(REQUEST)
    assert model.n_asked == 1


@pytest.mark.parametrize(
    ("status", "header", "waited_ms"),
    [(429, "9", 9_000), (503, "9", 9_000), (200, "9", 0), (404, "9", 0), (429, "soon", 0)],
)
async def test_retry_after_holds_every_request_back(status, header, waited_ms):
    _, asker, clock, limit = make()

    def refuse(_request):
        return httpx.Response(status, headers={"retry-after": header})

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
        heed(client, limit, Door())
        await client.get("http://model.test/")
    await asker.ask(REQUEST)
    assert clock.ms == waited_ms


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405])
async def test_shut_door_is_no_fault_of_the_request(status):
    door = Door()
    _, asker, _, limit = make("no such model", door=door)
    transport = httpx.MockTransport(lambda _request: httpx.Response(status))
    async with httpx.AsyncClient(transport=transport) as client:
        heed(client, limit, door)
        await client.get("http://model.test/")
    with pytest.raises(ModelRequestError) as caught:
        await asker.ask(REQUEST)
    assert not isinstance(caught.value, RequestRefusedError)


@pytest.mark.parametrize("status", [200, 400, 413, 422, 429, 500])
async def test_other_answers_leave_the_door_open(status):
    door = Door()
    transport = httpx.MockTransport(lambda _request: httpx.Response(status))
    async with httpx.AsyncClient(transport=transport) as client:
        heed(client, RateLimit(SteppingClock()), door)
        await client.get("http://model.test/")
    assert not door.is_shut
