"""Reads what a program wrote as its result, as strictly as bytes from an enemy deserve."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.domain.canonical import JsonValue
from tools.sandbox.errors import BadFrameError
from tools.sandbox.result import ProgramError

MAX_DEPTH = 64
EXACT_INTEGER = 1 << 53

_MAX_NUMBER = 400
_OUTSIDE_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_OPENING = b"[{"
_CLOSING = b"]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A well-formed result.

    Attributes:
        status: What the program's side says happened.
        value: For ``ok``.
        value_type: For ``ok``.
        extra: For ``ok``: what a collector returned.
        error: For ``error``.
        is_memory: For ``error``: whether memory ran out.
        cpu_s: Processor time that the program's side says was used.
        peak_bytes: Most memory that it says was resident at once.
    """

    status: Literal["ok", "error", "exit"]
    value: JsonValue = None
    value_type: str | None = None
    extra: JsonValue = None
    error: ProgramError | None = None
    is_memory: bool = False
    cpu_s: float = 0.0
    peak_bytes: int = 0


def parse_frame(data: bytes) -> Frame:
    """Parse one result.

    Raises:
        BadFrameError: When it is not exactly one JSON object of the known form: UTF-8, at most 64
            levels, no key twice, no NaN or infinity, no integer beyond 2^53, nothing after it.
    """
    body = parse_strict_json(data)
    if not isinstance(body, dict):
        raise BadFrameError("the result is not an object")
    match body.get("status"):
        case "ok":
            return Frame(
                status="ok",
                value=body.get("value"),
                value_type=_text(body, "type") or None,
                extra=body.get("extra"),
                cpu_s=_amount(body, "cpu_s"),
                peak_bytes=int(_amount(body, "peak_bytes")),
            )
        case "error":
            error = ProgramError(
                type=_text(body, "type"), message=_text(body, "message"), line=_line(body)
            )
            return Frame(status="error", error=error, is_memory=body.get("memory") is True)
        case "exit":
            return Frame(status="exit")
        case _:
            raise BadFrameError("the result has no known status")


def parse_strict_json(data: bytes) -> JsonValue:
    """Parse one JSON document that holds nothing readers disagree about.

    Raises:
        BadFrameError: Saying what is wrong.
    """
    _check_depth(data)
    try:
        return json.loads(
            data.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_int=_parse_integer,
            parse_float=_parse_real,
            object_pairs_hook=_unique,
        )
    except (ValueError, RecursionError) as error:
        raise BadFrameError(f"the result is not strict JSON: {error}"[:300]) from error


def _check_depth(data: bytes) -> None:
    depth = 0
    for byte in _OUTSIDE_STRINGS.sub(b"", data):
        if byte in _OPENING:
            depth += 1
            if depth > MAX_DEPTH:
                raise BadFrameError(f"the result is nested deeper than {MAX_DEPTH}")
        elif byte in _CLOSING:
            depth -= 1


def _refuse_constant(name: str) -> None:
    raise BadFrameError(f"the result holds {name}")


def _parse_integer(text: str) -> int:
    if len(text) > len(str(EXACT_INTEGER)) + 1 or abs(int(text)) > EXACT_INTEGER:
        raise BadFrameError("the result holds an integer beyond 2**53 as a number")
    return int(text)


def _parse_real(text: str) -> float:
    number = float(text) if len(text) <= _MAX_NUMBER else float("inf")
    if number in {float("inf"), float("-inf")}:
        raise BadFrameError("the result holds a number without bounds")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadFrameError("the result holds a key twice")
    return found


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _amount(body: Mapping[str, Any], key: str) -> float:
    value = body.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
        return value
    return 0.0


def _line(body: Mapping[str, Any]) -> int | None:
    line = body.get("line")
    return line if isinstance(line, int) and not isinstance(line, bool) else None
