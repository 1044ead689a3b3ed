"""A small HTTP server that streams as vLLM does, and fails in whatever way it is told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

LOGPROB = -0.5
MODEL = "tiny@0123456789ab"
# A reply takes over the whole response to one request.
Reply = Callable[["Exchange"], Awaitable[None]]


@dataclass(slots=True)
class StreamServer:
    """Words are its tokens; what it says depends on the sample's seed alone.

    Replies are used up one a request, and after them every request is served well.
    """

    text_of: Callable[[int], str]
    replies: list[Reply] = field(default_factory=list)
    refused: frozenset[str] = frozenset()
    # Of a word's turn, the candidates' log-probabilities.
    candidates_of: Callable[[int], list[float]] = lambda _turn: [LOGPROB, -1.5, -9999.0]
    tells_stop: bool = True
    # Whether the chat template cuts off the blanks at the end of a message.
    trims: bool = False
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    models: tuple[int, Any] = (200, {"object": "list", "data": [{"id": MODEL}]})
    n_connections: int = 0
    n_hung_up: int = 0
    n_stalled: int = 0
    open_writers: set[asyncio.StreamWriter] = field(default_factory=set)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    url: str = ""

    @asynccontextmanager
    async def serving(self):
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for writer in self.open_writers:
                writer.transport.abort()
            await self.until(lambda: not self.open_writers)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(condition)

    async def _connect(self, reader, writer) -> None:
        self.n_connections += 1
        self.open_writers.add(writer)
        try:
            while request := await _read_request(reader):
                await self._serve(request, reader, writer)
        except ConnectionError:
            self.n_hung_up += 1
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self.open_writers.discard(writer)
            async with self.changed:
                self.changed.notify_all()

    async def _serve(self, request, reader, writer) -> None:
        path, headers, body = request
        exchange = Exchange(self, body, reader, writer, is_chat="chat" in path)
        if path == "/v1/models":
            await exchange.reply_json(*self.models)
            return
        self.bodies.append(body)
        self.headers.append(headers)
        self.paths.append(path)
        async with self.changed:
            self.changed.notify_all()
        refused = next((name for name in sorted(self.refused) if _asks_for(body, name)), None)
        if refused is not None:
            error = {"message": f"`{refused}` is not supported", "param": refused}
            await exchange.reply_json(400, {"error": error})
        elif self.replies:
            await self.replies.pop(0)(exchange)
        else:
            await exchange.stream_well()


@dataclass(slots=True)
class Exchange:
    """One request and the connection to answer it on."""

    server: StreamServer
    body: dict[str, Any]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    is_chat: bool

    async def reply_json(self, status: int, body: Any, **headers: str) -> None:
        content = json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        await self.writer.drain()

    async def begin(self) -> None:
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        self.writer.write(head)
        await self.writer.drain()

    async def send(self, payload: Any) -> None:
        text = payload if isinstance(payload, str) else json.dumps(payload)
        await self.send_raw(f"data: {text}\n\n".encode())

    async def send_words(self, limits: dict[int, int]) -> None:
        """Begin, and send each named sample up to so many words, in turns."""
        await self.begin()
        n_sent = dict.fromkeys(limits, 0)
        for event in self.events():
            index = event["choices"][0]["index"] if event["choices"] else None
            if index in limits and n_sent[index] < limits[index]:
                n_sent[index] += 1
                await self.send(event)

    async def send_raw(self, content: bytes) -> None:
        self.writer.write(b"%x\r\n%s\r\n" % (len(content), content))
        await self.writer.drain()

    async def end(self) -> None:
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    def hang_up(self) -> None:
        self.writer.transport.abort()

    async def wait_for_hang_up(self) -> None:
        """Send nothing until the other side closes, and note that it did."""
        self.server.n_stalled += 1
        async with self.server.changed:
            self.server.changed.notify_all()
        await self.reader.read()
        raise ConnectionResetError

    async def stream_well(self) -> None:
        await self.begin()
        for event in self.events():
            await self.send(event)
        await self.send("[DONE]")
        await self.end()

    def events(self) -> list[dict[str, Any]]:
        """All samples word by word in turns, then the usage."""
        samples = [self._words(index) for index in range(self.body.get("n", 1))]
        events = []
        for turn in range(max(len(words) for words, *_ in samples)):
            for index, (words, finish, stop) in enumerate(samples):
                if turn < len(words):
                    is_last = turn == len(words) - 1
                    event = self.event(index, words, turn, finish if is_last else None)
                    if self.server.tells_stop:
                        event["choices"][0]["stop_reason"] = stop if is_last else None
                    events.append(event)
        if "stream_options" in self.body:
            n_out = sum(len(words) for words, *_ in samples)
            events.append({"choices": [], "usage": self._usage(n_out, cached=1)})
        return events

    def event(self, index: int, words: list[str], turn: int, finish: str | None):
        choice: dict[str, Any] = {"index": index, "finish_reason": finish}
        if self.is_chat:
            choice["delta"] = {"content": words[turn]}
            logprobs = {"content": [{"token": words[turn], "logprob": LOGPROB}]}
        else:
            choice["text"] = words[turn]
            logprobs = {"token_logprobs": [LOGPROB], "tokens": [words[turn]]}
        self._add_candidates(logprobs, turn)
        wanted = self.body.get("logprobs")
        if wanted is not None and wanted is not False:
            choice["logprobs"] = logprobs
        event = {"choices": [choice]}
        if self.body.get("stream_options", {}).get("continuous_usage_stats"):
            event["usage"] = self._usage(turn + 1)
        return event

    def _add_candidates(self, logprobs: dict[str, Any], turn: int) -> None:
        values = self.server.candidates_of(turn)
        if self.is_chat and self.body.get("top_logprobs"):
            logprobs["content"][0]["top_logprobs"] = [{"logprob": value} for value in values]
        if not self.is_chat and self.body.get("logprobs"):
            logprobs["top_logprobs"] = [{f"t{i}": value for i, value in enumerate(values)}]

    def _words(self, index: int) -> tuple[list[str], str, str | None]:
        text = self.server.text_of(self.body.get("seed", 0) + index)
        if self.server.trims and self.body.get("continue_final_message"):
            text = f"\n\n{text}"
        matched = None
        for stop in self.body.get("stop", ()):
            matched = stop if stop in text else matched
            text = text.split(stop)[0]
        first, *rest = text.split(" ")
        words = [first, *(f" {word}" for word in rest)]
        limit = self.body["max_tokens"]
        if len(words) > limit:
            return words[:limit], "length", None
        return words, "stop", matched

    def _usage(self, n_out: int, cached: int | None = None) -> dict[str, Any]:
        prompt = self.body.get("prompt") or self.body["messages"][-1]["content"]
        usage = {"prompt_tokens": len(prompt.split()), "completion_tokens": n_out}
        details = {"prompt_tokens_details": {"cached_tokens": cached}}
        return usage if cached is None else usage | details


def _asks_for(body: dict[str, Any], name: str) -> bool:
    return name in body or name in body.get("stream_options", {})


async def _read_request(reader):
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.strip().split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    content = await reader.readexactly(int(headers.get("content-length", 0)))
    return first.split(" ")[1], headers, json.loads(content) if content else {}
