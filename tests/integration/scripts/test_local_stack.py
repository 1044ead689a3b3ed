"""The stack that a command starts for itself, or finds."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from scripts.svend.main import main
from tests.integration.scripts.fake_api import KEY


@pytest.fixture
def problems(tmp_path):
    path = tmp_path / "problems.jsonl"
    path.write_text('{"problem": "72?", "answer": "72"}\n')
    return str(path)


def test_a_stack_that_runs_is_used(api, problems, tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "api-key").write_text(KEY)
    (tmp_path / "stack.json").write_text(json.dumps({"url": api.url}))
    done = CliRunner().invoke(main, ["demo", "--file", problems, "--data-dir", str(tmp_path)])

    assert done.exit_code == 0
    assert f"Using the stack that runs at {api.url}" in done.stderr


def test_a_stack_that_cannot_start_is_explained(problems, tmp_path):
    command = [sys.executable, "-m", "scripts.svend.main", "demo", "--file", problems]
    done = subprocess.run(
        [*command, "--data-dir", str(tmp_path / "stack")],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "SVEND_MODEL": str(tmp_path / "no-model")},
    )

    assert done.returncode == 3
    assert "no-model" in done.stderr
    assert "ended with code" in done.stderr
