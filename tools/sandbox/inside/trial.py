"""Tries a step in a process made for it, so that a refusal leaves nothing half done."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_MAX_REPORT = 65_536


def run_apart(step: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    """Run ``step`` in a fork and return what it returned.

    An ``OSError`` becomes ``{"error": text}``: a refusal of the kernel is what is being asked
    about.
    """
    readable, writable = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(readable)
            os.write(writable, json.dumps(_attempt(step)).encode())
        finally:
            os._exit(0)
    os.close(writable)
    with os.fdopen(readable, "rb") as file:
        report = file.read(_MAX_REPORT)
    os.waitpid(pid, 0)
    return json.loads(report) if report else {"error": "the trial ended without a word"}


def look_outside(canaries: Mapping[str, Any]) -> Mapping[str, Any]:
    """Try what only namespaces and the private root prevent, before any other layer is on.

    Args:
        canaries: ``port`` of a TCP listener on the loopback, ``socket`` a name of an abstract
            one, ``path`` of a readable file, ``pid`` of a process: all outside.

    Returns:
        For each, whether it could be reached; ``readable``: whether the file could be opened.
    """
    return {
        "port": _reaches(lambda: _connect(socket.AF_INET, ("127.0.0.1", canaries["port"]))),
        "socket": _reaches(lambda: _connect(socket.AF_UNIX, "\0" + canaries["socket"])),
        "path": _reaches(lambda: Path(canaries["path"]).stat()),
        "readable": _reads(canaries["path"]),
        "pid": _reaches(lambda: os.kill(canaries["pid"], 0)),
    }


def _attempt(step: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    try:
        return step()
    except OSError as error:
        return {"error": str(error)}


def _connect(family: int, address: Any) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(1)
        client.connect(address)


def _reads(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def _reaches(step: Callable[[], object]) -> bool:
    try:
        step()
    # No such process, port, file: not there is what a namespace makes of it. A process that may
    # not be signalled is there.
    except PermissionError:
        return True
    except OSError:
        return False
    return True
