"""Calls of tools that the server reads itself, and hands over in pieces beside the text.

They are written into the sample's text in the notation that everything behind here reads, so that
a search need not know which way a call came.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.answers.call import read_native_calls, render_call
from engine.answers.call_fault import MalformedCall
from engine.answers.call_notation import FENCE


@dataclass(slots=True)
class CallPieces:
    """One call while it grows.

    Attributes:
        name: The tool's name, as far as it came.
        arguments: Its arguments as JSON, in the pieces that came.
    """

    name: str = ""
    arguments: list[str] = field(default_factory=list[str])


class CallsFold:
    """The calls of one sample."""

    def __init__(self) -> None:
        """Begin before the first piece."""
        self._calls: dict[int, CallPieces] = {}

    def take(self, deltas: Sequence[Any]) -> None:
        """Take the ``tool_calls`` of one event.

        Raises:
            AttributeError, KeyError, TypeError, ValueError: When they are none of this API.
        """
        for delta in deltas:
            call = self._calls.setdefault(int(delta.get("index") or 0), CallPieces())
            function: Any = delta.get("function") or {}
            call.name += _text(function.get("name"))
            call.arguments.append(_text(function.get("arguments")))

    def render(self) -> str:
        """Return the calls as blocks of text; empty while there is none."""
        return "\n".join(_render(self._calls[index]) for index in sorted(self._calls))


def _render(call: CallPieces) -> str:
    arguments = "".join(call.arguments).strip() or "{}"
    (read,) = read_native_calls([{"function": {"name": call.name, "arguments": arguments}}])
    if not isinstance(read, MalformedCall):
        return render_call(read)
    # What the server passed on unread is passed on as it is: whoever reads it says what is wrong.
    written = f'{{"name": {json.dumps(call.name)}, "arguments": {arguments}}}'
    return f"{FENCE}tool\n{written}\n{FENCE}"


def _text(piece: Any) -> str:
    if piece is None:
        return ""
    if not isinstance(piece, str):
        raise TypeError(f"a piece of a call that is {type(piece).__name__}")
    return piece
