"""The project's own model behind a real vLLM, started once a session on first use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.adapters.openai_http import ModelServer
from engine.domain.profile import EndpointKind
from ops.model import find_model
from ops.ports import find_free_port
from ops.process import ManagedProcess, start_process, wait_until
from ops.vllm import HOST, VllmServer

MODEL_FOLDER = Path(__file__).parents[2] / "models" / "svend-mini"
API_KEY = "key-in-tests"
# A busy machine with two cores takes minutes where a quiet one takes one.
START_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedModel:
    """A running server and how to reach it."""

    vllm: VllmServer
    process: ManagedProcess

    @property
    def server(self) -> ModelServer:
        """Its address, as the model adapter takes it."""
        return ModelServer(
            base_url=self.vllm.url(),
            model=self.vllm.model.served_name,
            api_key=API_KEY,
            kind=EndpointKind.COMPLETIONS,
        )


@pytest.fixture(scope="package")
def vllm_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedModel]:
    folder = tmp_path_factory.mktemp("vllm")
    vllm = VllmServer(
        model=find_model(str(MODEL_FOLDER)),
        port=find_free_port(HOST),
        api_key=API_KEY,
        log=folder / "vllm.log",
        cache_folder=folder / "cache",
        environment=dict(os.environ),
    )
    process = start_process(vllm.spec())
    try:
        wait_until(lambda: vllm.is_ready() or process.exit_code() is not None, START_TIMEOUT_S)
        if not vllm.is_ready():
            pytest.fail(f"vLLM did not start:\n{vllm.log.read_text()[-4000:]}")
        yield ServedModel(vllm=vllm, process=process)
    finally:
        process.stop()
