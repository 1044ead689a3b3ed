"""The HTTP API as functions: what `svend` asks a server for."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

import httpx

from engine.domain.event import Event
from engine.domain.job_status import JobStatus
from scripts.svend.errors import CommandError
from scripts.svend.server import Server
from scripts.svend.stream import follow_events
from scripts.svend.transport import Call, Patience, Transport, open_http, read_json
from scripts.svend.wire import (
    Job,
    JobPage,
    Key,
    Result,
    read_job,
    read_key,
    read_keys,
    read_page,
    read_result,
)

STREAM_PATIENCE_S = 120.0
# Servers hold an answer back for a while, and not for ever.
LONGEST_WAIT_S = 20.0


class SvendClient:
    """A client of one server, with one key. Close it, or use :func:`open_client`."""

    def __init__(self, transport: Transport, stream_patience: Patience) -> None:
        """Take what sends requests, and how long a broken stream is mended."""
        self._transport = transport
        self._stream_patience = stream_patience

    @classmethod
    def open(
        cls, server: Server, *, patience: Patience, stream_patience: Patience | None = None
    ) -> Self:
        """Return a client of a server.

        Args:
            server: Where to send requests.
            patience: How long one request is tried again.
            stream_patience: How long a broken event stream is tried again; two minutes if not
                given, since whoever follows a job has time.
        """
        transport = Transport(server, open_http(server), patience)
        return cls(transport, stream_patience or Patience(total_s=STREAM_PATIENCE_S))

    @property
    def server(self) -> Server:
        """The server that this client talks to."""
        return self._transport.server

    def close(self) -> None:
        """Close the connections."""
        self._transport.http.close()

    def submit(self, body: Mapping[str, Any], *, idempotency_key: str | None = None) -> Job:
        """Submit a job, at most once however often the connection is lost.

        Args:
            body: The request's body.
            idempotency_key: Names this submission; drawn at random when not given.

        Raises:
            RefusedError: When the server refuses the job.
            UnreachableError: When no answer came; the job may exist.
        """
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        call = Call(method="POST", path="/v1/jobs", body=body, headers=headers)
        return read_job(read_json(self._transport.send(call)))

    def get_job(self, job_id: str) -> Job:
        """Return a job."""
        return read_job(self._transport.get_json(_job_path(job_id)))

    def list_jobs(
        self, *, limit: int = 20, status: str | None = None, cursor: str | None = None
    ) -> JobPage:
        """Return a page of the newest jobs."""
        return read_page(
            self._transport.get_json("/v1/jobs", limit=limit, status=status, cursor=cursor)
        )

    def cancel_job(self, job_id: str) -> Job:
        """Ask a job to end; a finished one is returned unchanged."""
        call = Call(method="POST", path=f"{_job_path(job_id)}/cancel")
        return read_job(read_json(self._transport.send(call)))

    def finish_job(self, job_id: str) -> Job:
        """Ask for a job's best answer so far; a finished one is returned unchanged."""
        call = Call(method="POST", path=f"{_job_path(job_id)}/finish")
        return read_job(read_json(self._transport.send(call)))

    def extend_job(
        self, job_id: str, body: Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> Job:
        """Go on with a search that has ended; returns the new job. As :meth:`submit`."""
        return self._derive(job_id, "extend", body, idempotency_key)

    def fork_job(
        self, job_id: str, body: Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> Job:
        """Go on from a node in another way; returns the new job. As :meth:`submit`."""
        return self._derive(job_id, "fork", body, idempotency_key)

    def get_result(self, job_id: str) -> Result:
        """Return a finished job's result."""
        return read_result(self._transport.get_json(f"{_job_path(job_id)}/result"))

    def get_trace(self, job_id: str) -> Mapping[str, Any]:
        """Return the search tree of a job."""
        return self._transport.get_json(f"{_job_path(job_id)}/trace")

    def follow(self, job_id: str, *, after: int = 0) -> Iterator[Event]:
        """Yield a job's events as they happen, each once and in order, to its last.

        Raises:
            UnreachableError: When the stream could not be mended within the patience.
        """
        path = f"{_job_path(job_id)}/events"
        return follow_events(self._transport, path, after=after, patience=self._stream_patience)

    def wait_for_job(self, job: Job, *, timeout_s: float) -> Job:
        """Return the job once it has ended, or as it is after some seconds."""
        deadline_s = self._transport.patience.now() + timeout_s
        while not job.status.is_terminal:
            left_s = deadline_s - self._transport.patience.now()
            if left_s <= 0:
                break
            wait_s = max(1, round(min(left_s, LONGEST_WAIT_S)))
            job = read_job(self._transport.get_json(_job_path(job.job_id), wait=wait_s))
        return job

    def list_tools(self) -> Sequence[Mapping[str, Any]]:
        """Return the tools, those that cannot be called with the reason."""
        return self._transport.get_json("/v1/tools")["tools"]

    def call_tool(
        self, name: str, arguments: Mapping[str, Any], *, timeout_s: float
    ) -> Mapping[str, Any]:
        """Call a tool and return its result, as the server shows it.

        Raises:
            RefusedError: When the server refuses the call.
            CommandError: When its job did not succeed, or has not ended in time.
            UnreachableError: When no answer came.
        """
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        path = f"/v1/tools/{quote(name, safe='')}"
        call = Call(method="POST", path=path, body=arguments, headers=headers)
        sent = read_job(read_json(self._transport.send(call)))
        job = self.wait_for_job(sent, timeout_s=timeout_s)
        if job.status is not JobStatus.SUCCEEDED:
            told = (job.error or {}).get("detail") or job.stop_reason or "it has not ended in time"
            raise CommandError(f"The call {job.job_id} is {job.status.value}: {told}.")
        return self._transport.get_json(f"{_job_path(job.job_id)}/result")

    def create_key(self, name: str, scopes: Sequence[str], expires_at: datetime | None) -> Key:
        """Make an API key; the answer is the only one that holds its secret."""
        body: dict[str, Any] = {"name": name, "scopes": list(scopes)}
        if expires_at is not None:
            body["expires_at"] = expires_at.isoformat(timespec="seconds")
        # Sent once only: a second one would make a second key.
        call = Call(method="POST", path="/v1/keys", body=body, is_repeatable=False)
        return read_key(read_json(self._transport.send(call)))

    def list_keys(self) -> Sequence[Key]:
        """Return the tenant's keys."""
        return read_keys(self._transport.get_json("/v1/keys"))

    def revoke_key(self, key_id: str) -> None:
        """Make a key worthless."""
        self._transport.send(Call(method="DELETE", path=f"/v1/keys/{quote(key_id, safe='')}"))

    def probe(self, path: str, *, timeout_s: float = 5.0) -> httpx.Response:
        """Send a GET once and return whatever the server answers, a refusal too.

        Raises:
            httpx.TransportError: When it cannot be reached.
        """
        return self._transport.http.get(path, timeout=timeout_s)

    def _derive(
        self, job_id: str, verb: str, body: Mapping[str, Any], idempotency_key: str | None
    ) -> Job:
        headers = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        path = f"{_job_path(job_id)}/{verb}"
        call = Call(method="POST", path=path, body=body, headers=headers)
        return read_job(read_json(self._transport.send(call)))


@contextmanager
def open_client(server: Server, *, patience_s: float = 5.0) -> Iterator[SvendClient]:
    """Open a client for the length of a block."""
    client = SvendClient.open(server, patience=Patience(total_s=patience_s))
    try:
        yield client
    finally:
        client.close()


def _job_path(job_id: str) -> str:
    return f"/v1/jobs/{quote(job_id, safe='')}"
