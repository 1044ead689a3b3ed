"""What a tool's result says of a block's question, and whether the stated answer agrees."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.domain.tool import ToolResult
from engine.training.frameworks.framework import CALCULATOR
from engine.training.frameworks.item import Item
from engine.training.frameworks.slot import read_number

OUTPUT: Final = "output"

_READ: Final[Mapping[str, str]] = {CALCULATOR: OUTPUT, "unit_convert": "value"}
# Stated answers are written with six digits.
_TOLERANCE: Final = 1e-5
_EXACT_IN_FLOAT: Final = 2.0**53


def read_answer(item: Item, result: ToolResult) -> str:
    """The answer that a result holds, as text; empty when it is not where the block says.

    Args:
        item: Its block names the place: a field of the detail, with `.` between levels; the name
            of a quantity of the first solution; or `output`.
        result: Of the item's call, which succeeded.
    """
    call = item.block.call
    place = (call.read or _READ.get(call.tool, OUTPUT)) if call else OUTPUT
    if place == OUTPUT:
        return result.output
    value = _at(result.detail, place.split("."))
    if value is None:
        value = _at(result.detail, ["solutions", "0", "values", place, "value"])
    return _shown(value)


def agrees(stated: str, found: str) -> bool:
    """Whether two answers are the same number, or the same text but for blanks and powers."""
    left, right = read_number(stated), read_number(found)
    if left is None or right is None:
        return _plain(stated) == _plain(found)
    return math.isclose(left, right, rel_tol=_TOLERANCE)


def _at(value: object, keys: Sequence[str]) -> object:
    for key in keys:
        if isinstance(value, Mapping):
            value = value.get(key)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        is_whole = value.is_integer() and abs(value) < _EXACT_IN_FLOAT
        return str(int(value)) if is_whole else f"{value:.10g}"
    if isinstance(value, list):
        return ", ".join(_shown(part) for part in value)
    return str(value)


def _plain(text: str) -> str:
    return "".join(text.split()).replace("**", "^").lower()
