"""The registry: a folder of models with an index, changed by one process at a time.

    models/index.json
    models/svend-mini/1/model.safetensors …

A version is copied in whole before the index names it, and never changed after. What a kill leaves
half-copied is named by no index and overwritten by the next.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from engine.training.errors import ModelRegistryError
from engine.training.record import RunRecord, file_digest, find_record, weights_digest, write_json
from engine.training.registry.card import CARD_FILE, render_card
from engine.training.registry.entry import (
    ModelEntry,
    entry_from_json,
    entry_to_json,
    list_files,
    parse_label,
)

INDEX_FILE: Final = "index.json"
INDEX_VERSION: Final = 1
_WEIGHTS: Final = (".safetensors", ".bin", ".onnx")
# What a finished model does not need: a run that is over goes on from nothing.
_LEFT_OUT: Final = ("checkpoints", "tensorboard", ".*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something about a stored model that is not as it was.

    Attributes:
        path: The file.
        problem: What is wrong with it.
    """

    path: str
    problem: str


class ModelRegistry:
    """Models in a folder.

    Args:
        folder: Made when the first model is registered.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list_entries(self) -> list[ModelEntry]:
        """Every version of every model, by name and version.

        Raises:
            ModelRegistryError: When the index cannot be read.
        """
        path = self._folder / INDEX_FILE
        if not path.is_file():
            return []
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            if values["version"] != INDEX_VERSION:
                raise ModelRegistryError(f"{path} is of version {values['version']}")
            entries = [entry_from_json(one) for one in values["models"]]
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelRegistryError(f"{path} is no index of models: {error}") from error
        return sorted(entries, key=lambda entry: (entry.name, entry.version))

    def get_entry(self, label: str) -> ModelEntry:
        """A version by `name@version`, or the newest of a name.

        Raises:
            ModelRegistryError: When there is none.
        """
        name, version = parse_label(label)
        found = [entry for entry in self.list_entries() if entry.name == name]
        if version is not None:
            found = [entry for entry in found if entry.version == version]
        if not found:
            raise ModelRegistryError(f"no model {label} is registered")
        return found[-1]

    def folder_of(self, entry: ModelEntry) -> Path:
        """Where a version lies; it can be served from there."""
        return self._folder / entry.name / str(entry.version)

    def register(self, source: Path, name: str, *, note: str = "") -> ModelEntry:
        """Copy a model in as the next version of its name.

        A model whose files are those of the newest version is not stored twice.

        Args:
            source: A folder that holds weights; it is left as it is.
            name: Of the model.
            note: One line for its card.

        Raises:
            ModelRegistryError: When the folder holds no weights or a symbolic link, or the name
                is none.
        """
        plain, version = parse_label(name)
        if version is not None:
            raise ModelRegistryError("a version is given by the registry, not by the caller")
        if not source.is_dir() or not any(path.suffix in _WEIGHTS for path in source.iterdir()):
            raise ModelRegistryError(f"{source} holds no weights of a model")
        list_files(source)
        with self._lock():
            return self._add(source, plain, note)

    def check(self, entry: ModelEntry) -> list[Fault]:
        """Compare a stored version with what the index says of it; empty when it holds."""
        folder = self.folder_of(entry)
        faults: list[Fault] = []
        for file in entry.files:
            path = folder / file.path
            if path.is_symlink() or not path.is_file():
                faults.append(Fault(path=file.path, problem="is missing"))
            elif path.stat().st_size != file.n_bytes or file_digest(path) != file.sha256:
                faults.append(Fault(path=file.path, problem="has changed"))
        known = {file.path for file in entry.files} | {CARD_FILE}
        there = [path for path in folder.rglob("*") if path.is_symlink() or path.is_file()]
        for path in sorted(there):
            name = path.relative_to(folder).as_posix()
            if name not in known:
                faults.append(Fault(path=name, problem="was added"))
        return faults

    def _add(self, source: Path, name: str, note: str) -> ModelEntry:
        entries = self.list_entries()
        earlier = [entry for entry in entries if entry.name == name]
        version = earlier[-1].version + 1 if earlier else 1
        record = find_record(source)
        entry = ModelEntry(
            name=name,
            version=version,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            note=note,
            weights_sha256=weights_digest(source),
            record=record,
            parents=_parents(record, entries),
        )
        folder = self.folder_of(entry)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        (folder / CARD_FILE).unlink(missing_ok=True)
        entry = replace(entry, files=list_files(folder))
        if earlier and earlier[-1].digest == entry.digest:
            shutil.rmtree(folder)
            return earlier[-1]
        (folder / CARD_FILE).write_text(render_card(entry), encoding="utf-8")
        values = [entry_to_json(one) for one in (*entries, entry)]
        write_json(self._folder / INDEX_FILE, {"version": INDEX_VERSION, "models": values})
        return entry

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as file:
            # Released by the system when the process ends, however it ends.
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _parents(record: RunRecord | None, entries: list[ModelEntry]) -> tuple[str, ...]:
    """The registered models that a record names, by their weights or their run."""
    if record is None:
        return ()
    found: list[str] = []
    for entry in entries:
        made_by = entry.record.fingerprint if entry.record else ""
        is_base = record.base_digest and record.base_digest == entry.weights_sha256
        if is_base or (record.parent and record.parent == made_by):
            found.append(entry.label)
    return tuple(found)
