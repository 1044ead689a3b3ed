"""The record of a run: what went in, what came out, and nothing about the machine's owner.

A record stands beside the weights it describes and is written last, so that a folder with a
record is whole. It names no host and no absolute path: it can be published with the model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from engine.training.errors import TrainingError

RECORD_FILE: Final = "run.json"
LIBRARIES: Final = (
    "accelerate",
    "datasets",
    "peft",
    "safetensors",
    "svend",
    "tokenizers",
    "torch",
    "transformers",
    "trl",
)

_CHUNK_BYTES: Final = 2**20
_READABLE: Final = 0o644
_WEIGHT_SUFFIXES: Final = (".safetensors", ".bin")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """One file of training or development rows.

    Attributes:
        name: Its last name, without its folder.
        sha256: Of its bytes.
        n_rows: How many rows were read from it.
    """

    name: str
    sha256: str
    n_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What one run was.

    Attributes:
        method: `sft`, `dpo`, `reward`, `grpo` or `merge`.
        fingerprint: 32 hex digits of everything that the result depends on: method, settings,
            data, base model and adapter. Two runs with the same one are the same run.
        base: Name of the base model; the last part of its path if it is a folder.
        base_digest: SHA-256 of its weights; empty for a model that is named, not held.
        parent: Fingerprint of the run whose adapter this one went on from; empty if none.
        data: Training files.
        dev: Development files.
        settings: Every setting of the run.
        seed: Of the order of rows, of new weights and of sampling.
        versions: Of the libraries.
        device: `cpu`, `cuda` or `mps`, and how many processes.
        metrics: The last value of each, by name; `best_` those of the weights that were kept.
        n_steps: Steps of the optimiser.
        n_trained: How many parameters could move.
        stopped: Why the run ended before its last step; empty if it did not.
        wall_time_s: Over all attempts, however often the run was broken off.
        peak_memory_bytes: The most that the process, or the accelerator, held.
    """

    method: str
    fingerprint: str
    base: str
    base_digest: str = ""
    parent: str = ""
    data: tuple[DataFile, ...] = ()
    dev: tuple[DataFile, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    device: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    n_steps: int = 0
    n_trained: int = 0
    stopped: str = ""
    wall_time_s: float = 0.0
    peak_memory_bytes: int = 0


def write_json(path: Path, value: Any) -> None:
    """Write a file that is there whole or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    partial.replace(path)


def write_record(folder: Path, record: RunRecord) -> None:
    """Put the record beside the weights; the last thing a run does."""
    write_json(folder / RECORD_FILE, asdict(record))


def find_record(folder: Path) -> RunRecord | None:
    """Read the record of a folder; None when it holds none, that is, when it is not whole.

    Raises:
        TrainingError: When there is one that cannot be read.
    """
    path = folder / RECORD_FILE
    if not path.is_file():
        return None
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        for name in ("data", "dev"):
            values[name] = tuple(DataFile(**one) for one in values[name])
        return RunRecord(**values)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TrainingError(f"{path} is no record of a run: {error}") from error


def get_record(folder: Path) -> RunRecord:
    """Read the record of a folder.

    Raises:
        TrainingError: When there is none, or it cannot be read.
    """
    record = find_record(folder)
    if record is None:
        raise TrainingError(f"{folder} holds no {RECORD_FILE}: no finished run wrote it")
    return record


def fingerprint_of(values: Mapping[str, Any]) -> str:
    """32 hex digits of JSON values, whatever their order."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file, read a piece at a time."""
    return _digest([path])


def weights_of(folder: Path) -> tuple[Path, ...]:
    """The files of a folder that hold weights, by name."""
    found = (path for path in folder.iterdir() if path.suffix in _WEIGHT_SUFFIXES)
    return tuple(sorted(path for path in found if path.is_file()))


def weights_digest(folder: Path) -> str:
    """SHA-256 over all files of weights in a folder, by name; empty when it is no folder."""
    return _digest(weights_of(folder)) if folder.is_dir() else ""


def check_base(adapter: Path, base: str) -> None:
    """Refuse to put an adapter onto other weights than those that it was trained on.

    Nothing is known of a base that is only named, or of an adapter without a record.

    Raises:
        TrainingError: When the weights differ.
    """
    record, found = find_record(adapter), weights_digest(Path(base))
    if record is not None and record.base_digest and found and found != record.base_digest:
        raise TrainingError(
            f"{adapter} was trained on {record.base}, whose weights are not those of {base}"
        )


def let_read(folder: Path) -> None:
    """Let every account read a folder's weights: their library writes them for its own alone."""
    for path in folder.glob("*.safetensors"):
        path.chmod(_READABLE)


def library_versions() -> dict[str, str]:
    """The versions of what trains, of those that are installed."""
    return {name: version for name in LIBRARIES if (version := _find_version(name))}


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while data := file.read(_CHUNK_BYTES):
                digest.update(data)
    return digest.hexdigest()


def _find_version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
