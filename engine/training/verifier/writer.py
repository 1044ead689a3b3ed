"""Whoever writes solutions: a checkpoint in this process, or a model that a server holds."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import httpx

from engine.prompts.prompt_set import load_prompt_set
from engine.training.errors import DatasetError
from engine.training.example import JudgedChain
from engine.training.model_folder import load_folder
from engine.training.model_server import name_model, open_client, post
from engine.training.record import weights_digest
from engine.training.sampling import Sampler, Solver
from engine.training.served import connect
from engine.training.verifier.asked import Asked
from engine.training.verifier.claim_text import CHAT_SET
from engine.training.verifier.label import label_program, label_prose

SOLVE: Final = "solve"

_MAX_CHAT_TOKENS: Final = 1_024
_N_CONNECTIONS: Final = 16
_DIGEST_CHARS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """How solutions are drawn.

    Attributes:
        n_samples: Of each question.
        temperature: 0 takes the likeliest, once.
        seed: Of the first sample.
    """

    n_samples: int
    temperature: float
    seed: int


class Writer(Protocol):
    """Writes solutions of questions."""

    @property
    def name(self) -> str:
        """Who writes; with the temperature it names a system."""
        ...

    def write(self, questions: Sequence[str], draw: Draw) -> list[list[str]]:
        """The solutions of each question."""
        ...

    def label(self, asked: Asked, text: str, *, system: str) -> JudgedChain | None:
        """What was written as a judged chain; None where nothing can be told of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramWriter:
    """A model that writes programs as svend-mini does.

    Attributes:
        name: Who writes.
        solver: The model.
    """

    name: str
    solver: Solver

    def write(self, questions: Sequence[str], draw: Draw) -> list[list[str]]:
        """The programs of each question."""
        if draw.temperature == 0:
            return [[found.text] for found in self.solver.greedy(questions)]
        drawn = self.solver.sample(
            questions, n_samples=draw.n_samples, temperature=draw.temperature, seed=draw.seed
        )
        return [[found.text for found in group] for group in drawn]

    def label(self, asked: Asked, text: str, *, system: str) -> JudgedChain | None:
        """What was written, executed."""
        return label_program(asked, text, system=system)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatWriter:
    """A chat model behind a server, asked with the prompt `solve` of the chat prompt set.

    Attributes:
        name: Its name at the server.
        client: Its base URL is the server's, without `/v1`.
    """

    name: str
    client: httpx.Client

    def write(self, questions: Sequence[str], draw: Draw) -> list[list[str]]:
        """The solutions of each question, in words."""
        # A server gives sample i of a request the seed + i: no two of all samples share one.
        bodies = [
            self._body(question, draw, seed=draw.seed + index * draw.n_samples)
            for index, question in enumerate(questions)
        ]
        with ThreadPoolExecutor(_N_CONNECTIONS) as pool:
            return list(pool.map(self._request, bodies))

    def label(self, asked: Asked, text: str, *, system: str) -> JudgedChain | None:
        """What was written, by its marked answer."""
        return label_prose(asked, text, system=system)

    def _body(self, question: str, draw: Draw, *, seed: int) -> dict[str, Any]:
        prompt: Any = load_prompt_set(CHAT_SET).render(SOLVE, {"problem": question})
        return {
            "model": self.name,
            "messages": [{"role": one.role, "content": one.content} for one in prompt],
            "n": 1 if draw.temperature == 0 else draw.n_samples,
            "temperature": draw.temperature,
            "seed": seed,
            "max_tokens": _MAX_CHAT_TOKENS,
        }

    def _request(self, body: dict[str, Any]) -> list[str]:
        reply = post(self.client, "/v1/chat/completions", body)
        choices = sorted(reply["choices"], key=lambda choice: choice["index"])
        return [choice["message"]["content"] or "" for choice in choices]


def open_folder(folder: Path, *, device: str) -> ProgramWriter:
    """A checkpoint in this process.

    Raises:
        DatasetError: The folder holds no model.
    """
    try:
        model, tokenizer = load_folder(folder, device=device)
    except (OSError, ValueError) as error:
        raise DatasetError(f"{folder} holds no model: {error}") from error
    # Checkpoints of one run may lie in folders of the same name.
    name = f"{folder.name}-{weights_digest(folder)[:_DIGEST_CHARS]}"
    return ProgramWriter(name=name, solver=Sampler(model=model, tokenizer=tokenizer))


def open_server(url: str, *, is_chat: bool) -> Writer:
    """The one model of a server.

    Raises:
        DatasetError: The server does not answer, or names no model.
    """
    return _chat(url) if is_chat else _programs(url)


def _programs(url: str) -> Writer:
    sampler = connect(url)
    return ProgramWriter(name=sampler.model, solver=sampler)


def _chat(url: str) -> Writer:
    client = open_client(url)
    return ChatWriter(name=name_model(client), client=client)
