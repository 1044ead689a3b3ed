"""Column types that hold whatever a model or a caller wrote.

Postgres refuses NUL and lone surrogates in text, and those and infinities in jsonb. Both types
make them visible on the way in. Where the exact bytes matter (events, bodies, results) the column
is ``bytea`` instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from engine.domain.canonical import portable_text

VISIBLE_NUL = "\\u0000"


class PortableText(TypeDecorator[str]):
    """Text in which NUL and lone surrogates are written out as escapes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape on the way in."""
        del dialect
        return None if value is None else storable_text(value)


class PortableJson(TypeDecorator[Any]):
    """JSON in which they are too, and non-finite numbers are their names."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Escape on the way in."""
        del dialect
        return _storable(value)


def storable_text(text: str) -> str:
    """Return the text with everything that Postgres refuses written out as escapes."""
    return portable_text(text).replace("\0", VISIBLE_NUL)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {storable_text(str(key)): _storable(item) for key, item in value.items()}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if isinstance(value, Sequence):
        return [_storable(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value
