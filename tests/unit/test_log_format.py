"""Web and workers write one format, so that one query finds a job in the logs of both."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SET_UPS = {
    "web": "from api.log import configure_logs as set_up",
    "worker": "from workers.json_log import configure_logging as set_up",
}
SCRIPT = """
import logging, structlog
set_up("info")
structlog.contextvars.bind_contextvars(job_id="job_1")
structlog.stdlib.get_logger("svend.test").info("happened", n=1)
logging.getLogger("svend.library").warning("said")
"""


@pytest.fixture(scope="module")
def lines_by_process():
    def run(set_up):
        # A process of its own: logging is set up once and for all of it.
        command = [sys.executable, "-c", f"{set_up}\n{SCRIPT}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stderr.splitlines()]

    return {name: run(set_up) for name, set_up in SET_UPS.items()}


@pytest.mark.parametrize("name", SET_UPS)
def test_every_line_names_its_job_and_where_it_comes_from(lines_by_process, name):
    own, foreign = lines_by_process[name]

    assert (own["event"], own["n"], own["logger"]) == ("happened", 1, "svend.test")
    assert (foreign["event"], foreign["level"]) == ("said", "warning")
    assert own["job_id"] == foreign["job_id"] == "job_1"


def test_web_and_workers_write_the_same_fields(lines_by_process):
    web, worker = ([set(line) for line in lines] for lines in lines_by_process.values())

    assert web == worker
