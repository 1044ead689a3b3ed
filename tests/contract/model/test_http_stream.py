"""The transport under the model adapter, over real sockets."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import httpx
import pytest

from engine.adapters.http_stream import StreamTransport
from engine.adapters.openai_http import create_client

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@asynccontextmanager
async def answering(*replies: bytes, closes: bool = False):
    """A server that reads a request and writes the next reply; yields its URL and its requests."""
    left, requests, writers = list(replies), [], []

    async def serve(reader, writer):
        writers.append(writer)
        try:
            while left:
                requests.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(left.pop(0))
                await writer.drain()
                if closes:
                    return
            await reader.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", requests
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


async def test_request_carries_what_httpx_made(client):
    async with answering(OK) as (url, requests):
        response = await client.get(f"{url}/a/b?c=1", headers={"X-A": "1"})
    assert response.text == "ok"
    head = requests[0].decode().lower()
    assert head.startswith("get /a/b?c=1 http/1.1\r\n")
    assert "\r\nx-a: 1\r\n" in head
    assert "\r\nhost: 127.0.0.1:" in head


async def test_informational_response_is_passed_over(client):
    async with answering(b"HTTP/1.1 100 Continue\r\n\r\n" + OK) as (url, _):
        assert (await client.get(url)).status_code == 200


async def test_body_may_end_with_its_connection(client):
    async with answering(b"HTTP/1.1 200 OK\r\n\r\nall of it", closes=True) as (url, _):
        assert (await client.get(url)).text == "all of it"


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 400_000,
        b"hello\r\n\r\n",
    ],
    ids=["nothing", "short", "half-chunk", "vast-head", "other"],
)
async def test_broken_response_is_an_error(client, reply):
    async with answering(reply, closes=True) as (url, _):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(url)


async def test_silence_before_the_head_ends_at_the_timeout(client):
    async with answering(b"HTTP/1.1 ") as (url, _):
        with pytest.raises(httpx.ReadTimeout):
            await client.get(url, timeout=0.2)


async def test_silence_in_the_body_ends_at_the_timeout(client):
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok") as (url, _):
        with pytest.raises(httpx.ReadTimeout):
            await client.get(url, timeout=0.2)


async def test_connection_that_the_server_closed_is_not_used_again(client):
    reply = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
    async with answering(reply, reply, closes=True) as (url, requests):
        for _ in range(2):
            assert (await client.get(url)).text == "ok"
    assert len(requests) == 2


async def test_idle_connection_is_trusted_for_a_while_only():
    transport = StreamTransport(max_idle=1, keepalive_s=0.0)
    async with httpx.AsyncClient(transport=transport) as client, answering(OK, OK) as (url, _):
        await client.get(url)
        await client.get(url)
        assert len(transport._idle[_origin_of(url)]) == 1


async def test_no_more_connections_idle_than_allowed():
    transport = StreamTransport(max_idle=1, keepalive_s=9.0)
    async with httpx.AsyncClient(transport=transport) as client, answering(OK, OK, OK) as (url, _):
        await asyncio.gather(*(client.get(url) for _ in range(3)))
        assert len(transport._idle[_origin_of(url)]) == 1


def _origin_of(url: str):
    parsed = httpx.URL(url)
    return parsed.scheme, parsed.host, parsed.port


async def test_server_that_speaks_no_tls_cannot_be_connected_to(client):
    async def talk_at_once(_reader, writer):
        writer.write(b"220 welcome\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk_at_once, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(httpx.ConnectError):
        await client.get(f"https://127.0.0.1:{port}/")
    server.close()


async def test_unknown_scheme_is_refused(client):
    with pytest.raises(httpx.UnsupportedProtocol):
        await client.get("ftp://127.0.0.1/")


async def test_client_can_be_closed_twice():
    client = create_client()
    await client.aclose()
    await client.aclose()

    assert client.is_closed
