"""Starts a zygote: a new process with a fixed environment and one socket."""

from __future__ import annotations

import socket
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import tools
from tools.sandbox.control_group import make_group
from tools.sandbox.errors import SandboxUnavailableError
from tools.sandbox.inside.warm import ENVIRONMENT
from tools.sandbox.settings import SandboxSettings
from tools.sandbox.zygote import Zygote

_CODE_ROOT = str(Path(tools.__file__).parents[1])
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from tools.sandbox.inside.main import main; main(int(sys.argv[2]))"
)
_FLAGS = ("-B", "-P", "-S", "-s")
_IN_GROUP = 512


async def start_zygote(
    settings: SandboxSettings, sites: list[str], canaries: Mapping[str, Any]
) -> Zygote:
    """Start a zygote and wait until it serves. Its layers are not proved yet.

    Args:
        settings: Of the sandbox.
        sites: Folders that the interpreter's packages are installed into.
        canaries: What it tries to reach; see ``probe.py``.

    Raises:
        SandboxUnavailableError: When it does not come up.
    """
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control.setblocking(False)  # noqa: FBT003 - the standard library's own signature
    log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the zygote
    command = [*settings.launch_prefix, str(settings.python), *_FLAGS, "-c", _BOOT, _CODE_ROOT]
    try:
        # Not in a thread: a start that is cancelled could not call it back, and it would spawn
        # with a descriptor that is somebody else's by then.
        process = _spawn([*command, str(theirs.fileno())], theirs, log)
    except OSError as error:
        control.close()
        raise SandboxUnavailableError(f"the interpreter cannot be started: {error}") from error
    finally:
        theirs.close()
    zygote = Zygote(process, control, log)
    try:
        _group(zygote, settings)
        await zygote.settle(_to_message(settings, sites, canaries), settings.start_timeout_s)
    except BaseException:
        zygote.kill()
        raise
    return zygote


def _to_message(
    settings: SandboxSettings, sites: list[str], canaries: Mapping[str, Any]
) -> Mapping[str, Any]:
    return {
        "uid": settings.uid,
        "sites": sites,
        "packages": settings.packages,
        "modules": {name: _find_file(name) for name in settings.modules},
        "canaries": canaries,
        "n_ready": settings.n_ready,
        "scratch_bytes": settings.scratch_bytes,
        "scratch_files": settings.scratch_files,
        "file_bytes": settings.file_bytes,
        "n_threads": settings.n_threads,
    }


def _find_file(module: str) -> str:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise SandboxUnavailableError(f"the sandbox is to load {module}, which has no file")
    return spec.origin


def _spawn(command: list[str], control: socket.socket, log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=log,
        env=dict(ENVIRONMENT),
        cwd="/",
        pass_fds=[control.fileno()],
        start_new_session=True,
    )


def _group(zygote: Zygote, settings: SandboxSettings) -> None:
    """Limit it as a whole where that is possible; the probe of the layer says why it is not."""
    try:
        zygote.group = make_group(
            zygote.pid, max_bytes=settings.group_bytes, n_processes=_IN_GROUP
        )
    except OSError as error:
        zygote.no_group = str(error)
