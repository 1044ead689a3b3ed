"""A sandbox in a process of its own, driven over standard input: one JSON line each way.

So a test can run the whole of it, the near side too, as another user than the tests'. Started as
``python remote.py USER CODE_ROOT SETTINGS [SOCKET]``; with a socket, that is where the lines go.
"""

from __future__ import annotations

import asyncio
import base64
import ctypes
import json
import os
import socket
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

CLONE_NEWNS = 0x20000
MS_BIND_REC = 0x5000
MS_PRIVATE_REC = 0x44000
MNT_DETACH = 2
NOBODY = 65_534


def become_nobody(needed: list[str]) -> None:
    """Give up root, after opening a way to ``needed`` in a mount namespace of our own.

    The interpreter may lie in root's closed home. Each closed folder on the way is covered by an
    open one that shows what is needed and nothing else.
    """
    libc = ctypes.CDLL(None, use_errno=True)

    def call(name: str, *arguments: object) -> None:
        if getattr(libc, name)(*arguments) != 0:
            raise OSError(ctypes.get_errno(), name)

    call("unshare", CLONE_NEWNS)
    call("mount", b"none", b"/", None, MS_PRIVATE_REC, None)
    for parent, paths in closed_folders(needed).items():
        stages = [Path(tempfile.mkdtemp()) for _ in paths]
        for path, stage in zip(paths, stages, strict=True):
            call("mount", bytes(path), bytes(stage), None, MS_BIND_REC, None)
        call("mount", b"tmpfs", bytes(parent), b"tmpfs", 0, b"mode=0755")
        for path, stage in zip(paths, stages, strict=True):
            path.mkdir(parents=True)
            call("mount", bytes(stage), bytes(path), None, MS_BIND_REC, None)
            call("umount2", bytes(stage), MNT_DETACH)
            stage.rmdir()
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.chdir("/")


def closed_folders(needed: list[str]) -> dict[Path, list[Path]]:
    """Return the outermost folders that others may not pass, with what is needed below each."""
    closed: dict[Path, list[Path]] = {}
    for path in map(Path, needed):
        shut = [each for each in reversed(path.parents) if not each.stat().st_mode & 0o001]
        if shut:
            closed.setdefault(shut[0], []).append(path)
    return closed


async def serve(code_root: str, settings: dict[str, object]) -> None:
    """Answer each line until there is none."""
    sys.path.insert(0, code_root)
    from tools.sandbox.errors import SandboxUnavailableError  # noqa: PLC0415
    from tools.sandbox.program import Limits, Program  # noqa: PLC0415
    from tools.sandbox.sandbox import Sandbox  # noqa: PLC0415
    from tools.sandbox.settings import SandboxSettings  # noqa: PLC0415

    settings["launch_prefix"] = tuple(settings.get("launch_prefix", ()))
    try:
        async with Sandbox(SandboxSettings(**settings)) as sandbox:
            report = asdict(sandbox.report)
            say({"started": True, "uid": os.getuid(), "report": report})
            while line := await asyncio.to_thread(sys.stdin.readline):
                asked = json.loads(line)
                result = await sandbox.run(
                    Program(
                        source=base64.b64decode(asked["source"]),
                        stdin=asked["stdin"].encode(),
                        limits=Limits(**asked["limits"]),
                    )
                )
                say(asdict(result))
    except SandboxUnavailableError as error:
        say({"started": False, "why": str(error)})


def say(body: dict[str, object]) -> None:
    """Answer."""
    sys.stdout.write(json.dumps(body) + "\n")
    sys.stdout.flush()


def speak_through(path: str) -> None:
    """Let standard input and output be a connection to a socket of the tests'."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    for descriptor in (sys.stdin.fileno(), sys.stdout.fileno()):
        os.dup2(connection.fileno(), descriptor)
    connection.close()


if __name__ == "__main__":
    if len(sys.argv) > 4:
        speak_through(sys.argv[4])
    if sys.argv[1] == "nobody":
        become_nobody([sys.base_prefix, sys.prefix, sys.argv[2]])
    asyncio.run(serve(sys.argv[2], json.loads(sys.argv[3])))
