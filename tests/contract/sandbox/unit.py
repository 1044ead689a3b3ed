"""Runs a command as the shipped systemd unit would, under a systemd of the test's own.

A second systemd is started as the first process of namespaces of its own, with a part of the
control groups, so the machine's own, if it has one, sees nothing of it. That needs root. Of the
shipped unit only what names this installation is replaced: the command, the user, and where the
code lies.
"""

from __future__ import annotations

import os
import select
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CODE_ROOT = Path(__file__).parents[3]
SHIPPED = CODE_ROOT / "ops" / "systemd" / "svend.service"
SYSTEMD = Path("/lib/systemd/systemd")
# Where the folder of the test is seen from inside.
MEETING = Path("/run/svend-test")

_KINDS = ("--pid", "--mount", "--ipc", "--uts", "--cgroup")
# Where the tests are killed, all of it dies with them: the kernel kills `unshare`, which kills its
# child.
_NAMESPACES = ("setpriv", "--pdeathsig", "KILL", "unshare", "--fork", "--kill-child", *_KINDS)
_BOOT = """
set -eu
mount --make-rprivate /
mount -t proc proc /proc
umount -l /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs tmpfs /var/lib
mount --bind "$1" /mnt
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir -p /run/systemd/system/svend.service.d {meeting}
mount --move /mnt {meeting}
cp {meeting}/svend.service {meeting}/svend-test.target /run/systemd/system/
cp {meeting}/test.conf /run/systemd/system/svend.service.d/
export container=svend-test
exec {systemd} --system --unit=svend-test.target --log-target=console --show-status=no
"""
_TARGET = """
[Unit]
DefaultDependencies=no
Wants=svend.service
"""
# Homes and temporary folders are closed to the unit, and the code of a test may lie there.
_DROP_IN = """
[Unit]
DefaultDependencies=no
Wants=
[Service]
User=nobody
Group=
Group=nogroup
ProtectHome=tmpfs
BindReadOnlyPaths={code}
BindPaths={meeting}
ExecStart=
ExecStart={command}
Restart=no
StandardError=file:{meeting}/log
"""


def find_cgroup_mount() -> Path | None:
    """Where cgroup v2 is mounted."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return next((Path(mount[1]) for mount in mounts if mount[2] == "cgroup2"), None)


def can_boot() -> bool:
    """Whether this machine lets a systemd be started beside its own: a container may not."""
    is_installed = SYSTEMD.exists() and all(map(shutil.which, ("setpriv", "unshare")))
    mount = find_cgroup_mount()
    if os.geteuid() != 0 or not is_installed or mount is None:
        return False
    tried = [*_NAMESPACES, "mount", "-t", "cgroup2", "cgroup2", "/mnt"]
    made = subprocess.run(tried, check=False, capture_output=True)
    return made.returncode == 0 and os.access(mount, os.W_OK)


class Unit:
    """A systemd with one unit in it, while the test wants it.

    Args:
        command: What the unit runs.
        folder: Files of the test's own, seen by the unit below ``MEETING``; others are added.
    """

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._folder = folder
        self._group = (find_cgroup_mount() or Path()) / f"svend-test-{os.getpid()}-{id(self)}"
        self._write(command)
        self._group.mkdir()
        boot = _BOOT.format(meeting=MEETING, systemd=SYSTEMD)
        # The shell enters the group before the namespaces are made, so that it is their root.
        enter = f'echo $$ > {shlex.quote(str(self._group))}/cgroup.procs && exec "$@"'
        inner = [*_NAMESPACES, "sh", "-c", boot, "boot", str(folder)]
        with (folder / "boot.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", enter, "enter", *inner],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def last_words(self) -> str:
        """What systemd and the command said."""
        logs = [self._folder / "boot.log", self._folder / "log"]
        return "\n".join(log.read_text() for log in logs if log.exists())

    def close(self) -> None:
        """End all of it."""
        (self._group / "cgroup.kill").write_text("1")
        self._process.wait()
        with (self._group / "cgroup.events").open() as events:
            watched = select.poll()
            watched.register(events, select.POLLPRI)
            while "populated 1" in events.read():
                watched.poll()
                events.seek(0)
        for folder, _, _ in os.walk(self._group, topdown=False):
            Path(folder).rmdir()

    def _write(self, command: Sequence[str]) -> None:
        code = " ".join(sorted({sys.base_prefix, sys.prefix, str(CODE_ROOT)}))
        drop_in = _DROP_IN.format(code=code, meeting=MEETING, command=shlex.join(command))
        self._folder.chmod(0o755)
        (self._folder / "svend.service").write_text(SHIPPED.read_text())
        (self._folder / "svend-test.target").write_text(_TARGET)
        (self._folder / "test.conf").write_text(drop_in)
