"""A table of plain values, as a file or a command gives it, read as one class of settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from engine.training.errors import TrainingError

T = TypeVar("T")

_NAMES: Final[Mapping[type, str]] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Mapping: "a table",
}


def read_fields(kind: type[T], values: Mapping[str, Any]) -> T:
    """A settings class from plain values.

    Raises:
        TrainingError: For a name that it does not have, one that is missing, or a value of
            another type; or when there is no table at all.
    """
    # A file may hold anything where a table is wanted.
    if not isinstance(values, Mapping):
        raise TrainingError(f"{values!r} is no table of settings")
    known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise TrainingError(f"unknown setting {unknown[0]!r}; known: {', '.join(sorted(known))}")
    for name, one in known.items():
        if name not in values and one.default is MISSING and one.default_factory is MISSING:
            raise TrainingError(f"{name} is missing")
    hints = get_type_hints(kind)
    for name, value in values.items():
        _check_type(name, value, _types_of(hints[name]))
    return kind(**values)


def _types_of(hint: Any) -> tuple[type, ...]:
    parts = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return tuple(get_origin(part) or part for part in parts)


def _check_type(name: str, value: Any, types: tuple[type, ...]) -> None:
    # A whole number is a number as well; true and false are none, though Python counts them so.
    allowed = (*types, int) if float in types else types
    if isinstance(value, allowed) and (bool in types or not isinstance(value, bool)):
        return
    wanted = next(one for one in types if one is not NoneType)
    raise TrainingError(f"{name} is {value!r}, not {_NAMES.get(wanted, wanted.__name__)}")
