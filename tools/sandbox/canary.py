"""Things outside the wall that a probe tries to reach."""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Canaries:
    """A listener on the loopback, an abstract socket, a readable file, and this process.

    All are real: a probe that cannot reach them has met the wall and not an empty place.
    """

    def __init__(self) -> None:
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._name = f"svend-canary-{secrets.token_hex(8)}"
        self._unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._unix.bind("\0" + self._name)
        self._unix.listen()
        self._folder = tempfile.TemporaryDirectory(prefix="svend-canary-")
        Path(self._folder.name).chmod(0o755)
        self.path = Path(self._folder.name) / "canary"
        self.path.write_text("outside the wall\n")
        self.path.chmod(0o644)

    @property
    def addresses(self) -> Mapping[str, Any]:
        """Where they are, as a probe is told."""
        return {
            "port": self._tcp.getsockname()[1],
            "socket": self._name,
            "path": str(self.path),
            "pid": os.getpid(),
        }

    def close(self) -> None:
        """Remove them."""
        self._tcp.close()
        self._unix.close()
        self._folder.cleanup()
