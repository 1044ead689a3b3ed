"""The one place that knows how vLLM is started.

Its CPU build dies of a request with a seed whose prompt was split by chunked prefill, so chunking
is off and a batch holds at least one whole context. It compiles nothing, since that takes longer
than a small model's whole start. Three processes of one group run it.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ops.errors import MissingModelServerError
from ops.http_check import answers_ok
from ops.model import Adapter, Model
from ops.process import ProcessSpec

HOST = "127.0.0.1"
# The console script looks up another distribution's name and fails; the module works.
MODULE = "vllm.entrypoints.openai.api_server"
MIN_BATCHED_TOKENS = 4096
MAX_SEQUENCES = 256
LORA_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
# One chunk of a stream for each so many tokens: a chunk costs both sides more than a token does.
STREAM_INTERVAL_TOKENS = 8
STOP_TIMEOUT_S = 10.0
GIB = 1 << 30
SMALL_MODEL_BYTES = GIB
SMALL_CACHE_GIB = 1
LARGE_CACHE_GIB = 8


def check_installed() -> None:
    """Checks that the package is there, without importing it, which takes seconds.

    Raises:
        MissingModelServerError: It is not.
    """
    if importlib.util.find_spec(MODULE.partition(".")[0]) is None:
        raise MissingModelServerError


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmServer:
    """One model server for the stack alone.

    Attributes:
        model: What it serves.
        port: Its TCP port on the loopback address.
        api_key: What a caller must show.
        log: Where it writes.
        cache_folder: Where it keeps what it works out about models.
        environment: What it inherits, such as the path to compilers and certificates.
    """

    model: Model
    port: int
    api_key: str = field(repr=False)
    log: Path
    cache_folder: Path
    environment: Mapping[str, str]

    def url(self) -> str:
        """Returns the server's base address, without `/v1`."""
        return f"http://{HOST}:{self.port}"

    def spec(self) -> ProcessSpec:
        """Returns how the server is started."""
        return ProcessSpec(
            name="model",
            command=[sys.executable, "-m", MODULE, *self._arguments()],
            log=self.log,
            environment={**self.environment, **self._own_environment()},
            stop_timeout_s=STOP_TIMEOUT_S,
        )

    def is_ready(self) -> bool:
        """Says whether the server answers and its engine is alive."""
        return answers_ok(f"{self.url()}/health")

    def _arguments(self) -> list[str]:
        context = self.model.context_tokens
        options = {
            "--model": str(self.model.folder),
            "--served-model-name": self.model.served_name,
            "--host": HOST,
            "--port": str(self.port),
            "--max-model-len": str(context),
            "--max-num-batched-tokens": str(max(context, MIN_BATCHED_TOKENS)),
            "--max-num-seqs": str(MAX_SEQUENCES),
            "--stream-interval": str(STREAM_INTERVAL_TOKENS),
            # What a request does not say has one meaning, whatever the model's folder suggests.
            "--generation-config": "vllm",
        }
        words = [word for pair in options.items() for word in pair]
        words += ["--no-enable-chunked-prefill", "--enable-prefix-caching", "--enforce-eager"]
        return [*words, "--disable-uvicorn-access-log", *_lora_arguments(self.model.adapters)]

    def _own_environment(self) -> dict[str, str]:
        is_small = self.model.weights_bytes <= SMALL_MODEL_BYTES
        return {
            "HF_HUB_OFFLINE": "1",
            "PYTHONWARNINGS": "ignore",
            # In the environment, since everybody on the machine may read a command line.
            "VLLM_API_KEY": self.api_key,
            "VLLM_CACHE_ROOT": str(self.cache_folder),
            "VLLM_CPU_KVCACHE_SPACE": str(SMALL_CACHE_GIB if is_small else LARGE_CACHE_GIB),
            "VLLM_DO_NOT_TRACK": "1",
            "VLLM_NO_USAGE_STATS": "1",
        }


def _lora_arguments(adapters: tuple[Adapter, ...]) -> list[str]:
    if not adapters:
        return []
    largest = max(adapter.rank for adapter in adapters)
    rank = next(rank for rank in LORA_RANKS if rank >= largest)
    modules = [f"{adapter.served_name}={adapter.folder}" for adapter in adapters]
    limits = ["--max-loras", str(len(adapters)), "--max-lora-rank", str(rank)]
    return ["--enable-lora", *limits, "--lora-modules", *modules]
