"""One version of a model: its files, where it comes from, and what it was measured at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from engine.training.errors import ModelRegistryError
from engine.training.record import DataFile, RunRecord, file_digest, fingerprint_of

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file of a model.

    Attributes:
        path: Relative to the model's folder, with `/` between its parts.
        sha256: Of its bytes.
        n_bytes: Its size.
    """

    path: str
    sha256: str
    n_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """One version of a model.

    Attributes:
        name: Shared by its versions.
        version: From 1, without a gap.
        created: When it was registered, ISO 8601 in UTC.
        note: What whoever registered it says of it.
        files: What it is made of.
        weights_sha256: Of its weights, as records name them.
        record: Of the run that made it; None for a model that no run of this project made.
        parents: `name@version` of the registered models that its record names: the base, and the
            model whose adapter it went on from.
    """

    name: str
    version: int
    created: str
    note: str = ""
    files: tuple[StoredFile, ...] = ()
    weights_sha256: str = ""
    record: RunRecord | None = None
    parents: tuple[str, ...] = field(default_factory=tuple)

    @property
    def label(self) -> str:
        """`name@version`."""
        return f"{self.name}@{self.version}"

    @property
    def digest(self) -> str:
        """32 hex digits of all files: two models share them when they are the same."""
        return fingerprint_of({file.path: file.sha256 for file in self.files})

    @property
    def n_bytes(self) -> int:
        """How large it is."""
        return sum(file.n_bytes for file in self.files)


def parse_label(text: str) -> tuple[str, int | None]:
    """Read `name` or `name@version`.

    Raises:
        ModelRegistryError: When it is neither.
    """
    name, mark, version = text.partition("@")
    if not _NAME.fullmatch(name) or (mark and not version.isdecimal()):
        raise ModelRegistryError(
            f"{text!r} names no model: lower-case letters, digits and . _ - for the name, then "
            "perhaps @ and a version"
        )
    return name, int(version) if mark else None


def list_files(folder: Path) -> tuple[StoredFile, ...]:
    """The files of a folder, by path.

    Raises:
        ModelRegistryError: For a symbolic link: what it points to may change unseen.
    """
    found: list[StoredFile] = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise ModelRegistryError(f"{path.relative_to(folder)} is a symbolic link")
        if path.is_file():
            found.append(
                StoredFile(
                    path=path.relative_to(folder).as_posix(),
                    sha256=file_digest(path),
                    n_bytes=path.stat().st_size,
                )
            )
    return tuple(found)


def entry_to_json(entry: ModelEntry) -> dict[str, Any]:
    """An entry as JSON values."""
    return asdict(entry)


def entry_from_json(values: Mapping[str, Any]) -> ModelEntry:
    """Read an entry.

    Raises:
        TypeError: When a field is missing, or is not one.
        KeyError: Likewise.
    """
    given = dict(values)
    record = given.pop("record")
    given["files"] = tuple(StoredFile(**one) for one in given["files"])
    given["parents"] = tuple(given["parents"])
    return ModelEntry(**given, record=_record_from_json(record) if record else None)


def _record_from_json(values: Mapping[str, Any]) -> RunRecord:
    given = dict(values)
    for name in ("data", "dev"):
        given[name] = tuple(DataFile(**one) for one in given[name])
    return RunRecord(**given)
