"""Landlock: which files a run may reach, decided by the kernel per process.

Every ruleset denies TCP, and from the versions that have them also abstract sockets and signals
to processes outside. A ruleset is built for each child: its descriptor is shared over a fork, so
that a rule added in one child would open the file to another.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tools.sandbox.inside import kernel

# Truncation is covered from here on (Linux 6.2); before it, a file could be emptied.
MIN_VERSION = 3

_NET_VERSION = 4
_IOCTL_VERSION = 5
_SCOPE_VERSION = 6

_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_WRITE_FILE = 1 << 1
_TRUNCATE = 1 << 14
_ALL_UP_TO_TRUNCATE = (1 << 15) - 1
_IOCTL_DEV = 1 << 15
_MAKE_DEVICES = (1 << 6) | (1 << 9) | (1 << 10) | (1 << 11)
_EXECUTE = 1 << 0
_ALL_NET = 0b11
_ALL_SCOPES = 0b11
_ASK_VERSION = 1
_RULE_PATH = 1


class Access(StrEnum):
    """What a run may do below a path. ``SCRATCH``: all but execute and make devices."""

    READ = "read"
    LIST = "list"
    DEVICE = "device"
    SCRATCH = "scratch"


_RIGHTS = {
    Access.READ: _READ_FILE | _READ_DIR,
    Access.LIST: _READ_DIR,
    Access.DEVICE: _READ_FILE | _WRITE_FILE | _TRUNCATE,
    Access.SCRATCH: _ALL_UP_TO_TRUNCATE & ~_MAKE_DEVICES & ~_EXECUTE,
}
_FILE_RIGHTS = _READ_FILE | _WRITE_FILE | _TRUNCATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One path and what may be done below it."""

    path: str
    access: Access


def find_version() -> int:
    """Return the kernel's version of Landlock, 0 where it has none or it is switched off."""
    try:
        return kernel.call(
            "landlock_create_ruleset", None, ctypes.c_size_t(0), ctypes.c_uint(_ASK_VERSION)
        )
    except OSError:
        return 0


def restrict(rules: Sequence[Rule], version: int) -> None:
    """Put this process under the rules for good. Needs no_new_privs.

    Raises:
        OSError: As the kernel answered.
    """
    ruleset = _create(version)
    try:
        for rule in rules:
            _add(ruleset, rule)
        kernel.call("landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint(0))
    finally:
        os.close(ruleset)


def _create(version: int) -> int:
    files = _ALL_UP_TO_TRUNCATE | (_IOCTL_DEV if version >= _IOCTL_VERSION else 0)
    fields = [files]
    if version >= _NET_VERSION:
        fields.append(_ALL_NET)
    if version >= _SCOPE_VERSION:
        fields.append(_ALL_SCOPES)
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    size = ctypes.c_size_t(len(attributes))
    return kernel.call("landlock_create_ruleset", attributes, size, ctypes.c_uint(0))


def _add(ruleset: int, rule: Rule) -> None:
    fd = os.open(rule.path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = _RIGHTS[rule.access]
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= _FILE_RIGHTS
        attributes = struct.pack("=Qi", rights, fd)
        kernel.call(
            "landlock_add_rule",
            ctypes.c_int(ruleset),
            ctypes.c_int(_RULE_PATH),
            attributes,
            ctypes.c_uint(0),
        )
    finally:
        os.close(fd)
