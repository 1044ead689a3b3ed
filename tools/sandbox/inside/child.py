"""One locked child: waits for a program, runs it, writes one result, ends.

From the moment the program starts, everything here is in its hands: it can write what it likes
to the result's descriptor. Nothing the far side reports is more than data.
"""

from __future__ import annotations

import builtins
import errno
import importlib
import io
import json
import linecache
import os
import random
import resource
import socket
import sys
import traceback
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.sandbox.inside import kernel
from tools.sandbox.inside.compiled import compile_program
from tools.sandbox.inside.lockdown import Lockdown, limit_run, lock
from tools.sandbox.inside.plain import to_plain
from tools.sandbox.inside.wire import receive

FILE_NAME = "<program>"
ENVIRONMENT = {"HOME": "/tmp", "LANG": "C.UTF-8", "PATH": "", "TZ": "UTC"}  # noqa: S108

# The status by which a child says that it could not be locked; no program ever ran in it.
UNLOCKED_STATUS = 113

_RESULT_FD = 3
_REHEARSAL = b"import math\nprint(end='')\nanswer = [[place, 0.5, str(place)] for place in (1, 2)]"
_N_DESCRIPTORS = 5
_MAX_MESSAGE = 2_000
_ERROR_STATUS = 1
_MAX_STATUS = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a program ended.

    Attributes:
        status: What the process ends with.
        frame: What is written to the result's descriptor.
    """

    status: int
    frame: Mapping[str, Any]


def wait_and_run(
    plan: Lockdown, prepared: bytes | None, slot: socket.socket, base_bytes: int
) -> None:
    """Lock this process, wait for a program on ``slot``, run it, and end the process.

    Args:
        plan: How to lock.
        prepared: The filter, where all children share it.
        slot: Where the program's message comes from.
        base_bytes: Address space that the process has before any program.
    """
    try:
        channel = socket.socket(fileno=lock(plan, prepared, slot.detach()))
    except OSError as error:
        os.write(2, f"a child could not be locked: {error}\n".encode())
        os._exit(UNLOCKED_STATUS)
    _rehearse()
    message = receive(channel)
    if message is None or len(message.fds) != _N_DESCRIPTORS:
        os._exit(0)
    source = _take_descriptors(channel, message.fds)
    limits = message.body["limits"]
    _settle(message.body["seed"])
    limit_run(address_bytes=base_bytes + limits["memory_bytes"], cpu_s=limits["cpu_s"])
    ending = _run(source, message.body["collector"])
    _flush()
    _write_frame({**ending.frame, **_measure()})
    # The near side need not wait while the kernel takes this process apart.
    os.closerange(1, _RESULT_FD + 1)
    os._exit(ending.status)


def _rehearse() -> None:
    """Do what a run does, without a program, while nobody waits.

    A page of the zygote's is copied when it is first written to, and counting references writes:
    a short run spends most of its time on that. Nothing stays: what this sets, a run sets anew.
    """
    sys.stdout, sys.stderr = _open_text(1), _open_text(2)
    _settle(0)
    ending = _run(_REHEARSAL, None)
    _flush()
    json.dumps({**ending.frame, **_measure()}, allow_nan=False, ensure_ascii=True).encode()
    linecache.cache.pop(FILE_NAME, None)


def _take_descriptors(channel: socket.socket, fds: tuple[int, ...]) -> bytes:
    code, *others = fds
    with os.fdopen(code, "rb") as file:
        source = file.read()
    channel.detach()
    for number, fd in enumerate(others):
        os.dup2(fd, number)
        os.close(fd)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, "r", closefd=False), encoding="utf-8")
    sys.stdout = _open_text(1)
    sys.stderr = _open_text(2)
    return source


def _open_text(fd: int) -> io.TextIOWrapper:
    # Nothing is held back: what was printed before a kill is kept.
    raw = io.FileIO(fd, "w", closefd=False)
    return io.TextIOWrapper(
        raw,  # type: ignore[arg-type] - as the interpreter itself does for unbuffered output
        encoding="utf-8",
        errors="backslashreplace",
        write_through=True,
    )


def _settle(seed: int) -> None:
    """Give each run the same surroundings, and its own random numbers."""
    kernel.prctl(kernel.PR_SET_NAME, _as_pointer(b"program"))
    os.environ.clear()  # noqa: TID251 - what a program finds there is set here
    os.environ.update(ENVIRONMENT)  # noqa: TID251
    sys.argv = [FILE_NAME]
    random.seed(seed)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(seed % 2**32)
    builtins.exit = builtins.quit = sys.exit


def _as_pointer(name: bytes) -> int:
    import ctypes  # noqa: PLC0415 - hidden from what a program finds in this module

    return ctypes.cast(ctypes.c_char_p(name), ctypes.c_void_p).value or 0


def _run(source: bytes, collector: str | None) -> Ending:
    module = types.ModuleType("__main__")
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    try:
        program = compile_program(source, FILE_NAME)
        text = program.text
        linecache.cache[FILE_NAME] = (len(text), None, text.splitlines(keepends=True), FILE_NAME)
        exec(program.body, module.__dict__)  # noqa: S102 - what the wall is for
        last = eval(program.last, module.__dict__) if program.last else None  # noqa: S307
        value = module.__dict__.get("answer", last)
        frame = {"status": "ok", "type": type(value).__name__[:200], "value": to_plain(value)}
        if collector is not None:
            frame["extra"] = to_plain(importlib.import_module(collector).collect())
        return Ending(status=0, frame=frame)
    except SystemExit as stop:
        return _exited(stop.code)
    # A program may raise anything, and whatever it is ends this process with a report.
    except BaseException as error:  # noqa: BLE001
        return _failed(error)


def _exited(code: object) -> Ending:
    if code is None or isinstance(code, int):
        status = int(code or 0) & _MAX_STATUS
    else:
        status = _ERROR_STATUS
        sys.stderr.write(f"{code}\n")
    return Ending(status=status, frame={"status": "exit", "code": status})


def _failed(error: BaseException) -> Ending:
    is_memory = _tells_of_memory(error) or (
        # The interpreter's own words where a function lost its MemoryError on the way.
        isinstance(error, SystemError) and "without setting an exception" in str(error)
    )
    frame: dict[str, Any] = {"status": "error", "memory": is_memory}
    try:
        frame |= {"type": type(error).__name__[:200], **_describe(error)}
    # An exception can fail at telling about itself, and there may be no memory left to tell with.
    except BaseException:  # noqa: BLE001
        frame |= {"type": "", "message": "an exception that cannot be told", "line": None}
    return Ending(status=_ERROR_STATUS, frame=frame)


def _tells_of_memory(error: BaseException) -> bool:
    """Whether memory ran out here, or where the interpreter tripped over it (a SystemError)."""
    if isinstance(error, SystemError) and error.__cause__ is not None:
        return isinstance(error.__cause__, MemoryError)
    return isinstance(error, MemoryError) or (
        isinstance(error, OSError) and error.errno == errno.ENOMEM
    )


def _describe(error: BaseException) -> Mapping[str, Any]:
    report = traceback.TracebackException.from_exception(error, limit=-20, compact=True)
    report.stack = traceback.StackSummary.from_list(
        [frame for frame in report.stack if frame.filename == FILE_NAME or _is_library(frame)]
    )
    sys.stderr.write("".join(report.format(chain=False)))
    message = "".join(report.format_exception_only()).strip()[-_MAX_MESSAGE:]
    lines = [frame.lineno for frame in report.stack if frame.filename == FILE_NAME]
    line = lines[-1] if lines else getattr(error, "lineno", None)
    return {
        "message": message.encode("utf-8", "backslashreplace").decode(),
        "line": line if isinstance(line, int) else None,
    }


def _is_library(frame: traceback.FrameSummary) -> bool:
    return "/tools/sandbox/" not in frame.filename


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        # The program may have put anything in their place.
        except BaseException:  # noqa: BLE001, S112
            continue


def _measure() -> Mapping[str, float]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_s": used.ru_utime + used.ru_stime, "peak_bytes": used.ru_maxrss * 1_024}


def _write_frame(frame: Mapping[str, Any]) -> None:
    data = json.dumps(frame, allow_nan=False, ensure_ascii=True).encode()
    try:
        while data:
            data = data[os.write(_RESULT_FD, data) :]
    except OSError:
        # The program closed or replaced the descriptor: the near side sees no result and says so.
        return
