"""The engine's own client and plain HTTP against a recording that is served as a model."""

from __future__ import annotations

import threading
from random import Random

import httpx
import pytest

from engine.adapters.monotonic_clock import MonotonicClock
from engine.adapters.openai_http import ModelServer, OpenAIChatModel, create_client
from engine.bench.strategies.dealer import Dealer
from engine.bench.trial_run import NeverCancelled
from engine.domain.profile import EndpointKind
from engine.domain.trial import Sampling
from engine.ports import FinishReason, GenerationRequest, Message
from scripts.replay_server import ReplayServer
from tests.unit.engine.bench.strategies.tape import problem, recording

NAMES = ["7", "8", "9", None]


@pytest.fixture
def server():
    tape = recording(problem(NAMES, name="a"), problem(NAMES, name="a longer one"))
    with ReplayServer(Dealer(tape, marks_answers=True), speed=0) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield serving
        serving.closing.set()
        serving.shutdown()
        thread.join()


@pytest.fixture
def client(server):
    with httpx.Client(base_url=server.url) as client:
        yield client


def ask(client, *, n=1, name="a", **given):
    body = {"model": "scripted", "n": n, **given}
    body["messages"] = [{"role": "user", "content": f"Please:\n What is  {name}?"}]
    return client.post("/v1/chat/completions", json=body)


def list_texts(reply):
    return [choice["message"]["content"] for choice in reply.json()["choices"]]


def test_the_recorded_model_is_listed(client):
    assert [one["id"] for one in client.get("/v1/models").json()["data"]] == ["scripted"]


def test_samples_come_in_the_recorded_order_over_all_requests(client):
    texts = list_texts(ask(client, n=2)) + list_texts(ask(client)) + list_texts(ask(client))

    assert [text.splitlines()[0] for text in texts] == [f"so it is {name}" for name in NAMES]


def test_each_problem_has_an_order_of_its_own(client):
    ask(client, n=3)

    assert "7" in list_texts(ask(client, name="a longer one"))[0]


def test_an_answer_is_marked_where_there_is_one(client):
    texts = list_texts(ask(client, n=4))

    assert texts[0].endswith("\nAnswer: 7")
    assert "Answer" not in texts[3]


def test_calls_samples_and_tokens_are_counted_until_the_reset(client):
    ask(client, n=3)
    ask(client)
    assert client.get("/replay/counts").json() == {"calls": 2, "samples": 4, "tokens": 40}

    client.post("/replay/reset", json={})

    assert client.get("/replay/counts").json() == {"calls": 0, "samples": 0, "tokens": 0}
    assert len(list_texts(ask(client, n=4))) == 4


def test_the_greedy_sample_is_no_part_of_the_order(client):
    assert "7" in list_texts(ask(client, temperature=0))[0]

    assert len(list_texts(ask(client, n=4))) == 4


@pytest.mark.parametrize(
    ("given", "words"),
    [({"n": 5}, "ask for fewer"), ({"name": "unknown"}, "no recorded problem"), ({"n": -1}, "n ")],
    ids=["too-many", "unknown-problem", "negative"],
)
def test_what_was_not_recorded_is_refused(client, given, words):
    reply = ask(client, **given)

    assert reply.status_code == 400
    assert words in reply.json()["error"]["message"]


@pytest.mark.parametrize("kind", list(EndpointKind), ids=str)
async def test_the_engine_reads_it_as_a_stream(server, kind):
    text = "What is a?"
    prompt = text if kind is EndpointKind.COMPLETIONS else (Message(role="user", content=text),)
    request = GenerationRequest(prompt=prompt, n=3, seed=1, sampling=Sampling(max_tokens=64))
    async with create_client() as client:
        model = OpenAIChatModel(
            ModelServer(base_url=server.url, kind=kind),
            client=client,
            clock=MonotonicClock(),
            rng=Random(1),
        )
        assert await model.identify() == "scripted"
        choices = [choice async for choice in model.generate(request, NeverCancelled())]

    assert {choice.finish_reason for choice in choices} == {FinishReason.STOP}
    texts = {choice.index: choice.text.splitlines()[-1] for choice in choices}
    assert texts == {0: "Answer: 7", 1: "Answer: 8", 2: "Answer: 9"}
    assert sum(choice.tokens.tokens_out for choice in choices) == 30
