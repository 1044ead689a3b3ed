"""A served model is asked once a question, and its completions are executed in their order."""

from __future__ import annotations

import json
from fractions import Fraction

import httpx
import pytest

from engine.training.errors import DatasetError
from engine.training.served import ServedSampler


class ScriptedServer:
    """Answers sample i of a prompt with i plus the prompt's length, the last sample first."""

    def __init__(self):
        self.bodies = []

    def __call__(self, request):
        body = json.loads(request.content)
        self.bodies.append(body)
        choices = [
            {"index": i, "text": f"a={len(body['prompt'])}+{i}<ans>a"}
            for i in reversed(range(body.get("n", 1)))
        ]
        return httpx.Response(200, json={"choices": choices})


@pytest.fixture
def server():
    return ScriptedServer()


@pytest.fixture
def sampler(server):
    transport = httpx.MockTransport(server)
    with httpx.Client(transport=transport, base_url="http://model") as client:
        yield ServedSampler(client=client, model="svend-mini")


def test_greedy_asks_at_temperature_zero(sampler, server):
    [first, second] = sampler.greedy(["How many?", "How much is it?"])
    assert first.value == Fraction(len("<q>How many?<prog>"))
    assert second.value == Fraction(len("<q>How much is it?<prog>"))
    assert {body["temperature"] for body in server.bodies} == {0.0}


def test_samples_keep_their_order(sampler):
    [found] = sampler.sample(["How many?"], n_samples=3, temperature=0.8, seed=0)
    n_chars = len("<q>How many?<prog>")
    assert [completion.value for completion in found] == [n_chars, n_chars + 1, n_chars + 2]


def test_no_two_samples_share_a_seed(sampler, server):
    sampler.sample(["a", "b", "c"], n_samples=4, temperature=0.8, seed=100)
    seeds = [body["seed"] + i for body in server.bodies for i in range(body["n"])]
    assert sorted(seeds) == list(range(100, 112))


def test_a_refusal_is_an_error():
    transport = httpx.MockTransport(lambda _: httpx.Response(500))
    with httpx.Client(transport=transport, base_url="http://model") as client:
        sampler = ServedSampler(client=client, model="svend-mini")
        with pytest.raises(DatasetError, match="500"):
            sampler.greedy(["How many?"])
