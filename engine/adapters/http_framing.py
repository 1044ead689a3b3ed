"""Reads the framing of an HTTP/1.1 response: its head, and where its body ends (RFC 9112)."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

MAX_CHUNK_LINE_BYTES = 4096
EMPTY_STATUSES = frozenset({204, 304})


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a response.

    Attributes:
        status: Its status.
        headers: Names and values, in order.
        is_kept: Whether the connection may be used again after the body.
    """

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    is_kept: bool

    def find(self, name: bytes) -> bytes | None:
        """Return a header's value in lower case, or ``None``."""
        return next((value.lower() for key, value in self.headers if key.lower() == name), None)

    def to_body(self) -> ChunkedBody | SizedBody | EndlessBody:
        """Return the reader of the body that follows.

        Raises:
            httpx.RemoteProtocolError: When the head contradicts itself.
        """
        if self.status in EMPTY_STATUSES:
            return SizedBody(0)
        coding = self.find(b"transfer-encoding")
        if coding is not None:
            if coding != b"chunked":
                raise httpx.RemoteProtocolError(f"an unknown transfer encoding {coding!r}")
            return ChunkedBody()
        size = self.find(b"content-length")
        return EndlessBody() if size is None else SizedBody(_parse_size(size, base=10))


class SizedBody:
    """A body of a length told in advance."""

    def __init__(self, n_bytes: int) -> None:
        self._n_left = n_bytes

    @property
    def is_done(self) -> bool:
        """Whether the body is whole."""
        return self._n_left == 0

    def feed(self, block: bytes) -> bytes:
        """Return what of the block is the body's."""
        content = block[: self._n_left]
        self._n_left -= len(content)
        return content


class EndlessBody:
    """A body that ends with its connection."""

    is_done = False

    def feed(self, block: bytes) -> bytes:
        """Return the block."""
        return block


class ChunkedBody:
    """A body in chunks, each with its size before it; cut anywhere.

    All chunks of a block are handed out as one, which is what makes a stream of thousands of tiny
    chunks cheap.
    """

    def __init__(self) -> None:
        self.is_done = False
        self._rest = b""
        # Bytes of the current chunk that are still to come, the line's end behind it included.
        self._n_left = 0
        self._is_trailing = False

    def feed(self, block: bytes) -> bytes:
        """Return the content that the block holds.

        Raises:
            httpx.RemoteProtocolError: When it is not chunked.
        """
        data = self._rest + block
        at, parts = 0, list[bytes]()
        while at < len(data) and not self.is_done:
            if self._n_left:
                taken = data[at : at + self._n_left]
                # The last two bytes of a chunk are its line's end.
                parts.append(taken[: max(0, min(len(taken), self._n_left - 2))])
                at += len(taken)
                self._n_left -= len(taken)
                continue
            end = data.find(b"\r\n", at)
            if end < 0:
                break
            self._take_line(data[at:end])
            at = end + 2
        self._rest = data[at:]
        if not self._n_left and len(self._rest) > MAX_CHUNK_LINE_BYTES:
            raise httpx.RemoteProtocolError("a chunk's size is longer than any size")
        return b"".join(parts)

    def _take_line(self, line: bytes) -> None:
        if self._is_trailing:
            # Trailers are passed over; an empty line ends them and the body.
            self.is_done = not line
            return
        size = _parse_size(line.partition(b";")[0].strip(), base=16)
        self._is_trailing = size == 0
        self._n_left = size + 2 if size else 0


def parse_head(raw: bytes) -> Head:
    """Read a response's head, the empty line at its end included.

    Raises:
        httpx.RemoteProtocolError: When it is none.
    """
    first, *lines = raw.removesuffix(b"\r\n\r\n").split(b"\r\n")
    version, _, rest = first.partition(b" ")
    status = rest[:3]
    if version not in {b"HTTP/1.1", b"HTTP/1.0"} or not (len(status) == 3 and status.isdigit()):  # noqa: PLR2004
        raise httpx.RemoteProtocolError(f"no HTTP/1.1 response: {first[:100]!r}")
    headers: list[tuple[bytes, bytes]] = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not name or name != name.strip():
            raise httpx.RemoteProtocolError(f"no header: {line[:100]!r}")
        headers.append((name, value.strip()))
    head = Head(status=int(status), headers=tuple(headers), is_kept=True)
    closes = version == b"HTTP/1.0" or head.find(b"connection") == b"close"
    return Head(status=head.status, headers=head.headers, is_kept=not closes)


def _parse_size(text: bytes, *, base: int) -> int:
    digits = b"0123456789abcdefABCDEF"[: base if base == 10 else None]  # noqa: PLR2004
    if not text or len(text) > 16 or text.strip(digits):  # noqa: PLR2004
        raise httpx.RemoteProtocolError(f"no size: {text[:100]!r}")
    return int(text, base)
