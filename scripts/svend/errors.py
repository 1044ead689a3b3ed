"""What can go wrong between a terminal and a server, and the exit code that tells a script.

A class's docstring is its default message. Every message is one paragraph that says what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, ClassVar

import click


class ExitCode(IntEnum):
    """How the command ended.

    ``JOB_FAILED``: the server did its part, but a job ended without success, or something that is
    needed is missing. ``DETACHED``: Ctrl-C left a job running.
    """

    OK = 0
    JOB_FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    REFUSED = 4
    DETACHED = 130


class CommandError(click.ClickException):
    """The command cannot go on."""

    code: ClassVar[str] = "command"
    exit_code = ExitCode.JOB_FAILED

    def __init__(self, message: str = "") -> None:
        """Take a message, or use the class's own."""
        super().__init__(message or " ".join((type(self).__doc__ or "").split()))


class UnreachableError(CommandError):
    """The server cannot be reached."""

    code = "unreachable"
    exit_code = ExitCode.UNREACHABLE


class NoServerError(UnreachableError):
    """No server is known: start one with `svend up`, or name one with --url or SVEND_URL."""

    code = "no-server"


class StackStartError(UnreachableError):
    """The local stack did not start."""

    code = "stack-start"


class ProtocolError(CommandError):
    """The server's answer is not one that Svend gives: does the URL name a Svend server?"""

    code = "protocol"
    exit_code = ExitCode.REFUSED


class RefusedError(CommandError):
    """The server refused the request."""

    code = "refused"
    exit_code = ExitCode.REFUSED

    def __init__(self, message: str = "", status: int = 0, problem_code: str = "") -> None:
        """Take the message, the HTTP status and the problem's own code."""
        super().__init__(message)
        # All arguments go to the exception itself, so that it survives pickling.
        self.args = (message, status, problem_code)
        self.status = status
        self.problem_code = problem_code


class ProblemFileError(CommandError):
    """The file of problems cannot be read."""

    code = "problem-file"
    exit_code = ExitCode.USAGE


def describe_problem(status: int, problem: Mapping[str, Any]) -> str:
    """Return an RFC 9457 problem as one line: what, where, and the id to ask about.

    Args:
        status: The HTTP status.
        problem: The members of the problem object; any of them may be missing.
    """
    title = str(problem.get("title") or f"HTTP {status}")
    detail = str(problem.get("detail") or "")
    line = title if not detail or detail == title else f"{title}: {detail}"
    faults = [_describe_fault(fault) for fault in problem.get("errors") or ()]
    if faults:
        line = f"{line} [{'; '.join(faults)}]"
    marks = [str(problem[name]) for name in ("code", "request_id") if problem.get(name)]
    return f"{line} ({', '.join(marks)})" if marks else line


def _describe_fault(fault: Mapping[str, Any]) -> str:
    pointer, detail = fault.get("pointer"), fault.get("detail") or fault.get("code") or "invalid"
    return f"{pointer}: {detail}" if pointer else str(detail)
