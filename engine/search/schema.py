"""Settings held against the schema that callers are shown: one place says what they may be.

Of JSON Schema (draft 2020-12) this knows the words that strategies use: ``type``, ``enum``, bounds
of numbers, and the members of lists and objects. A whole number is an ``int``: 4.0 is refused, as
no count of samples can be made of it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

Schema = Mapping[str, Any]

_KINDS: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "string": (str,),
    "array": (list, tuple),
    "object": (Mapping,),
}

_BOUNDS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "minimum": (operator.ge, "at least"),
    "maximum": (operator.le, "at most"),
    "exclusiveMinimum": (operator.gt, "above"),
    "exclusiveMaximum": (operator.lt, "below"),
}


def find_fault(schema: Schema, value: Any) -> str | None:
    """Return the first thing that is wrong with a value, as the end of "it must ..."; or ``None``.

    Args:
        schema: What is allowed.
        value: As JSON reads it.
    """
    return next(_list_faults(schema, value), None)


def _list_faults(schema: Schema, value: Any) -> Iterator[str]:
    if "enum" in schema and not _is_listed(value, schema["enum"]):
        yield f"be one of {', '.join(map(str, schema['enum']))}, not {value!r}"
        return
    kind = schema.get("type")
    if kind is None:
        return
    if not _is_of_kind(value, kind):
        yield f"be of type {kind}, not {value!r}"
    elif kind in ("integer", "number"):
        yield from _list_number_faults(schema, value)
    elif kind == "array":
        yield from _list_array_faults(schema, value)
    elif kind == "object":
        yield from _list_object_faults(schema, value)


def _is_listed(value: Any, known: Sequence[Any]) -> bool:
    # True is equal to 1, but is no number.
    return any(type(value) is type(one) and value == one for one in known) or (
        isinstance(value, str) and value in known
    )


def _is_of_kind(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, _KINDS[kind])


def _list_number_faults(schema: Schema, value: float) -> Iterator[str]:
    if not math.isfinite(value):
        yield f"be finite, not {value!r}"
    for word, (is_kept, said) in _BOUNDS.items():
        if word in schema and not is_kept(value, schema[word]):
            yield f"be {said} {schema[word]}, not {value!r}"


def _list_array_faults(schema: Schema, value: Sequence[Any]) -> Iterator[str]:
    n_least, n_most = schema.get("minItems", 0), schema.get("maxItems", math.inf)
    if not n_least <= len(value) <= n_most:
        yield f"have between {n_least} and {n_most} members, not {len(value)}"
    if schema.get("uniqueItems") and any(one in value[:place] for place, one in enumerate(value)):
        yield "name each member once"
    for member in value:
        for fault in _list_faults(schema.get("items", {}), member):
            yield f"hold members that {fault}"


def _list_object_faults(schema: Schema, value: Mapping[str, Any]) -> Iterator[str]:
    known = cast("Mapping[str, Schema]", schema.get("properties", {}))
    for name in schema.get("required", ()):
        if name not in value:
            yield f"have a {name!r}"
    for name, inner in value.items():
        if name in known:
            for fault in _list_faults(known[name], inner):
                yield f"have a {name!r} to {fault}"
        elif schema.get("additionalProperties") is False:
            yield f"have no {name!r}: there are {', '.join(sorted(known))}"
