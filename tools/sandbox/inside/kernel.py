"""Calls into the kernel that the standard library lacks."""

from __future__ import annotations

import ctypes
import os

from tools.sandbox.inside.syscalls import SETUP

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4
PR_SET_NAME = 15
PR_GET_NAME = 16
PR_GET_SECCOMP = 21
PR_SET_NO_NEW_PRIVS = 38
PR_GET_NO_NEW_PRIVS = 39
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

_CAP_VERSION_3 = 0x20080522
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_ATTR_RDONLY_NOSUID_NODEV = 0x7

_libc = ctypes.CDLL(None, use_errno=True)


def call(name: str, *arguments: object) -> int:
    """Make a system call of the table ``SETUP`` by number.

    Raises:
        OSError: As the kernel answered.
    """
    return _checked(_libc.syscall(ctypes.c_long(SETUP[name]), *arguments), name)


def unshare(flags: int) -> None:
    """Leave namespaces of this process for new ones."""
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def setns(fd: int, kind: int) -> None:
    """Enter (or, for pid, make later children enter) the namespace behind ``fd``."""
    _checked(_libc.setns(ctypes.c_int(fd), ctypes.c_int(kind)), "setns")


def prctl(option: int, argument: int = 0, *, missing_ok: bool = False) -> int:
    """Set or ask a property of this process."""
    zero = ctypes.c_ulong(0)
    done = _libc.prctl(ctypes.c_int(option), ctypes.c_ulong(argument), zero, zero, zero)
    return done if missing_ok else _checked(done, "prctl")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Make a mount, bind a folder or change what is mounted, see the manual of the call."""
    done = _libc.mount(
        source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()
    )
    _checked(done, f"mount {kind or source}")


def detach(target: str) -> None:
    """Unmount lazily."""
    _checked(_libc.umount2(target.encode(), ctypes.c_int(MNT_DETACH)), "umount")


def make_read_only(target: str) -> None:
    """Make a mount and all below it read-only, without set-uid programs and without devices."""
    attributes = (ctypes.c_uint64 * 4)(_ATTR_RDONLY_NOSUID_NODEV, 0, 0, 0)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    folder = ctypes.c_int(_AT_FDCWD)
    flags = ctypes.c_uint(_AT_RECURSIVE)
    call("mount_setattr", folder, target.encode(), flags, ctypes.byref(attributes), size)


def drop_capabilities() -> None:
    """Give up every capability, also those that an exec would raise again."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, missing_ok=True)
    header = (ctypes.c_uint32 * 2)(_CAP_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    call("capset", ctypes.byref(header), ctypes.byref(nothing))


def _checked(done: int, what: str) -> int:
    if done < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return done
