"""JSON lines: a file of objects, read one at a time, and written whole or not at all."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn

from engine.domain.canonical import text_body
from engine.training.errors import DatasetError

MAX_LINE_BYTES: Final = 16 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a file.

    Attributes:
        number: From 1, as editors count.
        data: Its bytes, without the line's end.
    """

    number: int
    data: bytes


def read_lines(path: Path) -> Iterator[Line]:
    r"""Read the lines of a file that hold anything, one at a time.

    Only `\n` ends a line: JSON strings may hold every other separator.

    Raises:
        DatasetError: When the file cannot be opened, or a line is longer than 16 MiB.
    """
    try:
        with path.open("rb") as file:
            for number, data in enumerate(_split(file), start=1):
                if len(data) > MAX_LINE_BYTES:
                    fault = f"longer than {MAX_LINE_BYTES:,} bytes"
                    raise DatasetError(f"{path}, line {number}: {fault}")
                if data.strip():
                    yield Line(number=number, data=data.rstrip(b"\r\n"))
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error


def read_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Read the objects of a file with the numbers of their lines.

    Raises:
        DatasetError: For a line that holds no object; it names file and line.
    """
    for line in read_lines(path):
        try:
            yield line.number, parse_object(line.data)
        except DatasetError as error:
            raise DatasetError(f"{path}, line {line.number}: {error}") from error


def parse_object(data: bytes) -> Mapping[str, Any]:
    """Read one JSON object.

    Raises:
        DatasetError: When it is none, or holds what JSON does not know (NaN, infinities).
    """
    try:
        value = json.loads(data, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise DatasetError(f"not a JSON object but {type(value).__name__}")
    return value


def render_line(row: Mapping[str, Any]) -> bytes:
    """Write an object as one line, its end included; every text survives, lone surrogates too."""
    text = json.dumps(row, ensure_ascii=False, allow_nan=False)
    # A lone surrogate becomes the six characters that JSON itself writes for it.
    return text_body(text) + b"\n"


@contextmanager
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes its place only when the block ends well.

    What a killed process has left of the same file is cleared away.

    Raises:
        DatasetError: When it cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear_left_behind(path)
        with _removed_at_last(partial), partial.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            partial.replace(path)
    except OSError as error:
        raise DatasetError(f"{path}: {error.strerror}") from error


def _clear_left_behind(path: Path) -> None:
    for found in path.parent.glob(f".{escape(path.name)}.*.partial"):
        process_id = found.name.split(".")[-2]
        if process_id.isdecimal() and not _is_running(int(process_id)):
            found.unlink(missing_ok=True)


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        # Somebody else's is running as well.
        return True
    return True


@contextmanager
def _removed_at_last(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _split(file: BinaryIO) -> Iterator[bytes]:
    while data := file.readline(MAX_LINE_BYTES + 1):
        yield data


def _refuse_constant(name: str) -> NoReturn:
    msg = f"{name} is no JSON number"
    raise ValueError(msg)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        _refuse_constant(text)
    return value
