"""Errors of the sandbox. What a program does wrong is a result and none of these."""

from __future__ import annotations

from engine.domain.errors import DependencyUnavailableError, InvalidInputError, ToolError


class SandboxUnavailableError(ToolError):
    """The sandbox cannot be built as strong as the settings ask, so no program is run."""

    code = "sandbox-unavailable"


class SandboxClosedError(ToolError):
    """The sandbox was closed."""

    code = "sandbox-closed"


class InvalidProgramError(InvalidInputError):
    """A program needs source, input and limits within the sandbox's bounds."""

    code = "invalid-program"


class ZygoteDiedError(DependencyUnavailableError):
    """The process that runs programs ended unexpectedly."""

    code = "sandbox-died"


class BadFrameError(ToolError):
    """What a program wrote as its result is not one strict JSON document."""

    code = "bad-result"
