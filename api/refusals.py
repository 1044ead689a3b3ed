"""What only a request can get wrong: the HTTP part of the error tree."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.errors import (
    DependencyUnavailableError,
    InvalidInputError,
    JobError,
    JobNotFoundError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFault:
    """One fault of a request body.

    Attributes:
        pointer: JSON pointer (RFC 6901) of the value, ``""`` for the whole body.
        code: Stable name of the fault.
        detail: What is wrong, for people. Never repeats the value.
    """

    pointer: str
    code: str
    detail: str


class InvalidFieldsError(InvalidInputError):
    """The body holds faults; each is listed.

    Args:
        faults: At least one fault.
    """

    def __init__(self, faults: tuple[FieldFault, ...]) -> None:
        """Keep the faults beside the message, in a way that pickles."""
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        """Return the first fault and the number of the others."""
        if not self.faults:
            return "the body cannot be accepted"
        first = self.faults[0]
        more = f" (and {len(self.faults) - 1} more)" if len(self.faults) > 1 else ""
        return f"{first.pointer or 'the body'}: {first.detail}{more}"


class MalformedBodyError(InvalidInputError):
    """The body is not JSON."""

    code = "malformed-json"


class InvalidHeaderError(InvalidInputError):
    """A request header cannot be read."""

    code = "invalid-header"


class InvalidParameterError(InvalidInputError):
    """A query parameter cannot be read."""

    code = "invalid-parameter"


class BadRequestError(InvalidInputError):
    """The request cannot be read."""

    code = "bad-request"


class UnsupportedMediaTypeError(InvalidInputError):
    """Send the body as application/json."""

    code = "unsupported-media-type"


class BodyTooLargeError(InvalidInputError):
    """The body is larger than this server accepts."""

    code = "too-large"


class RouteNotFoundError(InvalidInputError):
    """Nothing has this path; /docs lists what there is."""

    code = "route-not-found"


class MethodNotAllowedError(InvalidInputError):
    """This path does not know this method."""

    code = "method-not-allowed"


class BodyNotFoundError(JobNotFoundError):
    """This job has no body with this digest."""


class KeyNotFoundError(InvalidInputError):
    """No such key."""

    code = "key-not-found"


class ResultGoneError(JobError):
    """What was asked for is past its retention and was deleted."""

    code = "gone"


class ToolUnavailableError(DependencyUnavailableError):
    """This tool cannot be called here, for the reason that the list of tools gives."""

    code = "tool-unavailable"
    retryable = False


class NotASearchError(JobError):
    """This job is the call of a tool: there is no search to go on with. Call the tool again."""


class NoWorkerYetError(DependencyUnavailableError):
    """No worker has started yet, so it is not known what can be run. Try again in a moment."""

    code = "no-worker-yet"
