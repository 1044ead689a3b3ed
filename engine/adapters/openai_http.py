"""Speaks to a language model over the OpenAI-compatible HTTP API, as vLLM and others serve it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

import httpx

from engine.adapters.http_stream import StreamTransport
from engine.adapters.openai_fold import RunFold
from engine.adapters.openai_group import GroupAccount
from engine.adapters.openai_refusal import Refusal, parse_refusal
from engine.adapters.openai_request import (
    ALL_FEATURES,
    Feature,
    Run,
    build_body,
    build_path,
    find_refused,
    plan_runs,
    select_features,
)
from engine.adapters.openai_sse import SseSplitter
from engine.adapters.retry import Failure, RetryPolicy
from engine.domain.errors import (
    ModelError,
    ModelRequestError,
    ModelTimeoutError,
    ModelUnavailableError,
    SettingsError,
)
from engine.domain.profile import EndpointKind
from engine.ports import CancelToken, Choice, Clock, GenerationRequest

CONNECT_TIMEOUT_S = 10.0
IDENTIFY_TIMEOUT_S = 10.0
# Servers close idle connections after 5 s; a request on one just closed would be lost.
KEEPALIVE_EXPIRY_S = 4.0
MAX_IDLE_CONNECTIONS = 64
# What went wrong before a request could leave.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelServer:
    """Where a model is served.

    Attributes:
        base_url: The server's URL, http or https, with or without ``/v1``.
        model: The model's name there; empty takes the first that the server lists.
        api_key: Sent as a bearer token; empty for none.
        kind: Which endpoint the model is asked at.
    """

    base_url: str
    model: str = ""
    api_key: str = field(default="", repr=False)
    kind: EndpointKind = EndpointKind.CHAT

    def __post_init__(self) -> None:
        """Refuse what no request could be sent to."""
        url = urlsplit(self.base_url)
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise SettingsError(
                f"{self.base_url!r} is not the URL of a model server; one looks like "
                "http://127.0.0.1:8000"
            )

    @property
    def root_url(self) -> str:
        """The URL below which ``/v1`` lies."""
        return self.base_url.rstrip("/").removesuffix("/v1")


def create_client() -> httpx.AsyncClient:
    """Return a client that holds as many requests at once as it is given.

    Samples in flight are limited by whoever asks for them; a second limit here would only make
    requests wait unseen. The environment's proxies are not meant for a model server.
    """
    transport = StreamTransport(max_idle=MAX_IDLE_CONNECTIONS, keepalive_s=KEEPALIVE_EXPIRY_S)
    return httpx.AsyncClient(transport=transport, trust_env=False)


class OpenAIChatModel:
    """The port ``ChatModel`` over HTTP.

    A group is one POST, read as a stream. What breaks is asked for again, and only that. Closing
    the iterator or cancelling closes the connection, upon which the server stops generating.

    A feature that the server refuses by name is left out from then on: without ``n`` each sample
    is a request of its own, without ``seed`` samples cannot be drawn again, without ``logprobs``
    there is no likelihood, and without usage the tokens are counted from the stream. A message of
    the model's that the server cannot go on with is followed by a request to do so.
    """

    def __init__(
        self,
        server: ModelServer,
        *,
        client: httpx.AsyncClient,
        clock: Clock,
        rng: Random,
        retry: RetryPolicy | None = None,
    ) -> None:
        self._server = server
        self._client = client
        self._clock = clock
        self._rng = rng
        self._retry = retry or RetryPolicy()
        self._features = ALL_FEATURES
        self._has_continued = False
        self._model = server.model
        self._url = server.root_url + build_path(server.kind)
        # Compressing thousands of tiny events costs both sides more than it saves.
        self._headers = {"Accept-Encoding": "identity", "Content-Type": "application/json"}
        if server.api_key:
            self._headers["Authorization"] = f"Bearer {server.api_key}"

    @property
    def features(self) -> frozenset[Feature]:
        """What the server has not refused so far."""
        return self._features

    async def generate(
        self, request: GenerationRequest, cancel: CancelToken
    ) -> AsyncIterator[Choice]:
        """Yield each of the ``n`` choices once, as it ends; see the port."""
        ended: asyncio.Queue[Choice | None] = asyncio.Queue()
        account = GroupAccount(request, hand_out=ended.put_nowait, now_ms=self._clock.now_ms)
        drive = asyncio.create_task(self._drive(request, account, cancel))
        # Should the drive itself be at fault, its error is raised here instead of a silent wait.
        drive.add_done_callback(lambda _task: ended.put_nowait(None))
        watch = asyncio.create_task(cancel.wait())
        watch.add_done_callback(lambda _task: _cancel_once(drive))
        try:
            for _ in range(request.n):
                choice = await ended.get()
                if choice is None:
                    await drive
                    raise ModelError("the group ended without all of its samples")
                yield choice
        finally:
            watch.cancel()
            _cancel_once(drive)
            # Unlike gather, wait does not hand a cancellation of its own on to the tasks.
            await asyncio.wait((watch, drive))

    async def identify(self) -> str:
        """Return the served model's name, as the server lists it; see the port."""
        try:
            response = await self._client.get(
                f"{self._server.root_url}/v1/models",
                headers=self._headers,
                timeout=IDENTIFY_TIMEOUT_S,
            )
        except httpx.HTTPError as error:
            raise _translate(error) from error
        if not response.is_success:
            refusal = parse_refusal(response.status_code, response.content, response.headers)
            raise refusal.to_failure().error
        names = _read_names(response)
        wanted = self._server.model or names[0]
        if wanted not in names:
            raise ModelRequestError(
                f"the server does not serve {wanted!r}; it serves {', '.join(names)}"
            )
        self._model = wanted
        return wanted

    async def _drive(
        self, request: GenerationRequest, account: GroupAccount, cancel: CancelToken
    ) -> None:
        """See a group through to its last choice, whatever happens."""
        try:
            if cancel.reason() is None:
                async with asyncio.timeout(request.deadline_s):
                    await self._attempt_all(request, account)
        except TimeoutError:
            account.expire(
                ModelTimeoutError(f"the model did not end within {request.deadline_s:g} s")
            )
        except asyncio.CancelledError:
            # Only generate() cancels this task, and it waits for the choices below.
            pass
        account.drop()

    async def _attempt_all(self, request: GenerationRequest, account: GroupAccount) -> None:
        n_attempts = 0
        while account.missing:
            failure = await self._attempt(request, account)
            if failure is None:
                # All came, or the server knows less than was asked for and is now asked for less.
                continue
            n_attempts += 1
            decision = self._retry.decide(failure, n_attempts, self._rng.random())
            if decision is None:
                account.fail(failure.error)
                return
            await self._clock.sleep(decision.wait_s)

    async def _attempt(self, request: GenerationRequest, account: GroupAccount) -> Failure | None:
        """Ask once for all that is missing; return the failure that matters most, if any."""
        if not self._model:
            try:
                await self.identify()
            except ModelError as error:
                return Failure(error=error)
        features = select_features(request, self._server.kind, self._features)
        runs = plan_runs(account.missing, features)
        failures = await asyncio.gather(
            *(self._ask(request, run, account, features) for run in runs)
        )
        return max(
            (failure for failure in failures if failure is not None),
            key=lambda failure: (not failure.error.retryable, failure.retry_after_s or 0.0),
            default=None,
        )

    async def _ask(
        self,
        request: GenerationRequest,
        run: Run,
        account: GroupAccount,
        features: frozenset[Feature],
    ) -> Failure | None:
        """Send one request and settle what came of it; only a cancellation gets out.

        A cancelled run stays open in the account, which then knows what came before.
        """
        body = build_body(
            request, run, model=self._model, kind=self._server.kind, features=features
        )
        fold = RunFold(run, request.sampling, refuses_blank=self._refuses_blank(features))
        account.open_run(fold)
        try:
            refusal = await self._post(
                json.dumps(body).encode(), fold, account, request.deadline_s
            )
            failure = None if refusal is None else self._judge(refusal, features)
            if refusal is None and not fold.is_complete:
                failure = self._judge_early_end(fold)
            if refusal is None and Feature.CONTINUE in features:
                self._judge_continued(fold)
        except httpx.HTTPError as error:
            failure = Failure(error=_translate(error))
            if isinstance(error, NOT_SENT):
                account.count_call(-1)
        except ModelError as error:
            failure = Failure(error=error)
        account.close_run(fold)
        return failure

    async def _post(
        self, content: bytes, fold: RunFold, account: GroupAccount, deadline_s: float
    ) -> Refusal | None:
        timeout = httpx.Timeout(deadline_s, connect=min(CONNECT_TIMEOUT_S, deadline_s))
        account.count_call()
        async with self._client.stream(
            "POST", self._url, content=content, headers=self._headers, timeout=timeout
        ) as response:
            if not response.is_success:
                return parse_refusal(
                    response.status_code, await response.aread(), response.headers
                )
            splitter = SseSplitter()
            async for block in response.aiter_raw():
                for payload in splitter.feed(block):
                    account.take(fold, payload)
                if fold.is_cut and fold.is_complete:
                    # Closing the connection ends at the server what was closed here.
                    break
        return None

    def _judge(self, refusal: Refusal, features: frozenset[Feature]) -> Failure | None:
        """Return the failure, or ``None`` if asking for less may mend it."""
        if refusal.is_malformed:
            refused = find_refused(refusal.message, refusal.parameter, features)
            if refused is not None:
                self._features -= {refused}
                return None
        return refusal.to_failure()

    def _refuses_blank(self, features: frozenset[Feature]) -> bool:
        return Feature.CONTINUE in features and not self._has_continued

    def _judge_continued(self, fold: RunFold) -> None:
        """Find out from the first messages that were gone on with whether the server can do it.

        A chat template that trims messages cuts off the joint behind the last step. The model then
        begins with it, which is a stop text, and every step is empty.
        """
        if fold.n_blank < fold.run.n:
            self._has_continued = True
        elif not self._has_continued:
            self._features -= {Feature.CONTINUE}

    def _judge_early_end(self, fold: RunFold) -> Failure | None:
        """As :meth:`_judge`, for a stream that ended without all of its samples."""
        if fold.is_n_ignored:
            self._features -= {Feature.N}
            return None
        return Failure(error=ModelUnavailableError("the stream ended before its samples did"))


def _cancel_once(task: asyncio.Task[None]) -> None:
    """Cancel a task; a second time would break into the closing of its connection."""
    if not task.cancelling():
        task.cancel()


def _translate(error: httpx.HTTPError) -> ModelError:
    words = str(error) or type(error).__name__
    if isinstance(error, httpx.TimeoutException) and not isinstance(error, NOT_SENT):
        return ModelTimeoutError(f"the server fell silent: {words}")
    return ModelUnavailableError(f"the connection to the server failed: {words}")


def _read_names(response: httpx.Response) -> list[str]:
    try:
        names = [str(entry["id"]) for entry in response.json()["data"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelUnavailableError(f"the list of models cannot be read: {error!r}") from error
    if not names:
        raise ModelUnavailableError("the server lists no model")
    return names
