"""Serves a recording as a model: `python -m scripts.replay_server --recording FILE`.

Speaks enough of the OpenAI-compatible HTTP API for any client that draws samples: models,
completions and chat completions, with ``n``, streamed or whole, each sample after the time that it
once took.
`GET /replay/counts` tells what was asked for since `POST /replay/reset`.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click

from engine.bench.strategies.dealer import Dealer
from engine.bench.strategies.recording import RecordedSample
from engine.domain.errors import InvalidInputError
from engine.domain.outcome import OutcomeStatus
from scripts.svend.bench_record import read_recording

HOST = "127.0.0.1"
MAX_BODY_BYTES = 1 << 22
PATHS = ("/v1/completions", "/v1/chat/completions")


class ReplayServer(ThreadingHTTPServer):
    """An HTTP server over a dealer."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, dealer: Dealer, *, port: int = 0, speed: float = 1.0) -> None:
        """Bind a port of the loopback address.

        Args:
            dealer: Whose samples are served.
            port: 0 takes a free one.
            speed: How much faster than recorded samples come; 0 lets them come at once.
        """
        super().__init__((HOST, port), _Handler)
        self.dealer = dealer
        self.speed = speed
        self.closing = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone, as it may; all else is told as ever."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        """The server's base address, without `/v1`."""
        return f"http://{HOST}:{self.server_address[1]}"

    def list_delays_s(self, samples: Sequence[RecordedSample]) -> list[float]:
        """Return after how many seconds each sample ends."""
        if not self.speed:
            return [0.0] * len(samples)
        return [one.timing.total_ms / 1000 / self.speed for one in samples]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ReplayServer  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            name = self.server.dealer.recording.header.model
            model = {"id": name, "object": "model", "created": 0, "owned_by": "recording"}
            self._reply(200, {"object": "list", "data": [model]})
        elif self.path == "/replay/counts":
            self._reply(200, asdict(self.server.dealer.read()))
        elif self.path == "/health":
            self._reply(200, {})
        else:
            self._refuse(404, f"there is no {self.path}")

    def do_POST(self) -> None:
        body = self._read_body()
        if self.path == "/replay/reset":
            self.server.dealer.reset()
            self._reply(200, {})
        elif self.path not in PATHS:
            self._refuse(404, f"there is no {self.path}")
        elif body is None:
            self._refuse(400, "the body is no JSON object")
        else:
            self._complete(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's
        """Say nothing: a line for each of thousands of requests helps nobody."""

    def _complete(self, body: Mapping[str, Any]) -> None:
        n = body.get("n") or 1
        if not isinstance(n, int) or n < 1:
            self._refuse(400, "n must be a whole number of at least 1")
            return
        try:
            samples = self.server.dealer.deal(
                read_prompt(body), n, is_greedy=body.get("temperature") == 0
            )
        except InvalidInputError as error:
            self._refuse(400, str(error))
            return
        if body.get("stream"):
            self._stream(body, samples)
        else:
            self._wait_until(time.monotonic() + max(self.server.list_delays_s(samples)))
            self._reply(200, self._to_whole(samples))

    def _to_whole(self, samples: Sequence[RecordedSample]) -> dict[str, Any]:
        choices = [
            {
                "index": index,
                "finish_reason": read_finish(sample),
                "logprobs": None,
                **self._content("message", self.server.dealer.write(sample)),
            }
            for index, sample in enumerate(samples)
        ]
        return {
            **self._frame("chat.completion"),
            "choices": choices,
            "usage": count_usage(samples),
        }

    def _stream(self, body: Mapping[str, Any], samples: Sequence[RecordedSample]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for event in self._list_events(body, samples):
                data = f"data: {event}\n\n".encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            # The client has dropped the request, as it may.
            self.close_connection = True

    def _list_events(
        self, body: Mapping[str, Any], samples: Sequence[RecordedSample]
    ) -> Iterator[str]:
        frame = self._frame("chat.completion.chunk")
        begin, delays_s = time.monotonic(), self.server.list_delays_s(samples)
        for index in sorted(range(len(samples)), key=delays_s.__getitem__):
            self._wait_until(begin + delays_s[index])
            told = self._content("delta", self.server.dealer.write(samples[index]))
            end = {"index": index, "finish_reason": read_finish(samples[index]), "logprobs": None}
            begun = {"index": index, "finish_reason": None, "logprobs": None, **told}
            yield json.dumps({**frame, "choices": [begun]})
            yield json.dumps({**frame, "choices": [{**end, **self._content("delta", "")}]})
        if (body.get("stream_options") or {}).get("include_usage"):
            yield json.dumps({**frame, "choices": [], "usage": count_usage(samples)})
        yield "[DONE]"

    def _content(self, part: str, text: str) -> dict[str, Any]:
        if self.path == "/v1/completions":
            return {"text": text}
        return {part: {"role": "assistant", "content": text}}

    def _frame(self, kind: str) -> dict[str, Any]:
        kind = "text_completion" if self.path == "/v1/completions" else kind
        name = self.server.dealer.recording.header.model
        return {"id": "replay", "object": kind, "created": 0, "model": name}

    def _wait_until(self, moment_s: float) -> None:
        self.server.closing.wait(max(0.0, moment_s - time.monotonic()))

    def _read_body(self) -> Mapping[str, Any] | None:
        n_bytes = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(min(n_bytes, MAX_BODY_BYTES))
        try:
            data = json.loads(raw)
        except ValueError:
            return None
        return data if isinstance(data, dict) else None

    def _refuse(self, status: int, message: str) -> None:
        error = {"message": message, "type": "invalid_request_error", "code": status}
        self._reply(status, {"error": error})

    def _reply(self, status: int, data: Mapping[str, Any]) -> None:
        raw = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        try:
            self.end_headers()
            self.wfile.write(raw)
        except (BrokenPipeError, ConnectionResetError):
            # The client has dropped the request, as it may.
            self.close_connection = True


def read_prompt(body: Mapping[str, Any]) -> str:
    """Return what a request asks, all messages together."""
    if "messages" not in body:
        return str(body.get("prompt", ""))
    return "\n".join(_read_content(message.get("content")) for message in body["messages"])


def read_finish(sample: RecordedSample) -> str:
    """Return why a sample ended, as the API says it."""
    return "length" if sample.status is OutcomeStatus.TRUNCATED else "stop"


def count_usage(samples: Sequence[RecordedSample]) -> dict[str, int]:
    """Return what a request cost, as the API says it."""
    tokens_in = max(sample.tokens.tokens_in for sample in samples)
    tokens_out = sum(sample.tokens.tokens_out for sample in samples)
    return {
        "prompt_tokens": tokens_in,
        "completion_tokens": tokens_out,
        "total_tokens": tokens_in + tokens_out,
    }


def _read_content(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text", "")) for part in content or ())


@click.command()
@click.option(
    "--recording",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="From `svend bench record`.",
)
@click.option("--port", default=8300, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--speed", default=1.0, show_default=True, type=click.FloatRange(min=0), help="0: at once."
)
@click.option("--mark-answers", is_flag=True, help="Put each answer behind its text.")
def main(*, path: Path, port: int, speed: float, mark_answers: bool) -> None:
    """Serve a recording's samples as if a model drew them."""
    dealer = Dealer(read_recording(path), marks_answers=mark_answers)
    with ReplayServer(dealer, port=port, speed=speed) as server:
        click.echo(f"{len(dealer.recording.problems)} problems at {server.url}/v1")
        server.serve_forever()


if __name__ == "__main__":
    main()
