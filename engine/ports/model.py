"""A language model behind a server, and one group of samples that is asked of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from engine.domain.outcome import Certainty, Likelihood, Timing, TokenUse
from engine.domain.trial import Sampling
from engine.ports.cancel import CancelToken


class FinishReason(StrEnum):
    """Why a choice ended.

    ``STOP``: of itself. ``LENGTH``: at ``max_tokens`` or the context's end. ``DROPPED``: we closed
    the request. ``UNSURE``: we closed the sample, as its certainty fell below what was asked for.
    ``ERROR``: every attempt failed; ``Choice.error`` says how.
    """

    STOP = "stop"
    LENGTH = "length"
    DROPPED = "dropped"
    UNSURE = "unsure"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a chat.

    Attributes:
        role: ``system``, ``user`` or ``assistant``.
        content: Its text.
    """

    role: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """One group of samples that share a prompt.

    Attributes:
        prompt: Plain text for a completions endpoint, messages for a chat endpoint. Where the last
            message is the assistant's, the model goes on writing it.
        n: How many samples.
        seed: Seed of sample 0; sample ``i`` has ``seed + i``.
        sampling: How to draw.
        stop: Texts that end a sample; not part of its text.
        deadline_s: Longest time for the whole request, retries included.
        tools: What the model may call, as function calling describes it. A server that reads calls
            itself is told of them; for any other they are put into the messages. Either way a
            call stands at the end of a sample's text. A completions endpoint takes none.
        grammar: What every sample must be a word of, as EBNF; empty for no bounds. A server that
            knows no grammars is asked without.
    """

    prompt: str | tuple[Message, ...]
    n: int
    seed: int
    sampling: Sampling
    stop: tuple[str, ...] = ()
    deadline_s: float = 300.0
    tools: tuple[Mapping[str, Any], ...] = ()
    grammar: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One sample, ended.

    Attributes:
        index: Which of the group's ``n``.
        text: What the model wrote, without the stop text.
        finish_reason: Why it ended.
        likelihood: ``None`` where the server gives no log-probabilities.
        tokens: Its own; the prompt's are counted on the first choice yielded for a request.
        model_calls: Requests sent since the last choice was yielded (the first choice of a
            request carries 1, and retries add to the next one that is yielded).
        timing: From sending the first request.
        error: What failed, for ``ERROR``.
        is_unavailable: For ``ERROR``: whether the server could not be reached or was overloaded
            to the last attempt (another time may do), rather than refused the request.
        matched_stop: Which stop text ended it; ``None`` where it ended by itself, or where the
            server does not say.
        is_stop_told: Whether the server says which stop text ended a sample.
        certainty: ``None`` unless the request asked for candidates and the server gave them.
    """

    index: int
    text: str
    finish_reason: FinishReason
    likelihood: Likelihood | None = None
    tokens: TokenUse = field(default_factory=TokenUse)
    model_calls: int = 0
    timing: Timing = field(default_factory=Timing)
    error: str | None = None
    is_unavailable: bool = False
    matched_stop: str | None = None
    is_stop_told: bool = False
    certainty: Certainty | None = None


class ChatModel(Protocol):
    """A language model behind a server."""

    def generate(self, request: GenerationRequest, cancel: CancelToken) -> AsyncIterator[Choice]:
        """Yield each of the ``n`` choices once, as it ends, in any order.

        Exactly ``n`` choices come: what failed after all retries ends as ``ERROR``, what the
        cancel token cut short as ``DROPPED`` with the tokens received so far. Nothing is raised
        for a server that fails.
        """
        ...

    async def identify(self) -> str:
        """Return the served model's name, as the server lists it.

        Raises:
            ModelUnavailableError: When the server does not answer.
            ModelRequestError: When it does not serve the configured model.
        """
        ...
