"""A deterministic model server over real HTTP: what vLLM's OpenAI-compatible API shows, no model.

Sample ``i`` of a request is a pure function of its prompt and ``seed + i``, so a request sent
again gives the same text. Every request and every finished sample is logged, which lets a test
count what was computed twice. Latency, outages and answers are scripted.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

MODEL = "fake@0123456789ab"
MAX_HEAD_BYTES = 65_536
TOKEN_CHARS = 4
# How often a held request looks whether it may go on.
HOLD_S = 0.02

Script = Callable[[str, int], str]
"""From a prompt and a sample's seed to its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request for samples.

    Attributes:
        prompt: The prompt, or the messages' contents joined by newlines.
        seed: Seed of sample 0.
        n: How many samples.
        sampling: The request's other fields.
    """

    prompt: str
    seed: int
    n: int
    sampling: Mapping[str, Any] = field(default_factory=dict)


def answer_by_seed(prompt: str, seed: int) -> str:
    """Return a marked answer that depends on prompt and seed; two of three samples agree."""
    drawn = hashlib.blake2b(f"{prompt}\x1f{seed}".encode(), digest_size=4).digest()
    value = 42 if int.from_bytes(drawn, "big") % 3 else drawn[0]
    return f"Let me think step by step.\nAnswer: {value}"


class FakeModelServer:
    """A server in a thread of its own; use it as a context manager.

    Args:
        script: What each sample says.
        latency_s: From receiving a request to the end of its samples.
        model: The name it lists.
    """

    def __init__(
        self, script: Script = answer_by_seed, *, latency_s: float = 0.0, model: str = MODEL
    ) -> None:
        self.script = script
        self.latency_s = latency_s
        self.is_held = False
        self.model = model
        self.calls: list[Call] = []
        self.samples: list[tuple[str, int]] = []
        self.refusals: list[int] = []
        self.n_in_flight = 0
        self.n_dropped = 0
        self._port = _free_port()
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.resume()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.suspend()
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def resume(self) -> None:
        """Listen, at the port it always had."""
        self._run(self._listen())

    def suspend(self) -> None:
        """Stop listening and cut every connection, as a killed server does."""
        self._run(self._hang_up())

    def refuse(self, status: int, times: int) -> None:
        """Answer the next requests for samples with this status."""
        self.refusals += [status] * times

    def _run(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)

    async def _hang_up(self) -> None:
        if self._server is not None:
            self._server.close()
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._connections.add(task)  # type: ignore[arg-type]
        try:
            while await self._serve(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)  # type: ignore[arg-type]
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        method, path = head.split(b"\r\n", 1)[0].decode().split()[:2]
        body = await reader.readexactly(_content_length(head))
        if (method, path) == ("GET", "/v1/models"):
            _write_json(writer, 200, {"object": "list", "data": [{"id": self.model}]})
        elif (method, path) == ("GET", "/health"):
            _write_json(writer, 200, {})
        elif path in {"/v1/completions", "/v1/chat/completions"}:
            await self._complete(json.loads(body), path, reader, writer)
        else:
            _write_json(writer, 404, {"error": {"message": path}})
        await writer.drain()
        return True

    async def _complete(
        self,
        request: Mapping[str, Any],
        path: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        if self.refusals:
            _write_json(writer, self.refusals.pop(0), {"error": {"message": "scripted"}})
            return
        call = _read_call(request)
        self.calls.append(call)
        self.n_in_flight += 1
        try:
            await self._wait(reader)
            texts = [self.script(call.prompt, call.seed + i) for i in range(call.n)]
            frames = _frames(request, texts, self.model, is_chat="chat" in path)
            await _send(writer, frames, is_stream=bool(request.get("stream")))
            self.samples += [(call.prompt, call.seed + i) for i in range(call.n)]
        finally:
            self.n_in_flight -= 1

    async def _wait(self, reader: asyncio.StreamReader) -> None:
        wait_s = self.latency_s
        while wait_s or self.is_held:
            # A client that hangs up ends the request, as the real server does. None sends
            # anything before it has its answer, so the only thing to read is the end.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), wait_s or HOLD_S)
                self.n_dropped += 1
                raise ConnectionResetError
            wait_s = 0.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


def _read_call(request: Mapping[str, Any]) -> Call:
    if "messages" in request:
        prompt = "\n".join(message["content"] for message in request["messages"])
    else:
        prompt = request["prompt"]
    left = {k: v for k, v in request.items() if k not in {"prompt", "messages", "seed", "n"}}
    return Call(
        prompt=prompt,
        seed=request.get("seed") or 0,
        n=request.get("n") or 1,
        sampling=left,
    )


def _frames(
    request: Mapping[str, Any], texts: list[str], model: str, *, is_chat: bool
) -> Iterator[dict[str, Any]]:
    """Yield the answer as a stream's chunks: the samples' tokens in turns, then the usage."""
    head = {"id": "cmpl-fake", "created": 0, "model": model}
    pieces = [_tokens(text) for text in texts]
    for step in range(max(map(len, pieces))):
        for index, tokens in enumerate(pieces):
            if step < len(tokens):
                finish = "stop" if step == len(tokens) - 1 else None
                choice = _choice(request, index, tokens[step], finish, is_chat=is_chat)
                yield {**head, "choices": [choice]}
    n_out = sum(map(len, pieces))
    n_in = len(_tokens(_read_call(request).prompt))
    usage = {"prompt_tokens": n_in, "completion_tokens": n_out, "total_tokens": n_in + n_out}
    yield {**head, "choices": [], "usage": usage}


def _choice(
    request: Mapping[str, Any], index: int, token: str, finish: str | None, *, is_chat: bool
) -> dict[str, Any]:
    choice: dict[str, Any] = {"index": index, "finish_reason": finish, "logprobs": None}
    if is_chat:
        choice["delta"] = {"content": token}
        if request.get("logprobs"):
            choice["logprobs"] = {"content": [{"token": token, "logprob": -0.25}]}
    else:
        choice["text"] = token
        if request.get("logprobs") is not None:
            choice["logprobs"] = {"tokens": [token], "token_logprobs": [-0.25]}
    return choice


def _tokens(text: str) -> list[str]:
    return [text[i : i + TOKEN_CHARS] for i in range(0, len(text), TOKEN_CHARS)] or [""]


async def _send(
    writer: asyncio.StreamWriter, frames: Iterator[dict[str, Any]], *, is_stream: bool
) -> None:
    if not is_stream:
        _write_json(writer, 200, _joined(list(frames)))
        return
    writer.write(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    async for data in _lines(frames):
        writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await writer.drain()
    writer.write(b"0\r\n\r\n")


async def _lines(frames: Iterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    for frame in frames:
        yield b"data: " + json.dumps(frame).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def _joined(frames: list[dict[str, Any]]) -> dict[str, Any]:
    texts: dict[int, dict[str, Any]] = {}
    for frame in frames:
        for choice in frame["choices"]:
            piece = choice.get("text", choice.get("delta", {}).get("content", ""))
            whole = texts.setdefault(choice["index"], {"index": choice["index"], "text": ""})
            whole["text"] += piece
            whole["finish_reason"] = choice["finish_reason"]
    for whole in texts.values():
        whole["message"] = {"role": "assistant", "content": whole["text"]}
    return {**frames[-1], "choices": list(texts.values())}


def _write_json(writer: asyncio.StreamWriter, status: int, data: Mapping[str, Any]) -> None:
    body = json.dumps(data).encode()
    head = (
        f"HTTP/1.1 {status} Scripted\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
