"""Inputs whose fields depend on a choice: which of them a choice takes, and which it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields that one choice has.

    Attributes:
        needs: Those without which it cannot be carried out.
        may: Those it takes besides.
    """

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


def check_choice(arguments: BaseModel, field: str, table: Mapping[str, Fields]) -> None:
    """Refuse a call that lacks what its choice needs, or gives what it would not look at.

    Args:
        arguments: The call. A field that is null, empty or false counts as not given.
        field: The field that chooses.
        table: What each choice has.

    Raises:
        ValueError: Naming the fields; pydantic makes it a fault of the call.
    """
    choice = getattr(arguments, field)
    fields = table[choice]
    given = {
        name
        for name in arguments.model_fields_set - {field}
        if _is_given(getattr(arguments, name))
    }
    missing = [name for name in fields.needs if name not in given]
    if missing:
        raise ValueError(f"{choice} needs {_list(missing)}")
    foreign = sorted(given - {*fields.needs, *fields.may})
    if foreign:
        takes = _list((*fields.needs, *fields.may))
        raise ValueError(f"{choice} does not take {_list(foreign)}; it takes {takes}")


def parse_fields(table: Mapping[str, str]) -> Mapping[str, Fields]:
    """Read rows such as `"equation amounts | actual temperature"`: what is needed, what may be."""
    parsed: dict[str, Fields] = {}
    for choice, text in table.items():
        needs, _, may = text.partition("|")
        parsed[choice] = Fields(needs=tuple(needs.split()), may=tuple(may.split()))
    return parsed


def _is_given(value: object) -> bool:
    # By identity, since 0 equals false and is a value.
    return value is not None and value is not False and value not in ("", [], {})


def _list(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
