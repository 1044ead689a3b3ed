"""The shape of one conformance case, and the words that its programs may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNSAID = object()

# Put in front of every program. `open_ways` names each step that was not denied.
PRELUDE = """
import ctypes, errno, os, resource, signal, socket, sys, threading, time
LIBC = ctypes.CDLL(None, use_errno=True)
DENIALS = {errno.EPERM, errno.EACCES, errno.ENOENT, errno.EROFS, errno.ENOSYS, errno.ENOTTY}

def attempt(step):
    try:
        step()
    except OSError as error:
        if error.errno in DENIALS:
            return "denied"
        return errno.errorcode.get(error.errno, repr(error))
    except Exception as error:
        return type(error).__name__
    return "done"

def raw(number, *arguments):
    ctypes.set_errno(0)
    done = LIBC.syscall(ctypes.c_long(number), *[
        ctypes.c_long(each) if isinstance(each, int) else each for each in arguments])
    if done < 0:
        raise OSError(ctypes.get_errno(), "raw")
    return done

def open_ways(**steps):
    found = {name: attempt(step) for name, step in steps.items()}
    return sorted(f"{name}: {what}" for name, what in found.items() if what != "denied")
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One program and how it must end.

    Attributes:
        number: In the conformance list of docs/sandbox.md.
        name: The rule.
        source: What is run, behind ``PRELUDE`` unless ``is_bare``.
        outcomes: Any of these.
        answer: What it must return, where that is fixed.
        error: Name of the exception, where one ends it.
        stdout: What its standard output must hold.
        stderr: Likewise.
        exit_code: Its status, where it chose one.
        is_truncated: Whether output is lost.
        limits: Where they differ from the suite's.
        stdin: What it reads.
        needs_namespaces: Whether the tier `landlock` ends it otherwise: see docs/sandbox.md.
    """

    number: int
    name: str
    source: str | bytes
    outcomes: tuple[str, ...] = ("ok",)
    answer: Any = UNSAID
    error: str | None = None
    stdout: str = ""
    stderr: str = ""
    exit_code: int | None = None
    is_truncated: bool = False
    limits: Mapping[str, float] = field(default_factory=dict)
    stdin: str = ""
    is_bare: bool = False
    needs_namespaces: bool = False

    @property
    def program(self) -> bytes:
        """What is sent."""
        source = self.source if isinstance(self.source, bytes) else self.source.encode()
        return source if self.is_bare else PRELUDE.encode() + source
