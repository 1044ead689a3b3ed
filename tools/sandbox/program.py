"""A program to run, and how much it may use."""

from __future__ import annotations

from dataclasses import dataclass, field

from tools.sandbox.errors import InvalidProgramError

_MIB = 1 << 20
_KIB = 1 << 10

MAX_SOURCE_BYTES = 16 * _MIB
MAX_INPUT_BYTES = 16 * _MIB
MAX_SEED = 1 << 53

_BOUNDS = {
    "cpu_s": (1, 3_600),
    "wall_s": (0.05, 7_200.0),
    "memory_bytes": (16 * _MIB, 64 << 30),
    "output_bytes": (0, 64 * _MIB),
    "result_bytes": (_KIB, 64 * _MIB),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one run may use. A limit that is reached is an outcome, not an error.

    Attributes:
        cpu_s: Processor time of all its threads, whole seconds.
        wall_s: Time from its start.
        memory_bytes: Address space beyond what the libraries hold already.
        output_bytes: Standard output and standard error together.
        result_bytes: What it returns, as JSON.
    """

    cpu_s: int = 5
    wall_s: float = 10.0
    memory_bytes: int = 512 * _MIB
    output_bytes: int = 256 * _KIB
    result_bytes: int = 256 * _KIB

    def __post_init__(self) -> None:
        for name, (least, most) in _BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise InvalidProgramError(f"limits: {name} must lie from {least:,} to {most:,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One Python program.

    Attributes:
        source: Its text; bytes are taken as they are, with an encoding line or without.
        stdin: What it reads from standard input.
        seed: Of Python's and numpy's random numbers.
        collector: A module of the settings' `modules`. Once the program has run to its end, its
            `collect()` is called in the same process, and what it returns becomes `extra`.
        limits: How much it may use.
    """

    source: str | bytes
    stdin: bytes = b""
    seed: int = 0
    collector: str | None = None
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not isinstance(self.source, (str, bytes)):
            raise InvalidProgramError("the source of a program must be text")
        if len(self.source) > MAX_SOURCE_BYTES or len(self.stdin) > MAX_INPUT_BYTES:
            raise InvalidProgramError(
                f"source and input are limited to {MAX_SOURCE_BYTES:,} bytes"
            )
        if not 0 <= self.seed < MAX_SEED:
            raise InvalidProgramError("the seed must lie from 0 to 2**53 - 1")

    def source_bytes(self) -> bytes:
        """Return the source as the interpreter reads it; what has no UTF-8 form becomes '?'."""
        if isinstance(self.source, bytes):
            return self.source
        return self.source.encode("utf-8", "replace")
