"""Fields of a row, read with a fault that names the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from engine.training.errors import DatasetError

Choice = TypeVar("Choice", bound=StrEnum)


def text_field(row: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """A text; the default stands for a field that is missing or null.

    Raises:
        DatasetError: When there is no text and no default.
    """
    value = row.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise _fault(row, name, "a text")
    return value


def filled_field(row: Mapping[str, Any], name: str) -> str:
    """A text that holds more than blanks.

    Raises:
        DatasetError: When it does not.
    """
    value = text_field(row, name)
    if not value.strip():
        raise DatasetError(f"`{name}` is empty")
    return value


def list_field(row: Mapping[str, Any], name: str) -> Sequence[Any]:
    """A list; a field that is missing or null is an empty one.

    Raises:
        DatasetError: For anything else.
    """
    value = row.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _fault(row, name, "a list")
    return value


def texts_field(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts.

    Raises:
        DatasetError: For anything else.
    """
    values = list_field(row, name)
    if not all(isinstance(value, str) for value in values):
        raise _fault(row, name, "a list of texts")
    return tuple(values)


def flag_field(row: Mapping[str, Any], name: str) -> bool:
    """True or false.

    Raises:
        DatasetError: For anything else.
    """
    value = row.get(name)
    if not isinstance(value, bool):
        raise _fault(row, name, "true or false")
    return value


def choice_field(row: Mapping[str, Any], name: str, kind: type[Choice], default: Choice) -> Choice:
    """One of a closed set.

    Raises:
        DatasetError: For a value outside of it; the message lists the set.
    """
    value = text_field(row, name, default.value)
    return read_choice(value, name, kind)


def read_choice(value: str, name: str, kind: type[Choice]) -> Choice:
    """The member of a closed set that has this value.

    Raises:
        DatasetError: When none has; the message lists the set.
    """
    try:
        return kind(value)
    except ValueError as error:
        known = ", ".join(member.value for member in kind)
        raise DatasetError(f"`{name}` is {value!r}, not one of {known}") from error


def object_of(value: object, name: str) -> Mapping[str, Any]:
    """A JSON object.

    Raises:
        DatasetError: For anything else.
    """
    if not isinstance(value, Mapping):
        raise DatasetError(f"`{name}` is {type(value).__name__}, not an object")
    return value


def _fault(row: Mapping[str, Any], name: str, wanted: str) -> DatasetError:
    if name not in row:
        return DatasetError(f"there is no field `{name}`")
    return DatasetError(f"`{name}` is {type(row[name]).__name__}, not {wanted}")
