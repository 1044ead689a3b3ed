"""A small HTTP server that judges as vLLM does, and fails in whatever way it is told to."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

MODEL = "verifier@0123456789ab"
COMPLETIONS, CHAT = "/v1/completions", "/v1/chat/completions"


@dataclass(slots=True)
class JudgeServer:
    """What it says of a text depends on the text alone.

    Statuses are used up one a request, and after them every request is served well.
    """

    score_of: Callable[[str], float]
    models: tuple[str, ...] = ("base@ba5e00000000", MODEL)
    statuses: list[int] = field(default_factory=list)
    # Texts of which one makes the server refuse the whole request.
    refused: str | None = None
    max_candidates: int = 20
    # What it says instead of a well-formed reply.
    reply: Any = None
    is_stalled: bool = False
    bodies: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    n_connections: int = 0
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
                await self._serve(*request, reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self.open_writers.discard(writer)
            await self._tell()

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def _serve(self, path, headers, body, reader, writer) -> None:
        if path == "/v1/models":
            await _reply(writer, 200, {"data": [{"id": name} for name in self.models]})
            return
        self.paths.append(path)
        self.bodies.append(body)
        self.headers.append(headers)
        await self._tell()
        if self.is_stalled:
            await reader.read()
            raise ConnectionResetError
        await _reply(writer, *self._answer(path, body))

    def _answer(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if self.statuses:
            return self.statuses.pop(0), {"error": {"message": "scripted"}}
        texts = _texts_of(body)
        if self.refused is not None and any(self.refused in text for text in texts):
            return 400, {"error": {"message": "this is too long"}}
        n_candidates = body.get("top_logprobs") or body.get("logprobs") or 0
        if n_candidates > self.max_candidates:
            message = f"logprobs: at most {self.max_candidates}"
            return 400, {"error": {"message": message, "param": "logprobs"}}
        if self.reply is not None:
            return 200, self.reply
        usage = {"prompt_tokens": sum(len(text.split()) for text in texts), "total_tokens": 0}
        if path in {COMPLETIONS, CHAT}:
            usage["completion_tokens"] = len(texts)
        # Replies may come in any order; the index says which is which.
        items = [_item(path, i, self.score_of(text)) for i, text in enumerate(texts)][::-1]
        name = "choices" if path in {COMPLETIONS, CHAT} else "data"
        return 200, {name: items, "usage": usage}


def _item(path: str, index: int, score: float) -> dict[str, Any]:
    if path == "/classify":
        probs = [1 - score, score]
        return {"index": index, "label": "LABEL_1", "probs": probs, "num_classes": 2}
    if path == "/pooling":
        return {"index": index, "object": "pooling", "data": [[0.5, 0.5], [1 - score, score]]}
    candidates = {" Yes": _log(score), " no": _log(1 - score), "maybe": -30.0}
    if path == COMPLETIONS:
        logprobs = {"tokens": [" Yes"], "top_logprobs": [candidates]}
        return {"index": index, "text": " Yes", "logprobs": logprobs}
    top = [{"token": token, "logprob": value} for token, value in candidates.items()]
    content = [{"token": " Yes", "logprob": 0.0, "top_logprobs": top}]
    return {"index": index, "message": {"content": " Yes"}, "logprobs": {"content": content}}


def _log(probability: float) -> float:
    return math.log(probability) if probability > 0 else -9999.0


def _texts_of(body: dict[str, Any]) -> list[str]:
    if "messages" in body:
        return ["\n".join(message["content"] for message in body["messages"])]
    texts = body.get("prompt", body.get("input"))
    return texts if isinstance(texts, list) else [texts]


async def _reply(writer, status: int, body: Any) -> None:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n\r\n"
    writer.write(head.encode() + content)
    await writer.drain()


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
