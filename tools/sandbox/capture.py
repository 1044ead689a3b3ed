"""Collects what a run writes, without waiting and never more than its limits."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from tools.sandbox.program import Limits

_CHUNK = 65_536


@dataclass(slots=True, kw_only=True)
class _Stream:
    fd: int
    kind: str
    data: bytearray = field(default_factory=bytearray)
    is_open: bool = True


class Capture:
    """The near ends of a run's three pipes.

    Args:
        limits: How much is kept.
        on_overflow: Called once, with ``output`` or ``result``, when one is exceeded.
        on_end: Called once nobody can write to any of them, unless one was exceeded.
    """

    def __init__(
        self, limits: Limits, on_overflow: Callable[[str], None], on_end: Callable[[], None]
    ) -> None:
        self._caps = {"output": limits.output_bytes, "result": limits.result_bytes}
        self._on_overflow = on_overflow
        self._on_end = on_end
        self._is_exceeded = False
        self._loop = asyncio.get_running_loop()
        self._streams: list[_Stream] = []
        self.is_truncated = False

    def open(self, kind: str) -> int:
        """Make a pipe and start reading it; return its far end, the caller's to close."""
        readable, writable = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(readable, False)
        stream = _Stream(fd=readable, kind=kind)
        self._streams.append(stream)
        self._loop.add_reader(readable, self._read, stream)
        return writable

    def contents(self, kind: str) -> bytes:
        """Return what came so far over the pipes of one kind."""
        return b"".join(stream.data for stream in self._streams if stream.kind == kind)

    def drain(self) -> list[bytes]:
        """Read what is left once nobody writes any more; return each stream, in order."""
        for stream in self._streams:
            while stream.is_open and self._read(stream):
                pass
        return [bytes(stream.data) for stream in self._streams]

    def close(self) -> None:
        """Stop reading."""
        for stream in self._streams:
            self._close(stream)

    def _read(self, stream: _Stream) -> bool:
        """Take one piece; return whether there may be more."""
        try:
            piece = os.read(stream.fd, _CHUNK)
        except BlockingIOError:
            return False
        if not piece:
            self._close(stream)
            if not self._is_exceeded and not any(each.is_open for each in self._streams):
                self._on_end()
            return False
        self._keep(stream, piece)
        return True

    def _keep(self, stream: _Stream, piece: bytes) -> None:
        used = sum(len(other.data) for other in self._streams if other.kind == stream.kind)
        room = self._caps[stream.kind] - used
        stream.data += piece[:room]
        if len(piece) > room:
            self._is_exceeded = True
            self.is_truncated = stream.kind == "output"
            for other in self._streams:
                if other.kind == stream.kind:
                    self._close(other)
            self._on_overflow(stream.kind)

    def _close(self, stream: _Stream) -> None:
        if stream.is_open:
            stream.is_open = False
            self._loop.remove_reader(stream.fd)
            os.close(stream.fd)
