"""One message with its descriptors, on a socket that keeps messages apart (SOCK_SEQPACKET)."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_MESSAGE_BYTES = 65_536
MAX_DESCRIPTORS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What came over the socket.

    Attributes:
        body: A JSON object.
        fds: Descriptors, now the receiver's to close.
    """

    body: Mapping[str, Any]
    fds: tuple[int, ...] = ()


def send(channel: socket.socket, body: Mapping[str, object], fds: Sequence[int] = ()) -> None:
    """Send one message.

    Raises:
        OSError: When the other side is gone, or the socket is full and does not block.
    """
    data = json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    if fds:
        socket.send_fds(channel, [data], list(fds))
    else:
        channel.send(data)


def receive(channel: socket.socket) -> Message | None:
    """Take one message; ``None`` when the other side is gone.

    Raises:
        OSError: When there is none yet and the socket does not block.
        ValueError: When it is not a JSON object.
    """
    flags = socket.MSG_CMSG_CLOEXEC
    data, fds, _, _ = socket.recv_fds(channel, MAX_MESSAGE_BYTES, MAX_DESCRIPTORS, flags)
    if not data:
        close_all(fds)
        return None
    return Message(body=json.loads(data), fds=tuple(fds))


def close_all(fds: Sequence[int]) -> None:
    """Close descriptors."""
    for fd in fds:
        os.close(fd)
