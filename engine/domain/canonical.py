"""Canonical bytes (RFC 8785) and digests over them.

Model text can hold what JSON or Postgres cannot: lone surrogates and, in numbers, infinities. They
are made portable here, before hashing, so that the stored bytes and the hash always agree.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import rfc8785

from engine.domain.errors import EventEncodingError

JsonValue: TypeAlias = (
    "bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)

EXACT_INTEGERS = 2**53
SURROGATE_FIRST = 0xD800
SURROGATE_LAST = 0xDFFF


def canonical_bytes(value: JsonValue) -> bytes:
    r"""Return the canonical JSON of a value as UTF-8 bytes.

    A lone surrogate becomes the six characters ``\udXXX``, a non-finite float its name,
    and a float of 2**53 or more its digits as text.

    Raises:
        EventEncodingError: For an integer beyond 2**53 or a value that JSON does not know.
    """
    return encode_portable(portable(value))


def encode_portable(value: JsonValue) -> bytes:
    """Return the canonical JSON of a value that :func:`portable` returned.

    Raises:
        EventEncodingError: As :func:`canonical_bytes`.
    """
    if _is_plain(value):
        return _write_plain(value).encode()
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise EventEncodingError(f"not canonical JSON: {error}") from error


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def portable_text(text: str) -> str:
    """Escape lone surrogates, which no UTF-8 writer accepts, into visible text."""
    if text.isascii():
        return text
    return "".join(_portable_character(character) for character in text)


def text_body(text: str) -> bytes:
    """Return the bytes under which a body of text is stored and addressed."""
    return portable_text(text).encode()


def portable(value: JsonValue) -> JsonValue:
    """Return a value that is the same after it was written as canonical JSON and read back."""
    if isinstance(value, str):
        return portable_text(value)
    if isinstance(value, float):
        return _portable_float(value)
    if isinstance(value, Mapping):
        return {portable_text(key): portable(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [portable(item) for item in value]
    return value


# For values that are plain in the sense below, the standard library's writer gives the very bytes
# of RFC 8785, ten times faster; a property test compares the two.
_write_plain = json.JSONEncoder(
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    allow_nan=False,
    check_circular=False,
).encode
_PLAIN_FLOATS = (1e-4, 1e15)


def _is_plain(value: JsonValue) -> bool:
    """Whether keys sort alike by code point and by UTF-16, and numbers are written alike."""
    if isinstance(value, str) or value is None:
        return True
    if isinstance(value, float):
        low, high = _PLAIN_FLOATS
        return low <= abs(value) < high
    if isinstance(value, int):
        return -EXACT_INTEGERS < value < EXACT_INTEGERS
    if isinstance(value, Mapping):
        return all(key.isascii() and _is_plain(item) for key, item in value.items())
    return isinstance(value, list) and all(_is_plain(item) for item in value)


def _portable_float(value: float) -> float | int | str:
    if abs(value) < EXACT_INTEGERS:
        # JSON writes 1.0 as 1, which is read back as an integer.
        return int(value) if value.is_integer() else value
    if math.isfinite(value):
        # Written as a number it would be read back as an integer that no longer encodes.
        return repr(value)
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _portable_character(character: str) -> str:
    code = ord(character)
    if SURROGATE_FIRST <= code <= SURROGATE_LAST:
        return f"\\u{code:04x}"
    return character
