"""The demo as a newcomer runs it: the project's own model and problems, a stack of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from ops.layout import make_layout

EXAMPLES = Path(__file__).parents[2] / "examples" / "word_problems.jsonl"
TIMEOUT_S = 290


@pytest.fixture(scope="module")
def demo(vllm_server, server_folder):
    """The demo's run, with the model server that other tests share."""
    model = vllm_server.vllm.model
    environ = {
        **os.environ,
        "SVEND_LLM_URL": vllm_server.vllm.url(),
        "SVEND_LLM_API_KEY": vllm_server.server.api_key,
        "SVEND_MODEL_NAME": model.served_name,
        "SVEND_MODEL_VERSION": model.served_name.rpartition("@")[2],
        "SVEND_PROFILE": str(model.profile),
        "SVEND_DATA_DIR": str(server_folder / "demo"),
    }
    return subprocess.run(
        [sys.executable, "-m", "scripts.svend.main", "demo"],
        check=False,
        capture_output=True,
        text=True,
        env=environ,
        timeout=TIMEOUT_S,
    )


def test_every_job_ends_and_the_demo_succeeds(demo):
    n_problems = len(EXAMPLES.read_text().splitlines())

    assert demo.returncode == 0, demo.stderr
    assert f"{n_problems} of {n_problems} jobs ended in" in demo.stdout


def test_each_answer_stands_beside_the_expected_one(demo):
    rows = [json.loads(line) for line in EXAMPLES.read_text().splitlines()]

    for row in rows:
        line = _find_end(demo.stderr, row["id"])
        assert f"expected {row['answer']} |" in line
        assert " votes " in line
        assert " tokens | confidence not calibrated" in line


def test_the_count_agrees_with_the_lines(demo):
    n_right = len(re.findall(r"^\S+: right  ", demo.stderr, flags=re.MULTILINE))
    n_wrong = len(re.findall(r"^\S+: wrong  ", demo.stderr, flags=re.MULTILINE))

    assert f"{n_right} of " in demo.stdout
    assert n_wrong == 0 or f"{n_wrong} wrong" in demo.stdout


def test_events_are_shown_as_they_happen(demo):
    assert re.search(r"^\S+: sample 1 says ", demo.stderr, flags=re.MULTILINE)


def test_the_model_solves_most_of_what_it_was_made_for(demo):
    n_right = int(demo.stdout.rpartition(" right")[0].split()[-3])

    assert n_right * 2 >= len(EXAMPLES.read_text().splitlines())


def test_nothing_is_left_behind(demo, server_folder):
    data_dir = server_folder / "demo"
    left = [one.name() for one in psutil.process_iter() if _belongs_to(one, data_dir)]

    assert left == []
    assert not make_layout(data_dir).stack_file.exists()


def _belongs_to(process: psutil.Process, data_dir: Path) -> bool:
    try:
        return process.environ().get("SVEND_DATA_DIR") == str(data_dir)
    except psutil.Error:
        return False


def _find_end(text: str, problem_id: str) -> str:
    pattern = rf"^{re.escape(problem_id)}: (right|wrong|could not be compared|no answer)  .*$"
    found = re.search(pattern, text, flags=re.MULTILINE)
    assert found, f"no end of {problem_id}"
    return found.group()
