"""One request sent until it is answered, at the pace that the server allows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from random import Random
from typing import Final

import httpx

from engine.adapters.openai_refusal import RETRYABLE_STATUSES
from engine.adapters.retry import Failure, RetryPolicy, parse_retry_after
from engine.domain.errors import ModelError, ModelRequestError, ModelUnavailableError
from engine.domain.trial import Sampling
from engine.ports import (
    CancelReason,
    ChatModel,
    Choice,
    Clock,
    FinishReason,
    GenerationRequest,
)
from engine.training.generation.budget import estimate_tokens
from engine.training.generation.journal import Entry, Sample
from engine.training.generation.limit import RateLimit
from engine.training.generation.plan import Request
from engine.training.row_format import END

_RETRY: Final = RetryPolicy(max_attempts=8, base_s=1.0, cap_s=60.0)
# A key that is not known, an account without money or leave, no such model: no other request
# would fare better.
_SHUT_STATUSES: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
    }
)


class RequestRefusedError(ModelRequestError):
    """The server serves others, but not this request."""

    code = "generation-request-refused"


@dataclass(slots=True, kw_only=True)
class Door:
    """Whether the server lets this client in at all.

    Attributes:
        is_shut: Whether it has answered so that no other request would fare better.
    """

    is_shut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How the model is asked.

    Attributes:
        sampling: How it draws.
        deadline_s: Longest time for one attempt at a request.
        retry: When a failed request is sent again.
    """

    sampling: Sampling
    deadline_s: float = 300.0
    retry: RetryPolicy = _RETRY

    def most_tokens(self, request: Request) -> tuple[int, int]:
        """The most tokens that a request can send and get."""
        prompt = request.prompt
        texts = (prompt,) if isinstance(prompt, str) else [each.content for each in prompt]
        return estimate_tokens("\n".join(texts)), self.sampling.max_tokens * request.n_samples


class Asker:
    """Asks a model; failures that pass are waited out, with the server's own word for how long.

    Args:
        model: Makes one attempt a call; see :func:`one_attempt`.
        asking: How it is asked.
        limit: The pace, shared by all requests.
        door: Whether the server lets anybody in; see :func:`heed`.
        clock: Waits.
        rng: Spreads the waits.
    """

    def __init__(
        self,
        model: ChatModel,
        asking: Asking,
        *,
        limit: RateLimit,
        door: Door,
        clock: Clock,
        rng: Random,
    ) -> None:
        self._model = model
        self._asking = asking
        self._limit = limit
        self._door = door
        self._clock = clock
        self._rng = rng

    async def ask(self, request: Request) -> Entry:
        """Send a request until it is answered.

        Raises:
            ModelUnavailableError: The server failed it too often.
            RequestRefusedError: The server will not serve this request, and may serve others.
            ModelRequestError: The server will not serve any.
        """
        n_attempts = 0
        tokens_in = tokens_out = 0
        while True:
            ticket = await self._limit.admit(sum(self._asking.most_tokens(request)))
            choices = await self._attempt(request)
            tokens_in += sum(choice.tokens.tokens_in for choice in choices)
            tokens_out += sum(choice.tokens.tokens_out for choice in choices)
            failed = next((each for each in choices if each.error is not None), None)
            if failed is None:
                ticket.n_tokens = tokens_in + tokens_out
                return _entry(request, choices, tokens_in, tokens_out)
            n_attempts += 1
            await self._wait(failed, n_attempts)

    async def _attempt(self, request: Request) -> list[Choice]:
        is_plain = isinstance(request.prompt, str)
        asked = GenerationRequest(
            prompt=request.prompt,
            n=request.n_samples,
            seed=request.seed,
            sampling=self._asking.sampling,
            stop=(END,) if is_plain else (),
            deadline_s=self._asking.deadline_s,
        )
        return [choice async for choice in self._model.generate(asked, _Uncancelled())]

    async def _wait(self, failed: Choice, n_attempts: int) -> None:
        error = self._error_of(failed)
        decision = self._asking.retry.decide(Failure(error=error), n_attempts, self._rng.random())
        if decision is None:
            raise error
        # What the server asked for is in the limit's pause, which the next attempt waits out.
        await self._clock.sleep(decision.wait_s)

    def _error_of(self, failed: Choice) -> ModelError:
        message = failed.error or ""
        if failed.is_unavailable:
            return ModelUnavailableError(message)
        return ModelRequestError(message) if self._door.is_shut else RequestRefusedError(message)


def heed(client: httpx.AsyncClient, limit: RateLimit, door: Door) -> None:
    """Let a client's refusals with a `Retry-After` hold back every request, and see the door."""

    async def note(response: httpx.Response) -> None:
        wait_s = parse_retry_after(response.headers.get("retry-after"))
        status = response.status_code
        is_passing = status in RETRYABLE_STATUSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if status in _SHUT_STATUSES:
            door.is_shut = True
        if wait_s is not None and is_passing:
            limit.pause(wait_s)

    client.event_hooks = {"response": [note]}


def one_attempt() -> RetryPolicy:
    """The policy of the model below: waiting is done here, where the pace is kept."""
    return RetryPolicy(max_attempts=1)


class _Uncancelled:
    """A run ends by cancelling its tasks, which closes their connections."""

    def reason(self) -> CancelReason | None:
        return None

    async def wait(self) -> None:
        await asyncio.Event().wait()


def _entry(request: Request, choices: list[Choice], tokens_in: int, tokens_out: int) -> Entry:
    choices.sort(key=lambda choice: choice.index)
    return Entry(
        request_id=request.request_id,
        samples=tuple(
            Sample(text=each.text, is_cut=each.finish_reason is not FinishReason.STOP)
            for each in choices
        ),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
    )
