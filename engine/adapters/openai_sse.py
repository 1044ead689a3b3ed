"""Splits the bytes of an event stream into the payloads of its events.

A server that sends one event a token and sample sends thousands a second, so this is the hot path
of a worker: it works on bytes, line by line, and copies nothing that it does not have to.
"""

from __future__ import annotations

from engine.domain.errors import ModelUnavailableError

MAX_LINE_BYTES = 4 * 1024 * 1024
DATA_FIELD = b"data:"


class SseSplitter:
    """Turns blocks of bytes, cut anywhere, into the data of whole events.

    Lines end with LF or CRLF. Comments and other fields than ``data`` are passed over. An event
    that the stream's end cuts short is never handed out, as the format demands.
    """

    def __init__(self, *, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._max_line_bytes = max_line_bytes
        self._rest = b""
        self._data: list[bytes] = []

    def feed(self, block: bytes) -> list[bytes]:
        """Return the payloads of the events that this block completes, in order.

        Raises:
            ModelUnavailableError: When a line outgrows every sensible event.
        """
        lines = (self._rest + block).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > self._max_line_bytes:
            raise ModelUnavailableError(
                f"the stream holds a line of more than {self._max_line_bytes} bytes"
            )
        payloads: list[bytes] = []
        for line in lines:
            self._take(line.removesuffix(b"\r"), payloads)
        return payloads

    def _take(self, line: bytes, payloads: list[bytes]) -> None:
        if line.startswith(DATA_FIELD):
            self._data.append(line[len(DATA_FIELD) :].removeprefix(b" "))
        elif not line and self._data:
            payloads.append(b"\n".join(self._data))
            self._data = []
