"""Decides how a run ended: by the kernel's word and the watcher's before the program's own."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from tools.sandbox.errors import BadFrameError
from tools.sandbox.frame import Frame, parse_frame
from tools.sandbox.inside.child import UNLOCKED_STATUS
from tools.sandbox.program import Limits
from tools.sandbox.result import Outcome

# The kernel checks the limit by ticks and reports the time it measured, which on a crowded machine
# is less. Nobody else kills a run that used so much of its time without the watcher knowing.
_CPU_SHARE = 0.5
_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What is known of a process that ended.

    Attributes:
        status: As waitpid(2) gave it.
        killed: Why the watcher killed it: ``wall``, ``output``, ``result``, ``cancel``, or
            ``done`` after its result was handed over.
        cpu_s: Processor time it used.
        wall_s: From its start to its end.
        peak_bytes: Most memory resident at once.
        zygote_bytes: Memory that its parent holds.
        was_oom: Whether the kernel ended a process of its control group for memory.
    """

    status: int
    killed: str | None = None
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_bytes: int = 0
    zygote_bytes: int = 0
    was_oom: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a run ended.

    Attributes:
        outcome: In one word.
        message: In one sentence.
        frame: What it returned, where that counts.
        exit_code: Of a process that ended by itself.
        signal: Of one that did not.
    """

    outcome: Outcome
    message: str
    frame: Frame | None = None
    exit_code: int | None = None
    signal: str | None = None


def classify(ended: Ended, limits: Limits, result: bytes) -> Verdict:
    """Decide how a run ended.

    Args:
        ended: What is known of its process.
        limits: Its limits.
        result: What it wrote to its result channel.
    """
    stopped = _stopped(ended, limits)
    if stopped is not None:
        return stopped
    if os.WIFSIGNALED(ended.status):
        return _signalled(ended, limits)
    code = os.waitstatus_to_exitcode(ended.status)
    if code == UNLOCKED_STATUS and not result:
        return Verdict(outcome=Outcome.SANDBOX_ERROR, message="The run could not be locked in.")
    return _exited(code, limits, result)


def _stopped(ended: Ended, limits: Limits) -> Verdict | None:
    messages: Mapping[str, tuple[Outcome, str]] = {
        "wall": (Outcome.TIMEOUT_WALL, f"Stopped after {limits.wall_s:g} s."),
        "output": (
            Outcome.OUTPUT_LIMIT,
            f"Stopped after {limits.output_bytes:,} bytes of output.",
        ),
        "result": (
            Outcome.BAD_RESULT,
            f"Stopped after {limits.result_bytes:,} bytes of result.",
        ),
        "cancel": (Outcome.SANDBOX_ERROR, "Cancelled."),
    }
    if ended.killed is None:
        return None
    outcome, message = messages[ended.killed]
    return Verdict(outcome=outcome, message=message)


def _signalled(ended: Ended, limits: Limits) -> Verdict:
    number = os.WTERMSIG(ended.status)
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    if number in {signal.SIGKILL, signal.SIGXCPU} and ended.cpu_s >= limits.cpu_s * _CPU_SHARE:
        message = f"Stopped after {limits.cpu_s} s of processor time."
        return Verdict(outcome=Outcome.TIMEOUT_CPU, message=message, signal=name)
    if number == signal.SIGKILL and ended.was_oom:
        return Verdict(outcome=Outcome.MEMORY, message=_out_of_memory(limits), signal=name)
    return Verdict(outcome=Outcome.CRASH, message=f"Crashed with {name}.", signal=name)


def _exited(code: int, limits: Limits, result: bytes) -> Verdict:
    if code and not result:
        message = f"Ended itself with status {code}."
        return Verdict(outcome=Outcome.EXIT, message=message, exit_code=code)
    try:
        frame = parse_frame(result)
    except BadFrameError as error:
        message = f"Ended without a well-formed result: {error}."
        return Verdict(outcome=Outcome.BAD_RESULT, message=message, exit_code=code)
    return _returned(code, frame, limits)


def _returned(code: int, frame: Frame, limits: Limits) -> Verdict:
    match frame.status:
        case "ok" if code == 0:
            outcome, message = Outcome.OK, "Ran to its end."
        case "error" if frame.is_memory:
            outcome, message = Outcome.MEMORY, _out_of_memory(limits)
        case "error":
            what = frame.error.message if frame.error else ""
            outcome, message = Outcome.ERROR, f"Failed: {what}"[:500]
        case "exit" if code == 0:
            outcome, message = Outcome.OK, "Ended itself."
        case "ok" | "exit":
            outcome, message = Outcome.EXIT, f"Ended itself with status {code}."
        case _:
            assert_never(frame.status)
    return Verdict(outcome=outcome, message=message, frame=frame, exit_code=code)


def _out_of_memory(limits: Limits) -> str:
    return f"Ran out of memory: a run has {limits.memory_bytes // _MIB:,} MiB."
