"""One HTTP request: sent again while that is safe, and every fault told in one line."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from scripts.svend.errors import (
    ProtocolError,
    RefusedError,
    UnreachableError,
    describe_problem,
)
from scripts.svend.server import Server
from scripts.svend.wire_event import parse_json

CONNECT_TIMEOUT_S = 5.0
# Longer than the server's longest `?wait=`, so that a waiting answer is not mistaken for none.
READ_TIMEOUT_S = 90.0
# The server was there but could not do it now: the same request may succeed a little later.
BUSY_STATUSES = frozenset({429, 502, 503, 504})
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to go on trying.

    Attributes:
        total_s: From the first fault until giving up.
        pause: Waits some seconds.
        now: Seconds from an arbitrary fixed point.
    """

    total_s: float = 5.0
    pause: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request.

    Attributes:
        method: The HTTP method.
        path: Path below the server's URL.
        body: What to send as JSON, if anything.
        params: Query parameters; ``None`` values are left out.
        headers: Further headers.
        is_repeatable: Whether sending it twice does no more than sending it once.
    """

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    params: Mapping[str, str | int | None] | None = None
    headers: Mapping[str, str] | None = None
    is_repeatable: bool = True


class Retry:
    """Counts the patience of one call down, with pauses that grow."""

    def __init__(self, patience: Patience) -> None:
        """Begin without a fault."""
        self._patience = patience
        self._give_up_at: float | None = None
        self._pause_s = FIRST_PAUSE_S

    def wait(self, at_least_s: float = 0.0) -> bool:
        """Wait before the next attempt; return False when patience is over."""
        now = self._patience.now()
        if self._give_up_at is None:
            self._give_up_at = now + self._patience.total_s
        pause_s = max(at_least_s, self._pause_s)
        if now + pause_s > self._give_up_at:
            return False
        self._patience.pause(pause_s)
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
        return True


class Transport:
    """Sends calls to one server over kept connections."""

    def __init__(self, server: Server, http: httpx.Client, patience: Patience) -> None:
        """Take the server, an HTTP client whose base URL it is, and how long to try."""
        self.server = server
        self.http = http
        self.patience = patience

    def send(self, call: Call) -> httpx.Response:
        """Send a call and return the server's answer, whose status is below 400.

        Raises:
            UnreachableError: When no answer came within the patience.
            RefusedError: When the server refused, with its problem as one line.
        """
        retry = Retry(self.patience)
        while True:
            try:
                response = self._send_once(call)
            except httpx.TransportError as error:
                if call.is_repeatable and retry.wait():
                    continue
                raise self.unreachable(error) from error
            is_busy = response.status_code in BUSY_STATUSES and call.is_repeatable
            if is_busy and retry.wait(read_retry_after_s(response)):
                continue
            return check_response(response)

    def get_json(self, path: str, **params: str | int | None) -> Any:
        """Send a GET and return the answer's JSON."""
        return read_json(self.send(Call(method="GET", path=path, params=params)))

    def unreachable(self, error: Exception) -> UnreachableError:
        """Return the error that says which server is meant and where its name came from."""
        reason = str(error) or type(error).__name__
        return UnreachableError(
            f"Cannot reach {self.server.url} (from {self.server.origin}): {reason}. Is it "
            "running? `svend up` starts a local one, `svend doctor` says more."
        )

    def _send_once(self, call: Call) -> httpx.Response:
        params = {name: value for name, value in (call.params or {}).items() if value is not None}
        try:
            return self.http.request(
                call.method, call.path, json=call.body, params=params, headers=call.headers
            )
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise UnreachableError(
                f"{self.server.url!r} (from {self.server.origin}) is not a URL: {error}."
            ) from error


def open_http(server: Server) -> httpx.Client:
    """Return an HTTP client for a server; the caller closes it.

    Raises:
        UnreachableError: For a URL or a key that cannot be sent at all.
    """
    headers = {"Accept": "application/json", "User-Agent": "svend"}
    if server.key:
        headers["Authorization"] = f"Bearer {server.key}"
    try:
        return httpx.Client(
            base_url=server.url,
            headers=headers,
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            # The environment's proxies lead out of this machine; a local stack is inside.
            trust_env=httpx.URL(server.url).host not in LOCAL_HOSTS,
        )
    except (httpx.InvalidURL, UnicodeEncodeError) as error:
        raise UnreachableError(f"The URL or the key cannot be used: {error}.") from error


def check_response(response: httpx.Response) -> httpx.Response:
    """Return the answer, or raise what a refusal says.

    Raises:
        RefusedError: For a status of 400 or more.
        ProtocolError: For a redirection, which Svend never sends.
    """
    status = response.status_code
    if status < httpx.codes.MULTIPLE_CHOICES or status == httpx.codes.NOT_MODIFIED:
        return response
    if status < httpx.codes.BAD_REQUEST:
        raise ProtocolError(
            f"The server redirects to {response.headers.get('Location', 'nowhere')!r}: "
            "give the final URL."
        )
    problem = _find_problem(response)
    code = str(problem.get("code") or "")
    raise RefusedError(describe_problem(status, problem), status, code)


def read_json(response: httpx.Response) -> Any:
    """Return the JSON of an answer.

    Raises:
        ProtocolError: When it holds none.
    """
    try:
        return parse_json(response.text)
    except ValueError as error:
        raise ProtocolError from error


def read_retry_after_s(response: httpx.Response) -> float:
    """Return the seconds that a server asks to wait; 0 when it does not say."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else 0.0


def _find_problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {"detail": response.reason_phrase}
    return found if isinstance(found, Mapping) else {}
