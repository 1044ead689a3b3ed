"""Reading calls of tools from JSON that a model wrote: strict in shape, bounded in size.

Every notation comes down to objects with a name and arguments: `{"name", "arguments"}`, Llama's
`{"name", "parameters"}`, and OpenAI's `{"type": "function", "function": {...}}`, whose arguments
are JSON inside a text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from engine.answers.call_fault import CallFault, MalformedCall, refuse_call
from engine.domain.canonical import canonical_bytes
from engine.domain.errors import EventEncodingError
from engine.domain.tool import ToolCall

MAX_CALL_CHARS = 16_000
MAX_DEPTH = 32

_NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")
_ARGUMENT_KEYS = ("arguments", "parameters")

Read: TypeAlias = ToolCall | MalformedCall
Fields: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What the decoder made of a text.

    Attributes:
        value: The JSON value; anything while there is a fault.
        end: Where it ends, or how far the decoder came.
        fault: Why it is no JSON; ``None`` if it is.
    """

    value: Any = None
    end: int
    fault: MalformedCall | None = None


def decode_json(text: str, start: int = 0) -> Decoded:
    """Read one JSON value from ``start`` on, of at most 16,000 characters.

    Line breaks inside a text are let pass: small models write programs into arguments that way.
    """
    window = text[start : start + MAX_CALL_CHARS]
    lead = len(window) - len(window.lstrip())
    try:
        value, end = _DECODER.raw_decode(window, lead)
    except json.JSONDecodeError as error:
        return _refuse(text, start, error)
    except ValueError as error:
        # How far it came is not known; passing over the window keeps the whole walk linear.
        fault = refuse_call(CallFault.NOT_JSON, str(error))
        return Decoded(end=start + len(window), fault=fault)
    except RecursionError:
        return Decoded(end=start + len(window), fault=_TOO_DEEP)
    return Decoded(value=value, end=start + end)


def read_calls(text: str) -> tuple[Read, ...]:
    """Read a text that is nothing but calls: one object, or a list of them."""
    body = text.strip()
    if not body:
        return (refuse_call(CallFault.EMPTY, "it is empty"),)
    decoded = decode_json(body)
    if decoded.fault is not None:
        return (decoded.fault,)
    if decoded.end < len(body):
        rest = "there is more text behind the JSON of the call"
        return (refuse_call(CallFault.NOT_JSON, rest),)
    return to_calls(decoded.value)


def to_calls(value: Any) -> tuple[Read, ...]:
    """Return the calls that a JSON value stands for: at least one, readable or not."""
    return tuple(to_call(item) for item in _list_items(value)) or (to_call(value),)


def to_call(value: Any) -> Read:
    """Return the call that a JSON object stands for."""
    fields = _find_fields(value)
    if fields is None:
        return refuse_call(CallFault.SHAPE, "it is no JSON object")
    name = fields.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return refuse_call(CallFault.SHAPE, '"name" must be the name of a tool')
    found = [fields[key] for key in _ARGUMENT_KEYS if key in fields]
    if len(found) != 1:
        return refuse_call(CallFault.SHAPE, 'it needs "arguments", and once')
    return _with_arguments(name, found[0])


def is_call_shaped(value: Any) -> bool:
    """Whether a JSON value can only be meant as a call, or a list of calls."""
    items = _list_items(value) or (value,)
    return all(_has_call_keys(_find_fields(item)) for item in items)


def _has_call_keys(fields: Fields | None) -> bool:
    return fields is not None and "name" in fields and any(key in fields for key in _ARGUMENT_KEYS)


def _find_fields(value: Any) -> Fields | None:
    """Return the object that holds name and arguments: the value, or what it wraps."""
    if not isinstance(value, Mapping):
        return None
    fields = cast("Fields", value)
    wrapped: Any = fields.get("function")
    return cast("Fields", wrapped) if isinstance(wrapped, Mapping) else fields


def _with_arguments(name: str, arguments: Any) -> Read:
    if isinstance(arguments, str):
        decoded = decode_json(arguments)
        if decoded.fault is not None or arguments[decoded.end :].strip():
            return refuse_call(CallFault.SHAPE, '"arguments" must be a JSON object, not a text')
        arguments = decoded.value
    if not isinstance(arguments, Mapping):
        return refuse_call(CallFault.SHAPE, '"arguments" must be a JSON object')
    given = cast("Fields", arguments)
    if _is_deep(given):
        return _TOO_DEEP
    try:
        canonical_bytes(given)
    except EventEncodingError:
        return refuse_call(
            CallFault.SHAPE, "a whole number beyond 2**53 must be written as a text"
        )
    return ToolCall(name=name, arguments=given)


def _is_deep(value: Fields) -> bool:
    """Whether a value is nested beyond the bound; level by level, so that nothing recurses."""
    level: Sequence[Any] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _list_inner(outer)]
        if not level:
            return False
    return True


def _list_inner(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return tuple(cast("Fields", value).values())
    return _list_items(value)


def _list_items(value: Any) -> Sequence[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else ()


def _refuse(text: str, start: int, error: json.JSONDecodeError) -> Decoded:
    end = start + max(error.pos, 1)
    if len(text) - start > MAX_CALL_CHARS:
        fault = f"it is longer than {MAX_CALL_CHARS} characters, or no JSON"
        return Decoded(end=end, fault=refuse_call(CallFault.TOO_LONG, fault))
    place = f"line {error.lineno}, column {error.colno}"
    fault = f"it is no JSON: {error.msg} ({place})"
    return Decoded(end=end, fault=refuse_call(CallFault.NOT_JSON, fault))


def _read_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _read_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return fields


_DECODER = json.JSONDecoder(
    strict=False,
    parse_constant=_read_constant,
    parse_float=_read_float,
    object_pairs_hook=_read_object,
)
_TOO_DEEP = refuse_call(CallFault.SHAPE, f"it is nested more than {MAX_DEPTH} levels deep")
