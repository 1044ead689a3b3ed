"""A verifier's word on sampled solutions: P(yes) behind each, from a folder or a server."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Protocol

import httpx

from engine.training.example import Category, JudgedChain, Origin
from engine.training.model_server import post
from engine.training.row_format import CHECK, STATEMENT_JOINT, Completion, render_prompt
from engine.verify.label import Candidate, Labels, read_yes

_N_CONNECTIONS: Final = 16
_N_CANDIDATES: Final = 20
_UNREAD: Final = 0.0
_ORIGIN: Final = Origin(source="sampled", licence="MIT", category=Category.MATH)


class Scored(Protocol):
    """What a verifier says of a chain."""

    @property
    def whole(self) -> float:
        """How probably its answer is right."""
        ...


class ChainScorer(Protocol):
    """A verifier of chains."""

    def score(self, chains: Sequence[JudgedChain]) -> Sequence[Scored]:
        """Judge chains, in their order."""
        ...


class SolutionScorer(Protocol):
    """Whatever says how probably solutions are right."""

    def score(
        self, questions: Sequence[str], sampled: Sequence[Sequence[Completion]]
    ) -> list[list[float]]:
        """Scores in [0, 1] of each question's samples, in their order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderScorer:
    """A verifier in this process.

    Attributes:
        judge: As `svend train verifier` wrote it.
    """

    judge: ChainScorer

    def score(
        self, questions: Sequence[str], sampled: Sequence[Sequence[Completion]]
    ) -> list[list[float]]:
        """Scores; see the protocol. What has no answer is not asked about."""
        scores: list[list[float]] = []
        for question, found in zip(questions, sampled, strict=True):
            texts = sorted({one.text for one in found if one.said is not None})
            judged = self.judge.score([_chain(question, text) for text in texts])
            by_text = {text: one.whole for text, one in zip(texts, judged, strict=True)}
            scores.append([by_text.get(one.text, _UNREAD) for one in found])
        return scores


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedScorer:
    """A verifier behind a server of the OpenAI-compatible API.

    Attributes:
        client: Its base URL is the server's, without `/v1`.
        model: The name that the server knows the verifier by.
    """

    client: httpx.Client
    model: str

    def score(
        self, questions: Sequence[str], sampled: Sequence[Sequence[Completion]]
    ) -> list[list[float]]:
        """Scores; see the protocol."""
        groups = [
            [f"{render_prompt(question)}{one.text}{CHECK}" for one in found]
            for question, found in zip(questions, sampled, strict=True)
        ]
        with ThreadPoolExecutor(_N_CONNECTIONS) as pool:
            return list(pool.map(self._ask, groups))

    def _ask(self, prompts: list[str]) -> list[float]:
        body = {
            "model": self.model,
            "prompt": prompts,
            "max_tokens": 1,
            "temperature": 0,
            "logprobs": _N_CANDIDATES,
        }
        reply = post(self.client, "/v1/completions", body)
        choices = sorted(reply["choices"], key=lambda choice: choice["index"])
        return [_read(choice["logprobs"]) for choice in choices]


def _read(logprobs: Any) -> float:
    candidates = [
        Candidate(token=token, logprob=value)
        for token, value in logprobs["top_logprobs"][0].items()
    ]
    score = read_yes(candidates, Labels())
    return _UNREAD if score is None else score


def _chain(question: str, text: str) -> JudgedChain:
    """A solution as a chain; its labels are not looked at."""
    steps = tuple(text.split(STATEMENT_JOINT))
    return JudgedChain(question=question, steps=steps, n_right=0, is_right=False, origin=_ORIGIN)
