"""A server of Svend's HTTP API over real sockets, whose jobs' logs are scripted.

It can misbehave as networks do: end streams early, lose an answer, be busy for a while.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from engine.domain.event import Event, EventDraft
from tests.unit.scripts.wire_samples import frame, job_data, result_data, seal, whole_log
from tools.calculator import Calculator
from tools.publication import publish_tool

KEY = "key-in-tests"


@dataclass(kw_only=True)
class FakeApi:
    """What the server holds, and how it misbehaves.

    Attributes:
        script: The log of a job, from its problem.
        result: The result of a job, from its problem and id.
        status: The state in which jobs end.
        events_per_connection: A stream breaks after so many events; 0 for never.
        n_lost_answers: So many submissions are carried out, and their answers lost.
        n_busy: So many requests are answered with 503.
    """

    script: Callable[[str], Sequence[EventDraft]] = lambda _problem: whole_log()
    result: Callable[[str, str], dict[str, Any]] = lambda _problem, job_id: result_data(
        job_id=job_id
    )
    status: str = "succeeded"
    events_per_connection: int = 0
    n_lost_answers: int = 0
    n_busy: int = 0
    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    streams: list[int] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    jobs: dict[str, str] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, key: str, body: dict[str, Any]) -> str:
        with self.lock:
            if key not in self.by_key:
                self.by_key[key] = f"job_{len(self.jobs) + 1}"
                self.bodies.append(body)
                self.jobs[self.by_key[key]] = body["problem"]
            return self.by_key[key]

    def show(self, job_id: str) -> dict[str, Any]:
        return job_data(self.status, job_id, problem=self.jobs[job_id])

    def events(self, job_id: str, after: int) -> Sequence[Event]:
        log = seal(self.script(self.jobs[job_id]), job_id)
        return log[after:]

    def take(self, counter: str) -> bool:
        with self.lock:
            left = getattr(self, counter)
            setattr(self, counter, max(0, left - 1))
            return left > 0


@contextmanager
def serve(api: FakeApi) -> Iterator[FakeApi]:
    handler = type("Handler", (_Handler,), {"api": api})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    api: FakeApi
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's signature
        self.api.calls.append(format % args)

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if not self._may_go_on(path):
            return
        match path.strip("/").split("/"):
            case ["readyz"]:
                self._answer(200, {"status": "ok", "checks": [{"part": "db", "health": "ok"}]})
            case ["v1", "jobs"]:
                jobs = [self.api.show(job_id) for job_id in reversed(self.api.jobs)]
                self._answer(
                    200, {"jobs": jobs, "next_cursor": "c2" if "limit=1" in query else None}
                )
            case ["v1", "tools"]:
                self._answer(200, {"tools": [publish_tool(Calculator.SPEC, reason="closed")]})
            case ["v1", "keys"]:
                self._answer(200, {"keys": [{"id": "k1", "name": "ci", "scopes": ["admin"]}]})
            case ["v1", "jobs", job_id, *rest] if job_id in self.api.jobs:
                self._answer_job(job_id, rest)
            case _:
                self._refuse(404, "not-found", "No such job.")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if not self._may_go_on(self.path):
            return
        match self.path.strip("/").split("/"):
            case ["v1", "jobs"]:
                self._submit(body)
            case ["v1", "jobs", job_id, "cancel" | "finish"]:
                self._answer(200, self.api.show(job_id))
            case ["v1", "jobs", job_id, "extend" | "fork"]:
                extended = self.api.submit(
                    self.headers["Idempotency-Key"], {**body, "problem": self.api.jobs[job_id]}
                )
                self._answer(202, {**self.api.show(extended), "status": "queued"})
            case ["v1", "tools", name]:
                self._call_tool(name, body)
            case ["v1", "keys"]:
                made = {"id": "k2", "key": "svend_secret", "scopes": body["scopes"]}
                self._answer(201, {**made, "expires_at": body.get("expires_at")})
            case _:
                self._refuse(404, "route-not-found", "Nothing has this path.")

    def _submit(self, body: dict[str, Any]) -> None:
        if not body["problem"].strip():
            self._refuse(422, "validation", "must not be blank")
            return
        job_id = self.api.submit(self.headers["Idempotency-Key"], body)
        if self.api.take("n_lost_answers"):
            self.close_connection = True
            return
        self._answer(202, {**self.api.show(job_id), "status": "queued"})

    def _call_tool(self, name: str, body: dict[str, Any]) -> None:
        if name != Calculator.NAME:
            self._refuse(404, "unknown-tool", "There are calculator.")
            return
        called = {**body, "problem": json.dumps(body)}
        job_id = self.api.submit(self.headers["Idempotency-Key"], called)
        self._answer(202, {**self.api.show(job_id), "status": "queued"})

    def do_DELETE(self) -> None:
        self.send_response(204)
        self.end_headers()

    def _may_go_on(self, path: str) -> bool:
        if path == "/readyz":
            return True
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            self._refuse(401, "bad-key", "A valid API key is needed.")
            return False
        if self.api.take("n_busy"):
            self._refuse(503, "no-worker-yet", "No worker has started yet.", {"Retry-After": "0"})
            return False
        return True

    def _answer_job(self, job_id: str, rest: list[str]) -> None:
        match rest:
            case []:
                self._answer(200, self.api.show(job_id))
            case ["result"] if self.api.status == "succeeded":
                self._answer(200, self.api.result(self.api.jobs[job_id], job_id))
            case ["trace"]:
                nodes = [{"node_id": "n", "parent_id": None, "rank": 0, "status": "open"}]
                self._answer(200, {"problem": {"ref": "0" * 64, "n_chars": 9}, "nodes": nodes})
            case ["events"]:
                self._stream(job_id, int(self.headers.get("Last-Event-ID", "0")))
            case _:
                self._refuse(409, "no-result", "The job ended without a result.")

    def _stream(self, job_id: str, after: int) -> None:
        self.api.streams.append(after)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        self.wfile.write(b"retry: 2000\n\n: hb\n\n")
        limit = self.api.events_per_connection or None
        for event in self.api.events(job_id, after)[:limit]:
            self.wfile.write(frame(event))

    def _answer(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _refuse(
        self, status: int, code: str, detail: str, headers: dict[str, str] | None = None
    ) -> None:
        self._answer(status, {"title": "Refused", "detail": detail, "code": code}, headers)
