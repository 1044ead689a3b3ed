"""Folders for unix sockets: private, and short enough for the kernel."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

# sun_path in linux/un.h holds 108 bytes, the closing zero included. PostgreSQL keeps a lock file
# beside its socket, but that is an ordinary file.
MAX_SOCKET_PATH_BYTES = 107
LONGEST_NAME = "postgres/.s.PGSQL.5432"
POINTER_NAME = "socket-folder"
PARENT_MODE = 0o711
PRIVATE_MODE = 0o700


def prepare_socket_folder(run_folder: Path, environ: Mapping[str, str]) -> Path:
    """Returns the folder that holds the servers' own socket folders, made if it is not there.

    It lies in the data folder, unless that path is too long for a socket. Then it is a new folder
    below XDG_RUNTIME_DIR or /tmp, whose name is remembered in the data folder.

    Args:
        run_folder: The stack's folder for what lives only while it runs.
        environ: The environment, for XDG_RUNTIME_DIR.
    """
    direct = run_folder / "s"
    if is_short_enough(direct):
        direct.mkdir(parents=True, exist_ok=True)
        direct.chmod(PARENT_MODE)
        return direct
    pointer = run_folder / POINTER_NAME
    remembered = _read_pointer(pointer)
    if remembered is not None:
        return remembered
    made = Path(tempfile.mkdtemp(prefix="svend-", dir=_short_parent(environ)))
    made.chmod(PARENT_MODE)
    run_folder.mkdir(parents=True, exist_ok=True)
    pointer.write_text(f"{made}\n")
    return made


def private_folder(parent: Path, name: str) -> Path:
    """Returns a folder that only its owner may enter, made if it is not there."""
    folder = parent / name
    folder.mkdir(mode=PRIVATE_MODE, parents=True, exist_ok=True)
    folder.chmod(PRIVATE_MODE)
    return folder


def is_short_enough(folder: Path) -> bool:
    """Says whether every socket below the folder gets a path that the kernel takes."""
    return len(os.fsencode(folder / LONGEST_NAME)) <= MAX_SOCKET_PATH_BYTES


def _short_parent(environ: Mapping[str, str]) -> Path:
    runtime = environ.get("XDG_RUNTIME_DIR")
    # A folder of mkdtemp below it adds 15 characters.
    if runtime and Path(runtime).is_dir() and is_short_enough(Path(runtime) / "svend-12345678"):
        return Path(runtime)
    return Path("/tmp")  # noqa: S108 - mkdtemp makes a folder of our own in it


def _read_pointer(pointer: Path) -> Path | None:
    """Returns the remembered folder if it is still there and still ours.

    Anybody may have made a folder of that name in /tmp since a reboot emptied it, so its owner is
    looked at, and a link is not followed.
    """
    try:
        folder = Path(pointer.read_text().strip())
        found = folder.lstat()
    except OSError:
        return None
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    return folder if is_ours and not found.st_mode & 0o022 else None
