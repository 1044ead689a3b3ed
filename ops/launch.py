"""Becomes another program, after giving up what that program must not have.

Run as `python -I launch.py SPEC COMMAND...`, where SPEC is JSON with the fields of `LaunchSpec`.
It is a program of its own because the same steps in a `preexec_fn` would run Python between fork
and exec, which deadlocks when any thread of the parent holds a lock at that moment.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from dataclasses import asdict, dataclass

# From linux/prctl.h and linux/capability.h.
PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
BITS_PER_WORD = 32
EXIT_PARENT_GONE = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchSpec:
    """What a program is started with.

    Attributes:
        death_signal: The signal that the kernel sends it when its parent dies. A nicety: it is
            lost when the program changes its own user, so nothing relies on it.
        parent_pid: The process that starts it, to notice a parent that died before the request
            for the signal was made.
        uid: The user to become, or None to stay.
        gid: The group to become, or None to stay.
        capability: The one capability of root that the user keeps, or None.
    """

    death_signal: int
    parent_pid: int
    uid: int | None = None
    gid: int | None = None
    capability: int | None = None

    def to_json(self) -> str:
        """Returns the form that the launcher reads."""
        return json.dumps(asdict(self))


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityData(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def main(arguments: list[str]) -> None:
    """Applies the specification, then becomes the command."""
    spec = LaunchSpec(**json.loads(arguments[0]))
    command = arguments[1:]
    library = ctypes.CDLL(None, use_errno=True)
    if spec.uid is not None and spec.gid is not None:
        _become(library, spec.uid, spec.gid, spec.capability)
    # After the change of user, since that clears the request.
    library.prctl(PR_SET_PDEATHSIG, spec.death_signal, 0, 0, 0)
    if os.getppid() != spec.parent_pid:
        sys.exit(EXIT_PARENT_GONE)
    os.execv(command[0], command)  # noqa: S606 - to become the command is what this file is for


def _become(library: ctypes.CDLL, uid: int, gid: int, capability: int | None) -> None:
    if capability is not None:
        _check(library.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if capability is not None:
        _keep_only(library, capability)


def _keep_only(library: ctypes.CDLL, capability: int) -> None:
    """Gives up all capabilities but one, and lets that one survive the exec."""
    header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
    words = (_CapabilityData * 2)()
    mask = 1 << (capability % BITS_PER_WORD)
    words[capability // BITS_PER_WORD] = _CapabilityData(mask, mask, mask)
    _check(library.capset(ctypes.byref(header), words))
    _check(library.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(sys.argv[1:])
