"""A verifier is asked behind each solution, and read as P(yes)."""

from __future__ import annotations

import json
import math

import httpx
import pytest

from engine.training.row_format import Completion
from engine.training.solution_score import FolderScorer, ServedScorer
from engine.training.verifier.judge import ChainScore

SAMPLED = [
    [
        Completion(value=1, text="a=1;b=a<ans>b"),
        Completion(value=None, text="nothing"),
        Completion(value=1, text="a=1;b=a<ans>b"),
    ]
]


class CountingJudge:
    """Scores a chain by its number of steps, and remembers how many it saw."""

    def __init__(self):
        self.seen = []

    def score(self, chains):
        self.seen += chains
        return [ChainScore(steps=(), whole=len(chain.steps) / 10) for chain in chains]


def test_a_folder_s_verifier_sees_each_solution_once():
    judge = CountingJudge()
    assert FolderScorer(judge=judge).score(["Q?"], SAMPLED) == [[0.2, 0.0, 0.2]]
    assert [chain.steps for chain in judge.seen] == [("a=1", "b=a<ans>b")]


def test_a_served_verifier_is_asked_for_one_token():
    bodies = []

    def serve(request):
        body = json.loads(request.content)
        bodies.append(body)
        candidates = {"<yes>": math.log(0.75), "<no>": math.log(0.25)}
        choices = [
            {"index": i, "logprobs": {"top_logprobs": [candidates if i else {"x": 0.0}]}}
            for i in reversed(range(len(body["prompt"])))
        ]
        return httpx.Response(200, json={"choices": choices})

    transport = httpx.MockTransport(serve)
    with httpx.Client(transport=transport, base_url="http://model") as client:
        scores = ServedScorer(client=client, model="verifier").score(["Q?"], SAMPLED)
    assert scores == [[0.0, pytest.approx(0.75), pytest.approx(0.75)]]
    assert bodies[0]["max_tokens"] == 1
    assert bodies[0]["prompt"][0] == "<q>Q?<prog>a=1;b=a<ans>b<check>"
