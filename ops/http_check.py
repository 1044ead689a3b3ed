"""Asks a server of HTTP whether it is there."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

TIMEOUT_S = 2.0
OK = range(200, 300)


def answers_ok(url: str) -> bool:
    """Says whether a GET of this address is answered with success within two seconds."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status in OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
