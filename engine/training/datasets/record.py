"""Records of a published file, whatever it is wrapped in; one that cannot be read is told of.

JSON lines, one JSON array or object, a folder or a zip file of JSON files, Parquet.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.training.datasets.json_lines import parse_object, read_lines
from engine.training.errors import DatasetError

MAX_MEMBER_BYTES: Final = 256 * 2**20

_SHOWN_CHARS: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row, or why there is none.

    Attributes:
        place: File and line, for messages.
        row: The row; None when it cannot be read.
        fault: Why not; empty when it can.
        shown: The beginning of the row as it was written.
    """

    place: str
    row: Mapping[str, Any] | None
    fault: str = ""
    shown: str = ""


def read_records(path: Path) -> Iterator[Record]:
    """Read a published file.

    Raises:
        DatasetError: When the file as a whole cannot be read.
    """
    if path.is_dir():
        for member in sorted(path.rglob("*.json")):
            yield from _read_json(member)
    elif path.suffix == ".zip":
        yield from _read_zip(path)
    elif path.suffix == ".parquet":
        yield from _read_parquet(path)
    elif path.suffix == ".json" and _is_one_value(path):
        yield from _read_json(path)
    else:
        yield from _read_json_lines(path)


def _read_json_lines(path: Path) -> Iterator[Record]:
    for line in read_lines(path):
        yield _read_one(line.data, f"{path}, line {line.number}")


def _read_json(path: Path) -> Iterator[Record]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error
    yield from _read_value(data, str(path))


def _read_zip(path: Path) -> Iterator[Record]:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.infolist(), key=lambda entry: entry.filename):
                if member.filename.endswith(".json"):
                    yield from _read_member(archive, member, path)
    except (OSError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{path}: {error}") from error


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path
) -> Iterator[Record]:
    place = f"{path}, {member.filename}"
    if member.file_size > MAX_MEMBER_BYTES:
        yield Record(place=place, row=None, fault=f"longer than {MAX_MEMBER_BYTES:,} bytes")
    else:
        yield from _read_value(archive.read(member), place)


def _read_parquet(path: Path) -> Iterator[Record]:
    # Only this format needs the library, which takes a moment to load.
    from pyarrow import ArrowException, parquet  # noqa: PLC0415

    try:
        number = 0
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=256):
                for row in batch.to_pylist():
                    number += 1
                    yield Record(place=f"{path}, row {number}", row=row, shown=_shown(row))
    except (OSError, ArrowException) as error:
        raise DatasetError(f"{path}: {error}") from error


def _is_one_value(path: Path) -> bool:
    """Whether a `.json` file is one value, and not lines as some publishers name them so."""
    first = next(read_lines(path), None)
    if first is None:
        return False
    try:
        parse_object(first.data)
    except DatasetError:
        return True
    return False


def _read_value(data: bytes, place: str) -> Iterator[Record]:
    """Read one JSON value: a row, or a list of them."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        yield Record(place=place, row=None, fault=f"not JSON: {error}", shown=_shown(data))
        return
    items = value if isinstance(value, list) else [value]
    for number, item in enumerate(items, start=1):
        where = f"{place}, item {number}" if isinstance(value, list) else place
        if isinstance(item, dict):
            yield Record(place=where, row=item, shown=_shown(item))
        else:
            fault = f"not a JSON object but {type(item).__name__}"
            yield Record(place=where, row=None, fault=fault, shown=_shown(item))


def _read_one(data: bytes, place: str) -> Record:
    try:
        return Record(place=place, row=parse_object(data), shown=_shown(data))
    except DatasetError as error:
        return Record(place=place, row=None, fault=str(error), shown=_shown(data))


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        text = value[: 4 * _SHOWN_CHARS].decode(errors="replace")
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARS else f"{line[:_SHOWN_CHARS]} ..."
