"""The journal of a run: every reply as it came, made safe before it counts.

A line is written whole, flushed and synced before the reply is used, so a killed run loses only
what was in flight. A torn last line is what a kill leaves behind; it is cut off, and its request
is asked again. The first line holds the settings that the requests follow from: a run with others
would mix two plans in one file.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from engine.training.datasets.json_lines import parse_object, render_line
from engine.training.errors import DatasetError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One text of a reply.

    Attributes:
        text: What the model wrote.
        is_cut: Whether it ended before the model had ended it.
    """

    text: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A request that was answered.

    Attributes:
        request_id: Which.
        samples: The texts.
        tokens_in: Of the prompt, as the server counts.
        tokens_out: Of all texts.
    """

    request_id: str
    samples: tuple[Sample, ...]
    tokens_in: int
    tokens_out: int


class Journal:
    """The open journal of one run; `open_journal` makes it."""

    def __init__(self, file: BinaryIO, entries: Mapping[str, Entry]) -> None:
        self._file = file
        self._entries = dict(entries)

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every reply by its request's id."""
        return self._entries

    def add(self, entry: Entry) -> None:
        """Write a reply down; it survives a kill once this returns.

        A second reply to one request is left out: whatever asked twice, it counts once.
        """
        if entry.request_id in self._entries:
            return
        self._file.write(render_line(_to_row(entry)))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._entries[entry.request_id] = entry


@contextmanager
def open_journal(path: Path, settings: Mapping[str, Any]) -> Iterator[Journal]:
    """Open a journal, new or left behind, for this process alone.

    Args:
        path: Its file.
        settings: What the requests follow from.

    Raises:
        DatasetError: When another process holds it, it was written with other settings, or a
            line that is not the last cannot be read.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            _hold(file, path)
            yield Journal(file, _begin(file, path, settings))
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error


def _hold(file: BinaryIO, path: Path) -> None:
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise DatasetError(f"{path} is being written by another process") from error


def _begin(file: BinaryIO, path: Path, settings: Mapping[str, Any]) -> dict[str, Entry]:
    """Read what is there, cut off a torn last line, and write the settings into a new file."""
    file.seek(0)
    data = file.read()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        file.truncate(len(whole))
    if not whole:
        file.write(render_line({"settings": settings}))
        file.flush()
        os.fsync(file.fileno())
        return {}
    head, *lines = whole.split(b"\n")[:-1]
    _check_settings(path, _parse(path, 1, head).get("settings"), settings)
    rows = (_parse(path, number, line) for number, line in enumerate(lines, start=2))
    entries: dict[str, Entry] = {}
    for entry in map(_from_row, rows):
        entries.setdefault(entry.request_id, entry)
    return entries


def _check_settings(path: Path, found: Any, settings: Mapping[str, Any]) -> None:
    if found == settings:
        return
    known: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    changed = [name for name in settings if known.get(name) != settings[name]]
    named = ", ".join(changed) or "settings"
    raise DatasetError(f"{path} was begun with another {named}; choose another folder")


def _parse(path: Path, number: int, line: bytes) -> Mapping[str, Any]:
    try:
        return parse_object(line)
    except DatasetError as error:
        raise DatasetError(f"{path}, line {number}: {error}") from error


def _to_row(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.request_id,
        "samples": [{"text": each.text, "is_cut": each.is_cut} for each in entry.samples],
        "tokens_in": entry.tokens_in,
        "tokens_out": entry.tokens_out,
    }


def _from_row(row: Mapping[str, Any]) -> Entry:
    try:
        return Entry(
            request_id=str(row["id"]),
            samples=tuple(
                Sample(text=str(each["text"]), is_cut=bool(each["is_cut"]))
                for each in row["samples"]
            ),
            tokens_in=int(row["tokens_in"]),
            tokens_out=int(row["tokens_out"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetError(f"the journal holds no such reply: {error!r}") from error
