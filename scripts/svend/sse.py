"""Server-sent events: a pure, incremental parser of the `text/event-stream` format.

The rules are those of the HTML standard, section "Server-sent events": lines end in LF, CR or
CRLF, a line that begins with a colon is a comment, an empty line ends an event.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from scripts.svend.errors import ProtocolError

MAX_EVENT_CHARS = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerEvent:
    """One event of a stream.

    Attributes:
        event_id: The last id that the stream gave, or ``None`` before the first.
        name: The event's type; ``message`` where none was given.
        data: Its data lines, joined by line feeds.
    """

    event_id: str | None
    name: str
    data: str


class SseParser:
    """Turns the bytes of one connection into events, however they were cut into pieces."""

    def __init__(self) -> None:
        """Begin at the start of a stream."""
        self._decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode
        self._line: list[str] = []
        self._n_chars = 0
        self._after_cr = False
        self._event_id: str | None = None
        self._name = ""
        self._data: list[str] = []

    def feed(self, piece: bytes) -> list[ServerEvent]:
        """Take the next bytes and return the events that they complete.

        Raises:
            ProtocolError: For an event of more than 16 Mi characters.
        """
        events: list[ServerEvent] = []
        for line in self._split(self._decode(piece)):
            event = self._take(line)
            if event is not None:
                events.append(event)
        return events

    def _split(self, text: str) -> list[str]:
        """Return the lines that end within the text; keep the rest for the next piece."""
        # A CR ends a line at once; the LF that may follow in the next piece belongs to it.
        if self._after_cr and text.startswith("\n"):
            text = text[1:]
            self._after_cr = False
        if not text:
            return []
        self._after_cr = text.endswith("\r")
        first, *rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._keep(first)
        lines: list[str] = []
        for part in rest:
            lines.append("".join(self._line))
            self._line.clear()
            self._keep(part)
        return lines

    def _keep(self, part: str) -> None:
        self._line.append(part)
        self._n_chars += len(part)
        if self._n_chars > MAX_EVENT_CHARS:
            raise ProtocolError("The event stream holds an event that is too long to be Svend's.")

    def _take(self, line: str) -> ServerEvent | None:
        if not line:
            return self._end_event()
        name, colon, value = line.partition(":")
        value = value.removeprefix(" ") if colon else ""
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._name = value
        elif name == "id" and "\0" not in value:
            self._event_id = value
        return None

    def _end_event(self) -> ServerEvent | None:
        data, name = self._data, self._name or "message"
        self._data, self._name, self._n_chars = [], "", 0
        if not data:
            return None
        return ServerEvent(event_id=self._event_id, name=name, data="\n".join(data))
