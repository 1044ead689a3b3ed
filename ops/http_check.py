"""Asks a server of HTTP whether it is there."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

TIMEOUT_S = 2.0
SUCCESS = range(200, 300)
NOT_FAILING = range(200, 500)


def answers_ok(url: str, timeout_s: float = TIMEOUT_S) -> bool:
    """Says whether a GET of this address is answered with success, and in time."""
    return _get_status(url, timeout_s) in SUCCESS


def answers_at_all(url: str) -> bool:
    """Says whether a GET of this address is answered, be it with a refusal, by a sound server."""
    return _get_status(url, TIMEOUT_S) in NOT_FAILING


def _get_status(url: str, timeout_s: float) -> int | None:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
