"""Namespaces and the private root, made once for the zygote.

As root the mounts are made first, with a root's rights to reach an interpreter that lies in a
private home, and only then is root given up; anybody else makes the user namespace first and
mounts inside it. Both end in the same place.
"""

from __future__ import annotations

import errno
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from tools.sandbox.inside import kernel
from tools.sandbox.inside.layout import CANARY, DEVICES, PACKAGES, SCRATCH, Layout

INSIDE_ID = 1000
HOSTNAME = "sandbox"
WARM_SCRATCH_BYTES = 16 << 20

_PLACES = ("/sys", "/mnt", "/media")
_OTHER_NAMESPACES = (
    kernel.CLONE_NEWUSER
    | kernel.CLONE_NEWNS
    | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWCGROUP
    | kernel.CLONE_NEWPID
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the zygote is to be.

    Attributes:
        uid: The user, and group, that it becomes when it starts as root.
        mounts_first: Whether it mounts as root, before it gives root up.
    """

    uid: int
    mounts_first: bool


def become(uid: int) -> None:
    """Give up root for good; nothing to do for anybody else.

    Raises:
        OSError: When this process may not change its user.
    """
    if os.geteuid() != 0:
        return
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    # A change of user makes the kernel hide /proc/self from the process itself, and the user
    # namespace is set up by writing there.
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)


def isolate(layout: Layout, identity: Identity, proc: int) -> None:
    """Enter namespaces of our own with nothing but ``layout`` in the file system.

    Args:
        layout: What is shown.
        identity: Who to become.
        proc: A descriptor of /proc, opened before: it cannot be reached afterwards.

    Raises:
        OSError: From the first step that the kernel refused; its text names the step.
    """
    if identity.mounts_first:
        _leave(kernel.CLONE_NEWNS, proc)
        _enter_private_root(layout)
    become(identity.uid)
    outer = (os.getuid(), os.getgid())
    _leave(_OTHER_NAMESPACES, proc)
    _map_ids(proc, *outer)
    if not identity.mounts_first:
        _enter_private_root(layout)
    kernel.mount("tmpfs", SCRATCH, "tmpfs", _CLOSED, f"mode=0700,size={WARM_SCRATCH_BYTES}")
    socket.sethostname(HOSTNAME)


def mount_scratch(max_bytes: int, n_inodes: int) -> None:
    """Leave the mount namespace for one with an empty scratch."""
    kernel.unshare(kernel.CLONE_NEWNS)
    options = f"mode=0700,size={max_bytes},nr_inodes={n_inodes}"
    kernel.mount("tmpfs", SCRATCH, "tmpfs", _CLOSED, options)


_CLOSED = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC


def _leave(flags: int, proc: int) -> None:
    """Leave namespaces, and make sure of it: what follows would change the machine's own."""
    before = os.stat("self/ns/mnt", dir_fd=proc).st_ino
    kernel.unshare(flags)
    if os.stat("self/ns/mnt", dir_fd=proc).st_ino == before:
        raise OSError(errno.EPERM, "unshare: the mount namespace is still the machine's")


def _map_ids(proc: int, uid: int, gid: int) -> None:
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{INSIDE_ID} {uid} 1"),
        ("gid_map", f"{INSIDE_ID} {gid} 1"),
    ):
        fd = os.open(f"self/{name}", os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
        try:
            os.write(fd, line.encode())
        finally:
            os.close(fd)


def _enter_private_root(layout: Layout) -> None:
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    sources = [bind.source for bind in layout.binds]
    root = next(
        place
        for place in _PLACES
        if Path(place).is_dir() and not any(source.startswith(place) for source in sources)
    )
    kernel.mount("tmpfs", root, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=0755,size=8m")
    _fill(layout, root)
    os.chdir(root)
    kernel.call("pivot_root", b".", b".")
    # Old and new root are stacked in one place now, the old one on top.
    kernel.detach(".")
    os.chdir("/")
    flags = kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY
    kernel.mount("none", "/", "", flags | kernel.MS_NOSUID | kernel.MS_NODEV)


def _fill(layout: Layout, root: str) -> None:
    Path(root + PACKAGES).mkdir(mode=0o755)
    Path(root + SCRATCH).mkdir(mode=0o755)
    for bind in layout.binds:
        _show(bind.source, root + bind.target)
        kernel.make_read_only(root + bind.target)
    for device in DEVICES:
        _show(device, root + device)
    for path in layout.hidden:
        kernel.mount("tmpfs", root + path, "tmpfs", _CLOSED | kernel.MS_RDONLY, "size=4k")
    for distribution in layout.distributions:
        folder = f"{root}{PACKAGES}/{distribution.name}-{distribution.version}.dist-info"
        Path(folder).mkdir(mode=0o755)
        text = f"Metadata-Version: 2.1\nName: {distribution.name}\nVersion: {distribution.version}"
        _write(f"{folder}/METADATA", text + "\n")
    _write(root + CANARY, "Readable by its mode; Landlock alone keeps a program from it.\n")


def _show(source: str, target: str) -> None:
    if Path(source).is_dir():
        Path(target).mkdir(mode=0o755, parents=True, exist_ok=True)
    else:
        Path(target).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        _write(target, "")
    kernel.mount(source, target, "", kernel.MS_BIND | kernel.MS_REC)


def _write(path: str, text: str) -> None:
    Path(path).write_text(text, encoding="utf-8")
    Path(path).chmod(0o644)
