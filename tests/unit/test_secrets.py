"""No value shows a secret when it is written into a log, a traceback or a debugger's window."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.adapters.openai_http import ModelServer
from engine.config import VARIABLES, Settings
from ops.model import Model
from ops.postgres import PostgresServer
from ops.process import ProcessSpec
from ops.vllm import VllmServer
from scripts.svend.server import Server, ServerChoice

SECRET = "hunter2"
FOLDER = Path("/nowhere")
MODEL = Model(
    served_name="m@0123456789ab",
    folder=FOLDER,
    weights_bytes=1,
    context_tokens=1,
    profile=None,
    adapters=(),
)
VALUES = [
    Settings(**{variable.field: SECRET for variable in VARIABLES if variable.is_secret}),
    ModelServer(base_url="http://here", api_key=SECRET),
    PostgresServer(
        data_folder=FOLDER,
        socket_folder=FOLDER,
        log=FOLDER,
        admin_password=SECRET,
        password=SECRET,
        settings={},
    ),
    VllmServer(
        model=MODEL, port=1, api_key=SECRET, log=FOLDER, cache_folder=FOLDER, environment={}
    ),
    ProcessSpec(name="p", command=["/p"], log=FOLDER, environment={"API_KEY": SECRET}),
    Server(url="http://here", key=SECRET, origin="a test"),
    ServerChoice(url=None, key=SECRET, data_dir=FOLDER),
]


@pytest.mark.parametrize("value", VALUES, ids=[type(value).__name__ for value in VALUES])
def test_no_value_shows_its_secret(value):
    assert SECRET not in repr(value)
