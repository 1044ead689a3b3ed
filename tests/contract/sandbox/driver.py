"""The tests' end of `remote.py`."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.contract.sandbox.unit import CODE_ROOT, MEETING, Unit

REMOTE = Path(__file__).with_name("remote.py")

# A run is stopped for its wall time only where a case asks for it: the machine may be busy.
PATIENT = {"cpu_s": 20, "wall_s": 120.0}
BOOT_S = 120.0
SOCKET = "socket"


class RemoteSandbox:
    """A sandbox in another process.

    Args:
        user: ``nobody``, or ``self`` for the user of the tests.
        settings: Those that differ from the default.
    """

    def __init__(self, user: str, settings: Mapping[str, Any] | None = None) -> None:
        self._process = subprocess.Popen(
            command_of(user, settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": ""},
        )
        self._writer, self._reader = self._process.stdin, self._process.stdout
        self.hello = self._hear()

    @property
    def pid(self) -> int:
        """Of the process that the sandbox lives in."""
        return self._process.pid

    def run(
        self, source: str | bytes, *, stdin: str = "", limits: Mapping[str, float] | None = None
    ) -> SimpleNamespace:
        """Run one program; return its result's fields."""
        data = source if isinstance(source, bytes) else source.encode()
        asked = {
            "source": base64.b64encode(data).decode(),
            "stdin": stdin,
            "limits": {**PATIENT, **(limits or {})},
        }
        self._writer.write(json.dumps(asked) + "\n")
        self._writer.flush()
        return SimpleNamespace(**self._hear())

    def close(self) -> None:
        """End it."""
        self._writer.close()
        self._process.wait()
        self._reader.close()

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self.close()

    def _hear(self) -> dict[str, Any]:
        line = self._reader.readline()
        if not line:
            raise EOFError(f"the sandbox's process ended: {self._last_words()}")
        return json.loads(line)

    def _last_words(self) -> str:
        return f"exit code {self._process.wait()}"


class UnitSandbox(RemoteSandbox):
    """A sandbox in a process that systemd runs as the shipped unit says.

    Args:
        settings: Those that differ from the default.
    """

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        with socket.create_server(str(folder / SOCKET), family=socket.AF_UNIX) as server:
            (folder / SOCKET).chmod(0o666)
            server.settimeout(BOOT_S)
            command = command_of("self", settings)
            self._unit = Unit([*command, str(MEETING / SOCKET)], folder)
            try:
                connection, _ = server.accept()
            except TimeoutError as error:
                raise EOFError(f"the unit did not start: {self._last_words()}") from error
        self._writer, self._reader = connection.makefile("w"), connection.makefile("r")
        connection.close()
        self.hello = self._hear()

    def close(self) -> None:
        """End it, and the systemd that runs it."""
        self._writer.close()
        self._reader.close()
        self._unit.close()
        self._folder.cleanup()

    def _last_words(self) -> str:
        return self._unit.last_words


def command_of(user: str, settings: Mapping[str, Any] | None) -> list[str]:
    """Return how a sandbox is started in a process of its own."""
    wanted = json.dumps(dict(settings or {}))
    return [sys.executable, str(REMOTE), user, str(CODE_ROOT), wanted]
