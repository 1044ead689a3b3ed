"""The contest between the engine and a bare client, on the small server."""

from __future__ import annotations

from random import Random

import pytest

from engine.adapters.monotonic_clock import MonotonicClock
from engine.adapters.openai_http import ModelServer, OpenAIChatModel
from engine.bench.bare_client import BareServer, send_all
from engine.bench.problems import make_problems
from engine.bench.throughput import Contest, ThroughputPlan
from engine.domain.profile import AnswerProtocol, EndpointKind, ModelProfile
from tests.contract.model.stream_server import MODEL
from tools.registry import local_tools

PROFILE = ModelProfile(
    name="tiny",
    endpoint=EndpointKind.COMPLETIONS,
    prompt_set="svend-mini",
    answer_protocol=AnswerProtocol.PROGRAM,
    context_tokens=128,
    max_tokens=64,
    sampling_temperature=0.8,
)


@pytest.fixture
def contest(server, client):
    server.text_of = lambda seed: f"a={seed % 100}+1;b=a*2 <ans>b"
    address = ModelServer(base_url=server.url, model=MODEL, kind=PROFILE.endpoint)
    clock = MonotonicClock()
    return Contest(
        ThroughputPlan(problems=make_problems(6, seed=3), samples=4, n_in_flight=3, n_pairs=2),
        server=address,
        model=OpenAIChatModel(address, client=client, clock=clock, rng=Random(1)),
        profile=PROFILE,
        tools=local_tools(clock),
        read_server_cpu_s=lambda: 0.0,
    )


async def test_both_sides_send_the_same_bodies(contest, server):
    await contest.measure()
    # A warm-up and two pairs: five runs of six searches.
    runs = [sorted(map(repr, server.bodies[start : start + 6])) for start in range(0, 30, 6)]
    assert len(server.bodies) == 30
    assert all(run == runs[0] for run in runs)


async def test_no_answer_saves_a_sample(contest, server):
    await contest.measure()
    assert {body["n"] for body in server.bodies} == {4}


async def test_both_sides_count_the_same_tokens(contest):
    details = (await contest.measure()).details
    assert details["engine"]["tokens"] == details["bare"]["tokens"]
    assert details["engine"]["tokens"]["min"] == 6 * 4 * 2


async def test_failed_samples_are_no_measurement(contest, server):
    async def refuse(exchange):
        await exchange.reply_json(400, {"error": {"message": "no"}})

    server.replies = [refuse]
    with pytest.raises(RuntimeError, match="cannot be compared"):
        await contest.measure()


async def test_bare_client_refuses_a_failure(server):
    async def refuse(exchange):
        await exchange.reply_json(500, {})

    server.replies = [refuse]
    address = BareServer(base_url=server.url, path="/v1/completions", api_key="")
    with pytest.raises(ConnectionError, match="500"):
        await send_all(address, [{"prompt": "x", "max_tokens": 4}], n_in_flight=1)
