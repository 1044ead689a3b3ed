"""The tests' end of `remote.py`."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

CODE_ROOT = Path(__file__).parents[3]
REMOTE = Path(__file__).with_name("remote.py")

# A run is stopped for its wall time only where a case asks for it: the machine may be busy.
PATIENT = {"cpu_s": 20, "wall_s": 120.0}


class RemoteSandbox:
    """A sandbox in another process.

    Args:
        user: ``nobody``, or ``self`` for the user of the tests.
        settings: Those that differ from the default.
    """

    def __init__(self, user: str, settings: Mapping[str, Any] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(REMOTE), user, str(CODE_ROOT), json.dumps(dict(settings or {}))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": ""},
        )
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
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return SimpleNamespace(**self._hear())

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self.close()

    def _hear(self) -> dict[str, Any]:
        line = self._process.stdout.readline()
        if not line:
            raise EOFError(f"the sandbox's process ended with {self._process.wait()}")
        return json.loads(line)
