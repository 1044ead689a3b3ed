"""The command line against a real stack, with a scripted model server in the model's place."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from ops.layout import make_layout
from ops.process import ManagedProcess, ProcessSpec, start_process, wait_until
from ops.record import ProcessRecord
from tests.fakes.model_server import FakeModelServer

START_TIMEOUT_S = 180.0
COMMAND = (sys.executable, "-m", "scripts.svend.main")
PROBLEM = "What is six times seven?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A running `svend up` and the model server that it asks."""

    data_dir: Path
    model: FakeModelServer

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, *arguments, "--data-dir", str(self.data_dir)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.fixture(scope="module")
def stack(server_folder: Path) -> Iterator[Stack]:
    data_dir = server_folder / "cli"
    with FakeModelServer() as model:
        environ = {**os.environ, "SVEND_LLM_URL": model.url, "SVEND_MODEL_NAME": model.model}
        spec = ProcessSpec(
            name="up",
            command=[*COMMAND, "up", "--data-dir", str(data_dir), "--workers", "1"],
            log=server_folder / "cli-up.log",
            environment=environ,
            folder=Path.cwd(),
            stop_timeout_s=90,
        )
        process = start_process(spec)
        try:
            _wait_ready(process, data_dir)
            yield Stack(data_dir=data_dir, model=model)
        finally:
            process.stop()


@pytest.fixture(autouse=True)
def at_once(stack: Stack) -> None:
    """Every test begins with a model that answers at once."""
    stack.model.latency_s, stack.model.is_held = 0.0, False


def test_a_problem_is_solved_with_its_votes(stack):
    done = stack.run("solve", PROBLEM)

    assert done.returncode == 0
    assert "42" in done.stdout
    assert "not calibrated" in done.stdout
    assert "sample 1 says" in done.stderr


def test_json_holds_job_and_result(stack):
    told = json.loads(stack.run("solve", PROBLEM, "--json", "--samples", "3").stdout)

    assert told["job"]["status"] == "succeeded"
    assert told["result"]["standing"]["n_planned"] == 3


def test_events_are_the_whole_log_without_a_gap(stack):
    job_id = stack.run("solve", PROBLEM, "--detach").stdout.strip()
    lines = stack.run("job", job_id, "--events", "--json").stdout.splitlines()
    events = [json.loads(line) for line in lines]

    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert (events[0]["type"], events[-1]["type"]) == ("job.submitted", "job.succeeded")


def test_a_job_is_listed_shown_and_drawn_as_a_tree(stack):
    job_id = json.loads(stack.run("solve", PROBLEM, "--json").stdout)["job"]["id"]

    assert job_id in stack.run("jobs").stdout
    assert "succeeded" in stack.run("job", job_id).stdout
    assert "1. " in stack.run("job", job_id, "--trace").stdout


def test_a_running_job_is_cancelled(stack):
    stack.model.latency_s = 60.0
    job_id = stack.run("solve", PROBLEM, "--detach").stdout.strip()

    assert stack.run("cancel", job_id).returncode == 0
    assert "cancelled" in stack.run("job", job_id, "--events").stdout.splitlines()[-1]


def test_a_problem_that_is_refused_says_why(stack):
    done = stack.run("solve", PROBLEM, "--strategy", "divination")

    assert done.returncode == 4
    assert "self_consistency" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_ctrl_c_leaves_the_job_running(stack):
    stack.model.is_held = True
    solving = stack.start("solve", PROBLEM)
    job_id = solving.stderr.readline().split()[-1]
    solving.send_signal(signal.SIGINT)
    _, err = solving.communicate(timeout=60)
    stack.model.is_held = False

    assert solving.returncode == 130
    assert f"svend cancel {job_id}" in err
    assert "succeeded" in stack.run("job", job_id, "--events").stdout.splitlines()[-1]


def test_a_restarted_web_server_ends_no_solve(stack):
    stack.model.latency_s = 4.0
    solving = stack.start("solve", PROBLEM, "--json")
    assert "job_" in solving.stderr.readline()
    web = next(part for part in _read_parts(stack) if part.name == "web")
    os.killpg(web.group, signal.SIGKILL)
    out, _ = solving.communicate(timeout=120)

    assert solving.returncode == 0
    assert json.loads(out)["job"]["status"] == "succeeded"


def test_a_key_lives_from_making_to_revoking(stack):
    made = stack.run("keys", "create", "ci")
    key, key_id = made.stdout.strip(), made.stderr.split()[1].rstrip(",")

    assert stack.run("jobs", "--key", key).returncode == 0
    assert stack.run("keys", "list", "--key", key).returncode == 4
    assert key_id in stack.run("keys", "list").stdout
    assert stack.run("keys", "revoke", key_id).returncode == 0
    assert stack.run("jobs", "--key", key).returncode == 4


def test_the_doctor_finds_a_running_stack_ready(stack):
    findings = json.loads(stack.run("doctor", "--json").stdout)["findings"]
    states = {finding["name"]: finding["state"] for finding in findings}

    assert (states["server"], states["API key"], states["packages"]) == ("ok", "ok", "ok")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["term", "kill"])
def test_a_demo_that_is_ended_takes_its_stack_with_it(stack, server_folder, number):
    stack.model.latency_s = 60.0
    data_dir = server_folder / f"demo-{number.name}"
    problems = server_folder / "one.jsonl"
    problems.write_text(json.dumps({"problem": PROBLEM}))
    environ = {
        **os.environ,
        "SVEND_LLM_URL": stack.model.url,
        "SVEND_MODEL_NAME": stack.model.model,
        "SVEND_DATA_DIR": str(data_dir),
    }
    demo = subprocess.Popen(
        [*COMMAND, "demo", "--file", str(problems)], env=environ, stderr=subprocess.DEVNULL
    )
    assert wait_until(make_layout(data_dir).stack_file.exists, START_TIMEOUT_S)
    demo.send_signal(number)
    demo.wait(timeout=120)

    assert demo.returncode in {130, -signal.SIGKILL}
    assert wait_until(lambda: _list_processes(data_dir) == [], 60)


def _list_processes(data_dir: Path) -> list[int]:
    found: list[int] = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("SVEND_DATA_DIR") == str(data_dir):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def _read_parts(stack: Stack):
    return ProcessRecord(make_layout(stack.data_dir).processes).read()


def _wait_ready(process: ManagedProcess, data_dir: Path) -> None:
    record = make_layout(data_dir).stack_file
    wait_until(lambda: record.exists() or process.exit_code() is not None, START_TIMEOUT_S)
    if not record.exists():
        pytest.fail(f"svend up did not start:\n{process.spec.log.read_text()[-4000:]}")
