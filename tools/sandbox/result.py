"""What came of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.domain.canonical import JsonValue
from tools.sandbox.program import Limits
from tools.sandbox.tier import Tier


class Outcome(StrEnum):
    """How a run ended. All but the last two are answers about the program.

    ``OK``: to its end. ``ERROR``: an exception that it did not catch. ``EXIT``: a status of its
    own choice other than 0. ``TIMEOUT_CPU``, ``TIMEOUT_WALL``, ``MEMORY``, ``OUTPUT_LIMIT``: a
    limit. ``CRASH``: a signal. ``BAD_RESULT``: it ended without one well-formed result.
    ``SANDBOX_ERROR``: the sandbox failed, each time. ``SANDBOX_UNAVAILABLE``: it cannot be built.
    """

    OK = "ok"
    ERROR = "error"
    EXIT = "exit"
    TIMEOUT_CPU = "timeout_cpu"
    TIMEOUT_WALL = "timeout_wall"
    MEMORY = "memory"
    OUTPUT_LIMIT = "output_limit"
    CRASH = "crash"
    BAD_RESULT = "bad_result"
    SANDBOX_ERROR = "sandbox_error"
    SANDBOX_UNAVAILABLE = "sandbox_unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramError:
    """The exception that ended a program, in its own words. The traceback is on standard error.

    Attributes:
        type: Name of its class.
        message: Class and message, as Python prints them last.
        line: Line of the program, where it is known.
    """

    type: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a run used.

    Attributes:
        cpu_ms: Processor time.
        wall_ms: From handing the program over to the process's end.
        peak_bytes: Most memory resident at once, the libraries' share included.
    """

    cpu_ms: int = 0
    wall_ms: int = 0
    peak_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxResult:
    """One run, ended. Text is what the program wrote and may hold any character.

    Attributes:
        outcome: How it ended.
        message: One sentence about it, for whoever wrote the program.
        value: The variable ``answer``, else the value of the last expression. Integers beyond
            2^53, infinities and "nan" are text; what JSON cannot hold is its text.
        value_type: Name of its type.
        extra: What the program's collector returned.
        stdout: Standard output, also of a run that was stopped. Bytes that are no UTF-8 are
            escaped.
        stderr: Standard error, likewise.
        is_truncated: Whether output was lost at the limit.
        error: For ``ERROR`` and ``MEMORY``, where the program could still say.
        exit_code: The process's status, where it ended by itself.
        signal: Name of the signal that ended it otherwise.
        usage: What it used.
        tier: How strong the wall was.
        seed: The program's.
        limits: The program's.
        versions: Interpreter and packages it ran with.
    """

    outcome: Outcome
    message: str
    value: JsonValue = None
    value_type: str | None = None
    extra: JsonValue = None
    stdout: str = ""
    stderr: str = ""
    is_truncated: bool = False
    error: ProgramError | None = None
    exit_code: int | None = None
    signal: str | None = None
    usage: Usage = field(default_factory=Usage)
    tier: Tier
    seed: int
    limits: Limits
    versions: Mapping[str, str] = field(default_factory=dict)
