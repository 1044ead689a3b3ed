"""The least that any asyncio client can do: send, receive, throw away.

It is the measure for the engine's own client, so it parses no event and builds no object for one.
Only the usage at the end of each stream is read, for the count of tokens.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

END_OF_BODY = b"0\r\n\r\n"
READ_BYTES = 1 << 16
# Long enough for the last event, which holds the usage, and for the marks behind it.
TAIL_BYTES = 4096
USAGE = re.compile(rb'"completion_tokens":\s*(\d+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class BareServer:
    """Where the requests go.

    Attributes:
        base_url: The server's URL, without ``/v1``.
        path: The endpoint's path.
        api_key: Sent as a bearer token; empty for none.
    """

    base_url: str
    path: str
    api_key: str

    def to_request(self, body: dict[str, Any]) -> bytes:
        """Return the bytes of one POST."""
        content = json.dumps(body).encode()
        lines = [
            f"POST {self.path} HTTP/1.1",
            f"Host: {urlsplit(self.base_url).netloc}",
            "Content-Type: application/json",
            f"Content-Length: {len(content)}",
            f"Authorization: Bearer {self.api_key}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + content


async def send_all(
    server: BareServer, bodies: Sequence[dict[str, Any]], *, n_in_flight: int
) -> int:
    """Send all requests, so many at a time, each on a connection that is used again.

    Returns:
        Tokens generated.

    Raises:
        ConnectionError: When a response is no success or ends early.
    """
    waiting = [server.to_request(body) for body in reversed(bodies)]
    counts = await asyncio.gather(*(_work(server, waiting) for _ in range(n_in_flight)))
    return sum(counts)


async def _work(server: BareServer, waiting: list[bytes]) -> int:
    if not waiting:
        return 0
    url = urlsplit(server.base_url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    n_tokens = 0
    try:
        while waiting:
            writer.write(waiting.pop())
            n_tokens += await _receive(reader)
    finally:
        writer.close()
    return n_tokens


async def _receive(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 200 " not in head[: head.index(b"\r\n")]:
        raise ConnectionError(f"the server answered {head[:100]!r}")
    tail = b""
    while not tail.endswith(END_OF_BODY):
        block = await reader.read(READ_BYTES)
        if not block:
            raise ConnectionError("the stream ended early")
        tail = (tail + block)[-TAIL_BYTES:]
    return int(USAGE.findall(tail)[-1])
