"""A model server as training speaks to it: many requests, over connections that may break."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx

from engine.training.errors import DatasetError

_TIMEOUT_S: Final = 600.0
# Servers close connections that are idle for five seconds; one that is about to be closed must not
# be taken for the next request.
_KEEPALIVE_S: Final = 2.0
_WAITS_S: Final = (0.1, 0.5, 2.0)
_SHOWN_CHARS: Final = 200


def open_client(url: str) -> httpx.Client:
    """A client of one server; its base URL is the server's, without `/v1`."""
    limits = httpx.Limits(max_connections=None, keepalive_expiry=_KEEPALIVE_S)
    return httpx.Client(base_url=url, timeout=_TIMEOUT_S, limits=limits)


def name_model(client: httpx.Client) -> str:
    """The name of the base model that a server holds.

    Raises:
        DatasetError: The server does not answer, or names none.
    """
    try:
        return client.get("/v1/models").raise_for_status().json()["data"][0]["id"]
    except httpx.TransportError as error:
        raise DatasetError(_unanswered(client, error)) from error
    except (httpx.HTTPStatusError, ValueError, KeyError, IndexError) as error:
        raise DatasetError(f"the server {client.base_url} names no model: {error}") from error


def post(
    client: httpx.Client,
    path: str,
    body: Mapping[str, Any],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Any:
    """What a server answers; a request whose connection breaks is sent again.

    Sampling has no effect but its answer and names its seed, so that asking twice is no harm.

    Raises:
        DatasetError: The server refuses, or the connection broke every time.
    """
    for wait_s in _WAITS_S:
        try:
            return _send(client, path, body)
        except httpx.TransportError:
            sleep(wait_s)
    try:
        return _send(client, path, body)
    except httpx.TransportError as error:
        raise DatasetError(_unanswered(client, error)) from error


def _send(client: httpx.Client, path: str, body: Mapping[str, Any]) -> Any:
    reply = client.post(path, json=body)
    if reply.is_error:
        text = reply.text[:_SHOWN_CHARS]
        message = f"the server {client.base_url} answered {reply.status_code}: {text}"
        raise DatasetError(message)
    return reply.json()


def _unanswered(client: httpx.Client, error: Exception) -> str:
    return f"the server does not answer at {client.base_url}: {error}"
