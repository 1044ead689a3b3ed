"""Runs a command under a filter that refuses some system calls, or lets them lie.

``python deny.py ERRNO NUMBER[:ARGUMENT=VALUE],... COMMAND...``: as a container, an old kernel or
a mandatory access control would. Errno 0 makes a call say yes and do nothing, which is how a layer
fails silently. The command lives in a mount namespace of its own where that can be had, so that
a lie cannot reach the machine's.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

LOAD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
NUMBER_AT, ARGUMENTS_AT = 0, 16
PR_SET_NO_NEW_PRIVS, SECCOMP_CALL = 38, 317
CLONE_NEWNS, MS_PRIVATE_REC = 0x20000, 0x44000

LIBC = ctypes.CDLL(None, use_errno=True)


def block(rule: str, verdict: int) -> list[tuple[int, int, int, int]]:
    number, _, condition = rule.partition(":")
    if not condition:
        return [(JUMP_EQUAL, 0, 1, int(number)), (RETURN, 0, 0, verdict)]
    argument, value = condition.split("=")
    return [
        (JUMP_EQUAL, 0, 4, int(number)),
        (LOAD, 0, 0, ARGUMENTS_AT + 8 * int(argument)),
        (JUMP_EQUAL, 0, 1, int(value)),
        (RETURN, 0, 0, verdict),
        (LOAD, 0, 0, NUMBER_AT),
    ]


def main(errno_: int, rules: list[str], command: list[str]) -> None:
    if os.geteuid() == 0:
        LIBC.unshare(CLONE_NEWNS)
        LIBC.mount(b"none", b"/", None, MS_PRIVATE_REC, None)
    else:
        LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    program = [(LOAD, 0, 0, NUMBER_AT)]
    for rule in rules:
        program += block(rule, ERRNO | errno_)
    program.append((RETURN, 0, 0, ALLOW))
    code = b"".join(struct.pack("=HBBI", *each) for each in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("=HxxxxxxQ", len(program), ctypes.addressof(buffer))
    if LIBC.syscall(ctypes.c_long(SECCOMP_CALL), ctypes.c_ulong(1), ctypes.c_ulong(0), head) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    os.execv(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2].split(","), sys.argv[3:])
