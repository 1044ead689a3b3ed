"""Runs inside the sandbox, as text: tries what each layer should prevent and says what came.

``TOLD`` is put in front: the path of a file outside, of the one that Landlock alone keeps back,
and how much memory a run has.
"""

import ctypes
import errno
import fcntl
import os
import resource
import socket

LIBC = ctypes.CDLL(None, use_errno=True)
UNKNOWN_CALL = 600
CLONE3 = 435
GET_SECCOMP, GET_NO_NEW_PRIVS = 21, 39
CAPABILITIES_3 = 0x20080522
# What the libraries hold shrinks a little when a run gives back memory that it inherited.
SLACK_BYTES = 16 << 20


def attempt(step):
    try:
        step()
    except MemoryError:
        return "MemoryError"
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error.errno))
    return "done"


def raw(number, *arguments):
    ctypes.set_errno(0)
    if LIBC.syscall(ctypes.c_long(number), *arguments) >= 0:
        return "done"
    return errno.errorcode.get(ctypes.get_errno(), "?")


def fork():
    if os.fork() == 0:
        os._exit(0)


def held_capabilities():
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_3, 0)
    sets = (ctypes.c_uint32 * 6)()
    if LIBC.capget(ctypes.byref(header), ctypes.byref(sets)) != 0:
        return -1
    return sum(sets)


def open_descriptors():
    return [fd for fd in range(1024) if attempt(lambda fd=fd: fcntl.fcntl(fd, 1)) == "done"]


def touch(path):
    with open(path, "wb") as file:
        file.write(b"x")


def ask(path):
    with open(path, "rb") as file:
        file.read(1)


def mode_of(path):
    try:
        return "readable" if os.stat(path).st_mode & 0o004 else "closed"
    except OSError:
        return "absent"


def limits_of(name):
    return list(resource.getrlimit(getattr(resource, "RLIMIT_" + name.upper())))


scratch = os.statvfs("/tmp")
names = attempt(lambda: os.listdir("/tmp"))
answer = {
    "ids": [*os.getresuid(), *os.getresgid()],
    "capabilities": held_capabilities(),
    "no_new_privs": LIBC.prctl(GET_NO_NEW_PRIVS, 0, 0, 0, 0),
    "seccomp": LIBC.prctl(GET_SECCOMP, 0, 0, 0, 0),
    "unknown_call": raw(UNKNOWN_CALL),
    "clone3": raw(CLONE3, None, ctypes.c_size_t(0)),
    "fork": attempt(fork),
    "exec": attempt(lambda: os.execv("/bin/true", ["true"])),
    "socket": attempt(lambda: socket.socket().close()),
    "rlimits": {name: limits_of(name) for name in ("cpu", "core", "fsize")},
    "memory": attempt(lambda: bytearray(TOLD["memory_bytes"] + SLACK_BYTES)),
    "canary": attempt(lambda: ask(TOLD["canary"])),
    "canary_mode": mode_of(TOLD["canary"]),
    "path": attempt(lambda: ask(TOLD["path"])),
    "root_write": attempt(lambda: touch("/written")),
    "pid": os.getpid(),
    "hostname": os.uname().nodename,
    "scratch_bytes": scratch.f_blocks * scratch.f_frsize,
    "scratch_files": scratch.f_files,
    "scratch_names": os.listdir("/tmp") if names == "done" else names,
    "scratch_write": attempt(lambda: touch("/tmp/written")),
    "descriptors": open_descriptors(),
    "environment": sorted(os.environ),
}
