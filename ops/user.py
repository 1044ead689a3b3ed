"""The user that PostgreSQL runs as, since it refuses to be root."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from ops.errors import UnreachableFolderError
from ops.launch import CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH

SUBSTITUTE_USER = "nobody"
ROOT_UID = 0
STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerUser:
    """Who a server runs as.

    Attributes:
        uid: Its user, or None for the user that runs this process.
        gid: Its group, or None likewise.
        capability: What it keeps of root's powers in order to reach its folder, or None.
    """

    uid: int | None = None
    gid: int | None = None
    capability: int | None = None

    def own(self, folder: Path) -> None:
        """Gives a folder and what lies in it to this user."""
        if self.uid is None or self.gid is None:
            return
        os.chown(folder, self.uid, self.gid)
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(parent) / name, self.uid, self.gid, follow_symlinks=False)


def choose_user(*reached: Path) -> ServerUser:
    """Chooses the user of a server that must reach these paths.

    Run by root, the server gets the existing user `nobody`. Where a parent of a path is closed to
    that user (root's own home is a common case), the server keeps the power to look through
    closed folders, and no other; nothing outside the data folder is opened up for it.

    Args:
        reached: Existing files and folders that the server must get at.

    Raises:
        UnreachableFolderError: A path is closed, and this root has no such power to hand on.
    """
    if os.geteuid() != ROOT_UID:
        return ServerUser()
    entry = pwd.getpwnam(SUBSTITUTE_USER)
    closed = [path for path in reached if not is_reachable_by_others(path)]
    if not closed:
        return ServerUser(uid=entry.pw_uid, gid=entry.pw_gid)
    held = _effective_capabilities()
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if held >> capability & 1:
            return ServerUser(uid=entry.pw_uid, gid=entry.pw_gid, capability=capability)
    raise UnreachableFolderError(closed[0], SUBSTITUTE_USER)


def is_reachable_by_others(path: Path) -> bool:
    """Says whether everybody may pass through all folders above a path."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def _effective_capabilities() -> int:
    for line in STATUS.read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "CapEff":
            return int(value, 16)
    return 0
