"""Read JSON as RFC 8259 means it, and refuse what readers are known to disagree about.

Refused: duplicate keys, NaN and infinities, integers that other readers would round, and nesting
deep enough to exhaust a stack. What passes has one meaning only, so a digest over it names it.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from api.refusals import MalformedBodyError

MAX_DEPTH = 32
MAX_SAFE_INTEGER = (1 << 53) - 1
MAX_INTEGER_DIGITS = 16


def parse_json(body: bytes) -> Any:
    """Return the value that the bytes stand for.

    Raises:
        MalformedBodyError: Saying what is wrong, without repeating the body.
    """
    try:
        value = json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as error:
        raise MalformedBodyError(f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise MalformedBodyError(f"not JSON at {place}: {error.msg}") from error
    except RecursionError as error:
        raise MalformedBodyError(_TOO_DEEP) from error
    _check_depth(value)
    return value


_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedBodyError("an object names the same key twice")
    return found


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_INTEGER_DIGITS or abs(int(text)) > MAX_SAFE_INTEGER:
        raise MalformedBodyError("a whole number beyond 2**53 - 1, which many readers round")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise MalformedBodyError("a number too large for 64 bits")
    return value


def _constant(name: str) -> NoReturn:
    raise MalformedBodyError(f"{name} is not JSON")


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [item for holder in level for item in _items(holder)]
        if not level:
            return
    raise MalformedBodyError(_TOO_DEEP)


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]
