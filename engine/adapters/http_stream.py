"""HTTP/1.1 for long streams of tiny events, as a transport for httpx.

A model server sends an event for every few tokens of every sample, thousands a second, and shares
its cores with the worker that reads them. httpx's own transport takes each chunk of the response
through several layers, and looks at each open connection whenever a request begins or ends: with
32 groups of 8 samples in flight that was two thirds of the time spent on reading streams. Here a
block is read from the socket, all of its chunks are cut out at once, and idle connections are a
list.

It does what a model server needs and no more: no proxies, no HTTP/2, no upgrades.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from typing import TypeAlias

import httpx

from engine.adapters.http_framing import EndlessBody, Head, parse_head

READ_BYTES = 1 << 18
INFORMATIONAL = range(100, 200)
Origin: TypeAlias = tuple[str, str, int]
DEFAULT_PORTS = {"http": 80, "https": 443}


class Connection:
    """One connection to a server, used by one request at a time."""

    def __init__(
        self, origin: Origin, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.origin = origin
        self.idle_since_s = 0.0
        self._reader = reader
        self._writer = writer

    @property
    def is_usable(self) -> bool:
        """Whether nobody has closed it."""
        return not (self._reader.at_eof() or self._writer.is_closing())

    def abort(self) -> None:
        """Close it at once, which tells the server to stop what it does for us."""
        self._writer.transport.abort()

    async def send(self, content: bytes, timeout_s: float | None) -> None:
        """Write a whole request.

        Raises:
            httpx.TransportError: When it does not get through.
        """
        try:
            async with asyncio.timeout(timeout_s):
                self._writer.write(content)
                await self._writer.drain()
        except TimeoutError as error:
            raise httpx.WriteTimeout("the server takes no request") from error
        except OSError as error:
            raise httpx.WriteError(str(error)) from error

    async def read_head(self, timeout_s: float | None) -> Head:
        """Read the head of the response.

        Raises:
            httpx.TransportError: When none comes, or something else.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    head = parse_head(await self._reader.readuntil(b"\r\n\r\n"))
                    if head.status not in INFORMATIONAL:
                        return head
        except TimeoutError as error:
            raise httpx.ReadTimeout("no response came") from error
        except asyncio.IncompleteReadError as error:
            raise httpx.RemoteProtocolError("the server closed without a response") from error
        except asyncio.LimitOverrunError as error:
            raise httpx.RemoteProtocolError("the response's head is too long") from error
        except OSError as error:
            raise httpx.ReadError(str(error)) from error

    async def read(self, timeout_s: float | None) -> bytes:
        """Read a block; empty at the end of the connection.

        Raises:
            httpx.TransportError: When none comes.
        """
        try:
            async with asyncio.timeout(timeout_s):
                return await self._reader.read(READ_BYTES)
        except TimeoutError as error:
            raise httpx.ReadTimeout("the stream fell silent") from error
        except OSError as error:
            raise httpx.ReadError(str(error)) from error


class StreamTransport(httpx.AsyncBaseTransport):
    """Holds idle connections, and opens as many as there are requests.

    Args:
        max_idle: Idle connections kept for each server.
        keepalive_s: After how long an idle one is not trusted any more.
    """

    def __init__(self, *, max_idle: int, keepalive_s: float) -> None:
        self._max_idle = max_idle
        self._keepalive_s = keepalive_s
        self._idle: dict[Origin, list[Connection]] = {}
        self._tls: ssl.SSLContext | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the response, its body unread."""
        timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
        content = await _to_bytes(request)
        connection = self._find_idle(_origin(request.url))
        if connection is None:
            connection = await self._open(_origin(request.url), timeouts.get("connect"))
        try:
            await connection.send(content, timeouts.get("write"))
            head = await connection.read_head(timeouts.get("read"))
            body = ResponseBody(self, connection, head, timeouts.get("read"))
        except BaseException:
            connection.abort()
            raise
        return httpx.Response(head.status, headers=list(head.headers), stream=body)

    def keep(self, connection: Connection) -> None:
        """Take back a connection whose response was read to its end."""
        idle = self._idle.setdefault(connection.origin, [])
        if len(idle) >= self._max_idle or not connection.is_usable:
            connection.abort()
            return
        connection.idle_since_s = time.monotonic()
        idle.append(connection)

    async def aclose(self) -> None:
        """Close what is idle."""
        for idle in self._idle.values():
            for connection in idle:
                connection.abort()
        self._idle.clear()
        # An aborted connection is closed by the loop in its next round.
        await asyncio.sleep(0)

    def _find_idle(self, origin: Origin) -> Connection | None:
        idle = self._idle.get(origin, [])
        oldest_s = time.monotonic() - self._keepalive_s
        while idle:
            # The one used last is the least likely to be closed by the server meanwhile.
            connection = idle.pop()
            if connection.is_usable and connection.idle_since_s > oldest_s:
                return connection
            connection.abort()
        return None

    async def _open(self, origin: Origin, timeout_s: float | None) -> Connection:
        scheme, host, port = origin
        if scheme not in DEFAULT_PORTS:
            raise httpx.UnsupportedProtocol(f"{scheme!r} is neither http nor https")
        try:
            async with asyncio.timeout(timeout_s):
                reader, writer = await asyncio.open_connection(
                    host, port, ssl=self._tls_for(scheme), limit=READ_BYTES
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout(f"no connection to {host}:{port}") from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        return Connection(origin, reader, writer)

    def _tls_for(self, scheme: str) -> ssl.SSLContext | None:
        if scheme == "http":
            return None
        if self._tls is None:
            self._tls = httpx.create_ssl_context(trust_env=False)
        return self._tls


class ResponseBody(httpx.AsyncByteStream):
    """The body of a response: read to its end, or closed with its connection."""

    def __init__(
        self,
        transport: StreamTransport,
        connection: Connection,
        head: Head,
        timeout_s: float | None,
    ) -> None:
        self._transport = transport
        self._connection = connection
        self._body = head.to_body()
        self._is_kept = head.is_kept
        self._timeout_s = timeout_s
        self._is_closed = False
        self._is_whole = self._body.is_done

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the content, block by block as it comes."""
        while not self._body.is_done:
            block = await self._connection.read(self._timeout_s)
            if not block:
                self._end_with_connection()
                return
            content = self._body.feed(block)
            if content:
                yield content
        self._is_whole = True

    async def aclose(self) -> None:
        """Keep the connection if the body was read to its end; else close it."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._is_whole and self._is_kept:
            self._transport.keep(self._connection)
        else:
            self._connection.abort()

    def _end_with_connection(self) -> None:
        if not isinstance(self._body, EndlessBody):
            raise httpx.RemoteProtocolError("the server closed in the middle of a response")


async def _to_bytes(request: httpx.Request) -> bytes:
    target = request.url.raw_path
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), target)]
    lines += [b"%s: %s" % (name, value) for name, value in request.headers.raw]
    return b"\r\n".join([*lines, b"", b""]) + await request.aread()


def _origin(url: httpx.URL) -> Origin:
    return url.scheme, url.host, url.port or DEFAULT_PORTS.get(url.scheme, 0)
