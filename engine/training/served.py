"""Solutions sampled from a model that a server of the OpenAI-compatible API already holds.

Quicker than sampling in this process, and judged as it is served: the same weights in the same
precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import httpx

from engine.training.model_server import name_model, open_client, post
from engine.training.row_format import END, Completion, read_completion, render_prompt
from engine.training.sampling import MAX_NEW_TOKENS

_N_CONNECTIONS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedSampler:
    """A served model; samples as `Sampler` does.

    Attributes:
        client: Its base URL is the server's, without `/v1`.
        model: The name that the server knows the model by.
    """

    client: httpx.Client
    model: str

    def greedy(self, questions: Sequence[str]) -> list[Completion]:
        """The likeliest solution of each question."""
        bodies = [self._body(render_prompt(question), temperature=0.0) for question in questions]
        return [found[0] for found in self._complete(bodies)]

    def write(self, prompts: Sequence[str]) -> list[str]:
        """The likeliest continuation of the beginning of any row, up to the end token."""
        found = self._complete([self._body(prompt, temperature=0.0) for prompt in prompts])
        return [one.text for [one] in found]

    def sample(
        self, questions: Sequence[str], *, n_samples: int, temperature: float, seed: int
    ) -> list[list[Completion]]:
        """Solutions of each question, drawn from the whole distribution (top_p 1)."""
        # A server gives sample i of a request the seed + i: no two of all samples share one.
        bodies = [
            self._body(
                render_prompt(question),
                n=n_samples,
                temperature=temperature,
                seed=seed + index * n_samples,
            )
            for index, question in enumerate(questions)
        ]
        return self._complete(bodies)

    def _body(self, prompt: str, **settings: float) -> dict[str, Any]:
        return {
            "model": self.model,
            "prompt": prompt,
            "max_tokens": MAX_NEW_TOKENS,
            "stop": [END],
            "top_p": 1.0,
            **settings,
        }

    def _complete(self, bodies: Sequence[dict[str, Any]]) -> list[list[Completion]]:
        with ThreadPoolExecutor(_N_CONNECTIONS) as pool:
            return list(pool.map(self._request, bodies))

    def _request(self, body: dict[str, Any]) -> list[Completion]:
        reply = post(self.client, "/v1/completions", body)
        choices = sorted(reply["choices"], key=lambda choice: choice["index"])
        return [read_completion(choice["text"]) for choice in choices]


def connect(url: str) -> ServedSampler:
    """Find the one base model of a server.

    Raises:
        DatasetError: The server does not answer, or names no model.
    """
    client = open_client(url)
    return ServedSampler(client=client, model=name_model(client))
