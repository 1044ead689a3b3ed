"""`svend up` as an operator meets it, with a model server of somebody else's."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from ops.ports import find_free_port
from ops.process import wait_until
from tests.acceptance.up_process import WAIT_S, Start, starter


class _ModelList(BaseHTTPRequestHandler):
    """A model server that lists a model and generates nothing."""

    def do_GET(self) -> None:
        body = json.dumps({"object": "list", "data": [{"id": "listed", "object": "model"}]})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(name="model_url", scope="module")
def _model_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _ModelList)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(name="start")
def _start(model_url: str) -> Iterator[Start]:
    with starter({"SVEND_LLM_URL": model_url}) as start:
        yield start


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_stack_serves_with_the_key_it_names_and_leaves_nothing(
    start: Start, tmp_path: Path, number: signal.Signals
):
    up = start(tmp_path / "data", "--port", str(find_free_port("127.0.0.1")))
    url, key = up.wait_until_ready()
    answer = httpx.get(f"{url}/v1/jobs", headers={"Authorization": f"Bearer {key}"})
    stranger = httpx.get(f"{url}/v1/jobs")
    members = up.members()

    code = up.end(number)

    assert (answer.status_code, stranger.status_code) == (200, 401)
    assert code == 0
    assert members
    assert [one for one in members if one.is_running()] == []
    assert not (tmp_path / "data/stack.json").exists()


def test_key_and_jobs_survive_sigkill_of_everything(start: Start, tmp_path: Path):
    first = start(tmp_path / "data")
    url, key = first.wait_until_ready()
    headers = {"Authorization": f"Bearer {key}"}
    job = httpx.post(f"{url}/v1/jobs", headers=headers, json={"problem": "What is 1+1?"}).json()
    members = first.members()
    first.end(signal.SIGKILL)

    second = start(tmp_path / "data")
    url, key_again = second.wait_until_ready()
    found = httpx.get(f"{url}/v1/jobs/{job['id']}", headers=headers)

    assert key_again == key
    assert found.status_code == 200
    assert [one for one in members if one.is_running()] == []


def test_part_that_dies_comes_back(start: Start, tmp_path: Path):
    up = start(tmp_path / "data")
    url, key = up.wait_until_ready()
    before = up.groups()

    for name in ("web", "worker-1", "redis"):
        os.kill(before[name], signal.SIGKILL)

    def is_back() -> bool:
        after = up.groups()
        return all(after.get(name, 0) not in {0, before[name]} for name in ("web", "worker-1"))

    def does_answer() -> bool:
        try:
            headers = {"Authorization": f"Bearer {key}"}
            return httpx.get(f"{url}/v1/jobs", headers=headers).status_code == 200
        except httpx.TransportError:
            return False

    assert wait_until(lambda: is_back() and does_answer(), WAIT_S)
    assert up.groups()["postgres"] == before["postgres"]


def test_two_stacks_run_beside_each_other(start: Start, tmp_path: Path):
    first, second = start(tmp_path / "a"), start(tmp_path / "b")
    first_url, first_key = first.wait_until_ready()
    second_url, _ = second.wait_until_ready()

    stranger = httpx.get(f"{second_url}/v1/jobs", headers={"Authorization": f"Bearer {first_key}"})

    assert first_url != second_url
    assert stranger.status_code == 401


def test_second_stack_on_a_folder_is_refused(start: Start, tmp_path: Path):
    first = start(tmp_path / "data")
    first.wait_until_ready()
    second = start(tmp_path / "data")

    assert second.process.wait(WAIT_S) == 1
    assert first.process.poll() is None
    assert wait_until(lambda: any("Another stack" in line for line in second.lines), WAIT_S)


def test_taken_port_is_told(start: Start, model_url: str, tmp_path: Path):
    up = start(tmp_path / "data", "--port", model_url.rpartition(":")[2])

    assert up.process.wait(WAIT_S) == 1
    assert wait_until(lambda: any("Cannot listen" in line for line in up.lines), WAIT_S)
