"""The web server as it runs for real: gunicorn, several processes, greenlets."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from ops.process import wait_until

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
ROOT = Path(__file__).parents[3]


class WebProcess:
    def __init__(self, folder: Path, key: str, **environment: str) -> None:
        self._socket = folder / "web.sock"
        self._key = key
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("SVEND_")
        }
        command = [sys.executable, "-m", "gunicorn", "-c", "python:api.gunicorn_config"]
        with (folder / "web.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--bind", f"unix:{self._socket}", "api.wsgi:app"],
                cwd=ROOT,
                env={**inherited, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        started = wait_until(self._answers, START_TIMEOUT_S)
        assert started, (folder / "web.log").read_text()

    def client(self, timeout_s: float = 30.0) -> httpx.Client:
        return httpx.Client(
            transport=httpx.HTTPTransport(uds=str(self._socket)),
            base_url="http://web",
            headers={"Authorization": f"Bearer {self._key}"},
            timeout=timeout_s,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(STOP_TIMEOUT_S)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.kill()
                raise

    def _answers(self) -> bool:
        # The client leaks the socket of a refused connection, so it is tried by hand first.
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(self._socket)) != 0:
                return False
        try:
            with self.client(2.0) as client:
                return client.get("/healthz").status_code == 200
        except httpx.HTTPError:
            return False


@contextmanager
def follow(client: httpx.Client, job_id: str, **headers: str) -> Iterator[Iterator[dict]]:
    """Opens a stream and yields its frames: `{id, event, data}`, a comment as `{comment}`."""
    sent = {"Accept": "text/event-stream", **headers}
    with client.stream("GET", f"/v1/jobs/{job_id}/events", headers=sent) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["Content-Type"].startswith("text/event-stream")
        yield read_frames(response.iter_lines())


def read_frames(lines: Iterator[str]) -> Iterator[dict]:
    frame: dict = {}
    for line in lines:
        if not line:
            if "id" in frame or "comment" in frame:
                yield frame
            frame = {}
        elif line.startswith(":"):
            frame["comment"] = line[1:].strip()
        else:
            name, _, value = line.partition(": ")
            frame[name] = json.loads(value) if name == "data" else value
