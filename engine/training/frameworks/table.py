"""Fields of a TOML table, read with a fault that names file, table and field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.training.errors import FrameworkError


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a file, and where it stands.

    Attributes:
        place: File and table, for faults.
        fields: What it holds.
    """

    place: str
    fields: Mapping[str, Any]

    def check_known(self, *known: str) -> None:
        """Refuse fields of other names.

        Raises:
            FrameworkError: Naming the first of them and the known ones.
        """
        for name in self.fields:
            if name not in known:
                raise self.fault(name, f"is not known; a table like this has {', '.join(known)}")

    def text(self, name: str, default: str | None = None) -> str:
        """A text that holds something, or the default where the field is missing.

        Raises:
            FrameworkError: When it is neither.
        """
        value = self.fields.get(name, default)
        if isinstance(value, str) and (value.strip() or value == default):
            return value.strip()
        raise self.fault(name, "must be a text" if name in self.fields else "is missing")

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number between limits.

        Raises:
            FrameworkError: When it is none.
        """
        value = self.fields.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        raise self.fault(name, f"must be a whole number from {low} to {high}")

    def lines(self, name: str) -> tuple[str, ...]:
        """A text with one entry a line, or a list of texts; missing is empty.

        Raises:
            FrameworkError: When it is neither.
        """
        value = self.fields.get(name, [])
        entries = value.splitlines() if isinstance(value, str) else value
        if not isinstance(entries, list) or not all(isinstance(line, str) for line in entries):
            raise self.fault(name, "must be a text with one entry a line, or a list of texts")
        return tuple(line.strip() for line in entries if line.strip())

    def mapping(self, name: str) -> Mapping[str, Any]:
        """A table inside of this one; missing is empty.

        Raises:
            FrameworkError: When it is something else.
        """
        value = self.fields.get(name, {})
        if not isinstance(value, Mapping):
            raise self.fault(name, "must be a table")
        return value

    def tables(self, name: str) -> Sequence[Mapping[str, Any]]:
        """The tables written as `[[name]]`; at least one.

        Raises:
            FrameworkError: When there is none.
        """
        value = self.fields.get(name)
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            raise self.fault(name, f"is missing: write at least one table [[{name}]]")
        return value

    def fault(self, name: str, fault: str) -> FrameworkError:
        """What is wrong with a field, as an error to raise."""
        return FrameworkError(f"{self.place}: `{name}` {fault}")
