"""A model in a folder: which weights it has, and under which name they are served."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.errors import StackError

DIGEST_CHARACTERS = 12
READ_BYTES = 1 << 20
PROFILE_NAME = "svend-profile.json"
ADAPTERS_FOLDER = "adapters"
ADAPTER_NAMES = ("reasoner", "verifier")
# What a hub's model is made of: settings, weights, vocabulary, and how a chat is written.
FETCHED = ("*.jinja", "*.json", "*.safetensors", "*.txt", "tokenizer*")
# A longer context than this is asked of the operator's own server, not of a laptop's.
MAX_CONTEXT_TOKENS = 8192
DEFAULT_CONTEXT_TOKENS = 2048


class ModelFolderError(StackError):
    """The folder does not hold a model that can be served."""

    code = "model_folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """A LoRA adapter beside the base model.

    Attributes:
        served_name: `reasoner` or `verifier`, `@`, and the digest of its weights.
        folder: Where it lies.
        rank: The rank of its matrices.
    """

    served_name: str
    folder: Path
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A base model and its adapters, ready to be served.

    Attributes:
        served_name: The model's name, `@`, and 12 hexadecimal digits of the weights' digest.
        folder: Where it lies.
        weights_bytes: How large its weights are.
        context_tokens: How long prompt and completion may be together.
        profile: Its model profile, or None where the chat profile applies.
        adapters: Its adapters, if any.
    """

    served_name: str
    folder: Path
    weights_bytes: int
    context_tokens: int
    profile: Path | None
    adapters: tuple[Adapter, ...]


def find_model(name: str, digests: Path | None = None) -> Model:
    """Describes the model of a name, and fetches it first if a hub has it and no folder does.

    Args:
        name: The path of a folder, or a hub's name such as `Qwen/Qwen3-4B`.
        digests: As for `read_model`.

    Raises:
        ModelFolderError: There is neither a folder nor a model on the hub of this name.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return read_model(folder.resolve(), folder.resolve().name, digests)
    return read_model(_fetch(name), name.rpartition("/")[2], digests)


def read_model(folder: Path, name: str, digests: Path | None = None) -> Model:
    """Describes the model in a folder.

    Args:
        folder: A folder as transformers writes it, with safetensors.
        name: What the model is called.
        digests: A file that remembers digests between starts, since those of large weights take
            minutes to compute.

    Raises:
        ModelFolderError: There is no model, or none in safetensors.
    """
    config = _read_json(folder / "config.json")
    weights = _list_weights(folder)
    profile = folder / PROFILE_NAME
    limit = config.get("max_position_embeddings", DEFAULT_CONTEXT_TOKENS)
    found = (_read_adapter(folder / ADAPTERS_FOLDER / name, digests) for name in ADAPTER_NAMES)
    return Model(
        served_name=f"{name}@{_digest(weights, digests)}",
        folder=folder,
        weights_bytes=sum(path.stat().st_size for path in weights),
        context_tokens=min(int(limit), MAX_CONTEXT_TOKENS),
        profile=profile if profile.is_file() else None,
        adapters=tuple(adapter for adapter in found if adapter is not None),
    )


def digest_weights(paths: list[Path]) -> str:
    """Returns the first 12 hexadecimal digits of SHA-256 over the files' names and contents."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda one: one.name):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            while block := file.read(READ_BYTES):
                digest.update(block)
    return digest.hexdigest()[:DIGEST_CHARACTERS]


def _fetch(name: str) -> Path:
    try:
        import huggingface_hub as hub  # noqa: PLC0415 - comes with a model server
        from huggingface_hub import errors  # noqa: PLC0415
    except ModuleNotFoundError as error:
        words = (
            f"{name} is no folder, and {error.name}, which asks a model hub for it, is not "
            "installed: run `make setup`, or name a folder."
        )
        raise ModelFolderError(words) from error
    try:
        try:
            return Path(hub.snapshot_download(name, local_files_only=True))
        except errors.LocalEntryNotFoundError:
            return Path(hub.snapshot_download(name, allow_patterns=list(FETCHED)))
    except (OSError, errors.HfHubHTTPError, errors.HFValidationError) as error:
        words = f"{name} is no folder, and no model hub gave a model of that name: {error}"
        raise ModelFolderError(words) from error


def _read_adapter(folder: Path, digests: Path | None) -> Adapter | None:
    if not (folder / "adapter_config.json").is_file():
        return None
    config = _read_json(folder / "adapter_config.json")
    name = f"{folder.name}@{_digest(_list_weights(folder), digests)}"
    return Adapter(served_name=name, folder=folder, rank=int(config["r"]))


def _list_weights(folder: Path) -> list[Path]:
    weights = sorted(folder.glob("*.safetensors"))
    if not weights:
        raise ModelFolderError(f"{folder} holds no weights in safetensors.")
    return weights


def _digest(paths: list[Path], digests: Path | None) -> str:
    if digests is None:
        return digest_weights(paths)
    facts = [[str(path), path.stat().st_size, path.stat().st_mtime_ns] for path in paths]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    known: dict[str, str] = dict(_read_json(digests)) if digests.is_file() else {}
    if key not in known:
        known[key] = digest_weights(paths)
        digests.parent.mkdir(parents=True, exist_ok=True)
        digests.write_text(json.dumps(known, indent=1))
    return known[key]


def _read_json(path: Path) -> Mapping[str, Any]:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ModelFolderError(f"{path} cannot be read: {error}") from error
