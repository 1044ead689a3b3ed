"""The filter that decides which system calls a run may make.

An allow-list: what is not named fails with EPERM, so that a program meets an exception that it
can handle, and a call that some library tries first does not kill the run. Calls of another
processor mode kill it: their numbers mean something else, and no honest program makes them.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Iterable, Sequence

from tools.sandbox.inside import kernel
from tools.sandbox.inside.syscalls import (
    ALLOWED,
    ARCHITECTURES,
    CHECKED,
    MACHINE,
    MISSING,
    SCRATCH,
    UNSUPPORTED,
)

_LOAD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_ABOVE = 0x25
_JUMP_FROM = 0x35
_JUMP_ANY_BIT = 0x45
_RETURN = 0x06

_KILL = 0x80000000
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_DENY = _ERRNO | errno.EPERM

_NUMBER_AT = 0
_ARCHITECTURE_AT = 4
_ARGUMENTS_AT = 16

_SET_MODE_FILTER = 1
_CLONE_THREAD = 0x00010000
_CLONE_NAMESPACES = 0x7E020080
_AF_UNIX = 1
_SOCK_STREAM = 1
_SOCK_KIND = 0xF

# Questions about a descriptor; nothing that types into a terminal or reaches a device.
_IOCTLS = (0x5401, 0x5421, 0x541B, 0x5450, 0x5451)
# Duplicates, flags, record locks (sqlite takes them) and pipe sizes; no leases, no signals.
_FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1031, 1032)
# Names of threads and of mappings, and questions.
_PRCTLS = (
    kernel.PR_GET_DUMPABLE,
    kernel.PR_SET_NAME,
    kernel.PR_GET_NAME,
    kernel.PR_GET_SECCOMP,
    kernel.PR_GET_NO_NEW_PRIVS,
    0x53564D41,
)

Instruction = tuple[int, int, int, int]


def build_filter(*, own_pid: int, has_scratch: bool) -> bytes:
    """Assemble the filter.

    Args:
        own_pid: The only process that the run may signal: itself, by its own number.
        has_scratch: Whether everything writable is the run's own, so that modes and times of
            files may be changed.

    Raises:
        OSError: ``ENOSYS`` for a processor whose calls are not known.
    """
    if MACHINE not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no system call table for {MACHINE}")
    allowed = ALLOWED | SCRATCH if has_scratch else ALLOWED
    program = [
        *_same_processor(),
        *_checked_calls(own_pid),
        *_answer(MISSING.values(), _ERRNO | errno.ENOSYS),
        *_answer(UNSUPPORTED.values(), _ERRNO | errno.ENOTSUP),
        *_allow(allowed.values()),
        _end(_DENY),
    ]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def load_filter(program: bytes) -> None:
    """Put this process under the filter for good. Needs no_new_privs.

    Raises:
        OSError: As the kernel answered.
    """
    buffer = ctypes.create_string_buffer(program, len(program))
    n_instructions = len(program) // 8
    head = struct.pack("=HxxxxxxQ", n_instructions, ctypes.addressof(buffer))
    kernel.call("seccomp", ctypes.c_uint(_SET_MODE_FILTER), ctypes.c_uint(0), head)


def _same_processor() -> list[Instruction]:
    architecture = ARCHITECTURES[MACHINE]
    checks = [
        _load(_ARCHITECTURE_AT),
        (_JUMP_EQUAL, 1, 0, architecture.audit),
        _end(_KILL),
        _load(_NUMBER_AT),
    ]
    if architecture.foreign_bit is not None:
        checks += [(_JUMP_FROM, 0, 1, architecture.foreign_bit), _end(_KILL)]
    return checks


def _checked_calls(own_pid: int) -> list[Instruction]:
    threads_only = [
        _load_argument(0),
        (_JUMP_ANY_BIT, 2, 0, _CLONE_NAMESPACES),
        (_JUMP_ANY_BIT, 0, 1, _CLONE_THREAD),
        _end(_ALLOW),
        _end(_DENY),
    ]
    stream_pair = [
        _load_argument(0),
        (_JUMP_EQUAL, 0, 4, _AF_UNIX),
        _load_argument(1),
        (0x54, 0, 0, _SOCK_KIND),
        (_JUMP_EQUAL, 0, 1, _SOCK_STREAM),
        _end(_ALLOW),
        _end(_DENY),
    ]
    no_address = [
        _load_argument(4),
        (_JUMP_EQUAL, 0, 3, 0),
        _load_argument(4, high=True),
        (_JUMP_EQUAL, 0, 1, 0),
        _end(_ALLOW),
        _end(_DENY),
    ]
    blocks = {
        "ioctl": _one_of(1, _IOCTLS, errno.ENOTTY),
        "fcntl": _one_of(1, _FCNTLS),
        "prctl": _one_of(0, _PRCTLS),
        "prlimit64": _one_of(0, (0, own_pid)),
        "kill": _one_of(0, (own_pid,)),
        "tgkill": _one_of(0, (own_pid,)),
        "clone": threads_only,
        "socketpair": stream_pair,
        "sendto": no_address,
    }
    program: list[Instruction] = []
    for name, block in blocks.items():
        program += [(_JUMP_EQUAL, 0, len(block), CHECKED[name]), *block]
    return program


def _one_of(
    argument: int, values: Sequence[int], otherwise: int = errno.EPERM
) -> list[Instruction]:
    tests = [(_JUMP_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [_load_argument(argument), *tests, _end(_ERRNO | otherwise), _end(_ALLOW)]


def _answer(numbers: Iterable[int], verdict: int) -> list[Instruction]:
    program: list[Instruction] = []
    for number in numbers:
        program += [(_JUMP_EQUAL, 0, 1, number), _end(verdict)]
    return program


def _allow(numbers: Iterable[int]) -> list[Instruction]:
    """Allow numbers, neighbours together: a shorter filter is quicker to load and to run."""
    program: list[Instruction] = []
    for first, last in _ranges(sorted(numbers)):
        if first == last:
            program += [(_JUMP_EQUAL, 0, 1, first), _end(_ALLOW)]
        else:
            program += [(_JUMP_FROM, 0, 2, first), (_JUMP_ABOVE, 1, 0, last), _end(_ALLOW)]
    return program


def _ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges


def _load(offset: int) -> Instruction:
    return (_LOAD, 0, 0, offset)


def _load_argument(index: int, *, high: bool = False) -> Instruction:
    return _load(_ARGUMENTS_AT + 8 * index + (4 if high else 0))


def _end(verdict: int) -> Instruction:
    return (_RETURN, 0, 0, verdict)
