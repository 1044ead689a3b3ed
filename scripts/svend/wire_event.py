"""Events as the server sends them, read exactly and checked against their own hashes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.domain.canonical import canonical_bytes
from engine.domain.errors import SvendError, UnknownEventVersionError
from engine.domain.event import Event, decode_event
from scripts.svend.errors import ProtocolError

MAX_EXACT_INTEGER = (1 << 53) - 1


def parse_json(text: str) -> Any:
    """Return the value of a JSON text, with integers beyond 2**53 as the floats that they were.

    Canonical JSON writes such a float without a point.

    Raises:
        ValueError: For text that is not JSON.
    """
    return json.loads(text, parse_int=_parse_number)


def parse_event(text: str) -> Event:
    """Read an event from its JSON text; see :func:`read_event`."""
    try:
        return read_event(parse_json(text))
    except ValueError as error:
        raise ProtocolError(f"The server's event is not JSON: {error}.") from error


def read_event(wire: Mapping[str, Any]) -> Event:
    """Read an event, and check it against its own hash.

    Raises:
        ProtocolError: When it is no event, of a later version, or does not match its hash.
    """
    try:
        stored = {name: value for name, value in wire.items() if name != "hash"}
        event = decode_event(canonical_bytes(stored))
        claimed = wire["hash"]
    except UnknownEventVersionError as error:
        raise ProtocolError(f"{error}: upgrade svend.") from error
    except (KeyError, TypeError, AttributeError, SvendError) as error:
        raise ProtocolError(f"The server's event cannot be read: {error!r}.") from error
    if event.hash != claimed:
        raise ProtocolError(f"Event {event.seq} does not match its hash: it was changed.")
    return event


def _parse_number(text: str) -> int | float:
    # A longer text than any integer that a log may hold; int() on it would be slow.
    if len(text) > len(str(MAX_EXACT_INTEGER)) + 1:
        return float(text)
    number = int(text)
    return number if abs(number) <= MAX_EXACT_INTEGER else float(number)
