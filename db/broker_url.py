"""How Celery writes the address of Redis."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit


def render_broker_url(redis_url: str) -> str:
    """Return a URL of Redis as Celery writes it: its name for a socket is another."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.netloc}{parts.path}?virtual_host={number}"
