from __future__ import annotations

import asyncio
from random import Random

import pytest

from engine.adapters.caching_verifier import CachingVerifier, JudgementCache
from engine.adapters.checked_verifier import CheckedVerifier
from engine.adapters.classify_verifier import ClassifyVerifier
from engine.adapters.execution_verifier import ExecutionVerifier
from engine.adapters.label_verifier import LabelVerifier, Question
from engine.adapters.openai_http import ModelServer, create_client
from engine.adapters.retry import RetryPolicy
from engine.adapters.stepwise_verifier import StepwiseVerifier
from engine.adapters.verifier_http import VerifierHttp, VerifierServer
from engine.domain.aggregation import Aggregation
from engine.domain.profile import AnswerProtocol, EndpointKind
from engine.ports import Claim
from engine.verify.profile import ClaimForm, ScoreEndpoint, VerifierProfile
from tests.contract.verifier.judge_server import MODEL, JudgeServer
from tests.fakes.scripted_verifier import ScriptedVerifier


class SteppingClock:
    """Time that stands still but for sleeps, which take none of the test's."""

    def __init__(self) -> None:
        self._now_ms = 0

    def now_ms(self) -> int:
        return self._now_ms

    async def sleep(self, seconds: float) -> None:
        self._now_ms += int(seconds * 1000)
        await asyncio.sleep(0)


def score_of(text: str) -> float:
    """A claim that says how likely it is, is as likely as it says."""
    _, mark, stated = text.rpartition("p=")
    return float(stated.split()[0]) if mark else 0.5


def claim(score: float, *, problem: str = "what is the sum?", answer: str | None = None) -> Claim:
    return Claim(problem=problem, steps=(f"I think p={score}",), answer=answer)


def render(asked: Claim) -> str:
    return f"{asked.problem} {' '.join(asked.steps)} Right?"


@pytest.fixture
async def server():
    async with JudgeServer(score_of).serving() as serving:
        yield serving


@pytest.fixture
async def client():
    async with create_client() as made:
        yield made


@pytest.fixture
def make_http(server, client):
    def make(place: ModelServer | None = None, **changes) -> VerifierHttp:
        place = place or ModelServer(base_url=server.url, model=MODEL, api_key="k")
        return VerifierHttp(
            VerifierServer(server=place, **changes),
            client=client,
            clock=SteppingClock(),
            rng=Random(7),
            retry=RetryPolicy(max_attempts=3),
        )

    return make


@pytest.fixture
def make_verifier(make_http):
    def make(kind: str, **changes):
        http = make_http(**changes)
        match kind:
            case "completions" | "chat":
                question = Question(prompt_id="judge@1", render=render, kind=EndpointKind(kind))
                return LabelVerifier(http, question)
            case "classify" | "pooling":
                return ClassifyVerifier(http, VerifierProfile(endpoint=ScoreEndpoint(kind)))
            case "classify-chat":
                return ClassifyVerifier(http, VerifierProfile(form=ClaimForm.CHAT))
            case "caching":
                return CachingVerifier(make("classify"), JudgementCache(), scope="tenant")
            case "stepwise":
                return StepwiseVerifier(make("classify"), Aggregation.MIN)
            case "checked":
                check = ExecutionVerifier(None, AnswerProtocol.MARKED)
                return CheckedVerifier(make("classify"), [check])
            case _:
                raise AssertionError(kind)

    return make


SERVED = (
    "completions",
    "chat",
    "classify",
    "classify-chat",
    "pooling",
    "caching",
    "stepwise",
    "checked",
)


@pytest.fixture(params=SERVED)
def served_verifier(request, make_verifier):
    """Everything that implements the port over the server."""
    return make_verifier(request.param)


@pytest.fixture(params=["scripted", *SERVED])
def any_verifier(request, make_verifier):
    """Everything that implements the port, over one rule."""
    if request.param == "scripted":
        return ScriptedVerifier(lambda asked: score_of(asked.steps[-1]))
    return make_verifier(request.param)
