"""A server that verifies over HTTP: JSON both ways, sent again where that may help."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

import httpx

from engine.adapters.openai_http import CONNECT_TIMEOUT_S, NOT_SENT, ModelServer
from engine.adapters.openai_refusal import parse_refusal
from engine.adapters.retry import Failure, RetryPolicy
from engine.adapters.verifier_batch import Batch
from engine.domain.errors import ModelError, ModelTimeoutError, ModelUnavailableError
from engine.ports import Clock

# A judgement is one token or one forward pass; a server that takes longer is stuck.
DEADLINE_S = 60.0
MAX_IN_FLIGHT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierServer:
    """Where a verifier is served.

    Attributes:
        server: Its URL, its model's name there, its key.
        deadline_s: Longest time for one batch, retries included.
        max_in_flight: Most requests at once.
    """

    server: ModelServer
    deadline_s: float = DEADLINE_S
    max_in_flight: int = MAX_IN_FLIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    reply: Mapping[str, Any] = field(default_factory=dict[str, Any])
    failure: Failure | None = None


class VerifierHttp:
    """Sends the requests of the verifiers."""

    def __init__(
        self,
        place: VerifierServer,
        *,
        client: httpx.AsyncClient,
        clock: Clock,
        rng: Random,
        retry: RetryPolicy | None = None,
    ) -> None:
        """Open nothing: the client's connections are used."""
        self._place = place
        self._client = client
        self._clock = clock
        self._rng = rng
        self._retry = retry or RetryPolicy()
        self._gate = asyncio.Semaphore(place.max_in_flight)
        self._headers = {"Accept-Encoding": "identity", "Content-Type": "application/json"}
        if place.server.api_key:
            self._headers["Authorization"] = f"Bearer {place.server.api_key}"

    @property
    def model(self) -> str:
        """The model's name at the server."""
        return self._place.server.model

    async def list_models(self) -> tuple[str, ...]:
        """Return the names of the models that the server lists.

        Raises:
            ModelError: When it does not say.
        """
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                attempt = await self._send("GET", "/v1/models", None)
        except TimeoutError as error:
            raise ModelTimeoutError("the verifier's server lists no models in time") from error
        if attempt.failure is not None:
            raise attempt.failure.error
        try:
            return tuple(str(entry["id"]) for entry in attempt.reply["data"])
        except (KeyError, TypeError) as error:
            raise ModelUnavailableError(f"the list of models cannot be read: {error!r}") from error

    async def post(self, path: str, body: Mapping[str, Any], batch: Batch) -> Mapping[str, Any]:
        """Send a request until it is answered, and count it on the batch.

        Raises:
            ModelError: When it is refused, or not answered after all attempts.
        """
        content = json.dumps({"model": self.model, **body}).encode()
        try:
            async with asyncio.timeout(self._place.deadline_s), self._gate:
                return await self._post_until_answered(path, content, batch)
        except TimeoutError as error:
            raise ModelTimeoutError(
                f"the verifier did not answer within {self._place.deadline_s:g} s"
            ) from error

    async def _post_until_answered(
        self, path: str, content: bytes, batch: Batch
    ) -> Mapping[str, Any]:
        n_attempts = 0
        while True:
            batch.n_calls += 1
            attempt = await self._send("POST", path, content)
            if attempt.failure is None:
                _count_tokens(attempt.reply, batch)
                return attempt.reply
            n_attempts += 1
            decision = self._retry.decide(attempt.failure, n_attempts, self._rng.random())
            if decision is None:
                raise attempt.failure.error
            await self._clock.sleep(decision.wait_s)

    async def _send(self, method: str, path: str, content: bytes | None) -> _Attempt:
        try:
            response = await self._client.request(
                method,
                self._place.server.root_url + path,
                content=content,
                headers=self._headers,
                timeout=httpx.Timeout(self._place.deadline_s, connect=CONNECT_TIMEOUT_S),
            )
        except httpx.HTTPError as error:
            return _Attempt(failure=Failure(error=_translate(error)))
        if not response.is_success:
            refusal = parse_refusal(response.status_code, response.content, response.headers)
            return _Attempt(failure=refusal.to_failure())
        try:
            reply: Any = response.json()
        except (ValueError, RecursionError):
            reply = None
        if not isinstance(reply, dict):
            error = ModelUnavailableError("the verifier's reply is no JSON object")
            return _Attempt(failure=Failure(error=error))
        return _Attempt(reply=cast("dict[str, Any]", reply))


def _translate(error: httpx.HTTPError) -> ModelError:
    words = str(error) or type(error).__name__
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, NOT_SENT):
        return ModelTimeoutError(f"the verifier fell silent: {words}")
    return ModelUnavailableError(f"the connection to the verifier failed: {words}")


def _count_tokens(reply: Mapping[str, Any], batch: Batch) -> None:
    """Add what the server says that it used; a server that says nothing adds nothing."""
    usage = reply.get("usage")
    if not isinstance(usage, dict):
        return
    counts = cast("dict[str, Any]", usage)
    batch.tokens_in += _count(counts.get("prompt_tokens"))
    batch.tokens_out += _count(counts.get("completion_tokens"))
    details = counts.get("prompt_tokens_details")
    if isinstance(details, dict):
        batch.tokens_cached += _count(cast("dict[str, Any]", details).get("cached_tokens"))


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
