"""The one tree of errors.

A class's docstring is its default message, so an error explains itself when it is raised bare.
``code`` is the stable name shown over HTTP and in logs. Arguments go positionally to
``Exception``, so that every error survives pickling between processes.
"""

from __future__ import annotations

from typing import ClassVar


class SvendError(Exception):
    """Something went wrong in Svend."""

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __str__(self) -> str:
        """Return the given message, or the class's own when none was given."""
        given = super().__str__()
        return given or " ".join((type(self).__doc__ or "").split())


# Bad input: whoever sent it can mend it.


class InvalidInputError(SvendError):
    """The request cannot be carried out as written."""

    code = "validation"


class InvalidProblemError(InvalidInputError):
    """A problem needs between 1 and 20,000 characters of text."""

    code = "invalid-problem"


class InvalidBudgetError(InvalidInputError):
    """Each limit of a budget must be a positive number."""

    code = "invalid-budget"


class UnknownAlgorithmError(InvalidInputError):
    """No search strategy has this name."""

    code = "unknown-strategy"


class UnavailableAlgorithmError(InvalidInputError):
    """This search strategy needs a part that is not being served."""

    code = "strategy-unavailable"


class UnknownVerifierError(InvalidInputError):
    """No verifier of this name is offered."""

    code = "unknown-verifier"


class UnknownToolError(InvalidInputError):
    """No tool has this name."""

    code = "unknown-tool"


class InvalidToolCallError(InvalidInputError):
    """The tool cannot be called with these arguments."""

    code = "invalid-tool-call"


class SettingsError(InvalidInputError):
    """The settings hold faults; each is listed."""

    code = "settings"


class UnknownPromptError(InvalidInputError):
    """No prompt file has this name."""

    code = "unknown-prompt"


class ProfileError(InvalidInputError):
    """The model profile cannot be read."""

    code = "profile"


class CalibrationError(InvalidInputError):
    """The calibrator, or the rows to fit it on, cannot be used."""

    code = "calibration"


# Jobs: the state of the world forbids it.


class JobError(SvendError):
    """The job does not allow this."""

    code = "state-conflict"


class JobNotFoundError(JobError):
    """No such job."""

    code = "not-found"


class JobNotFinishedError(JobError):
    """The job has not finished yet."""

    code = "job-not-finished"
    retryable = True


class ResultUnavailableError(JobError):
    """The job ended without a result."""

    code = "no-result"


class JobPurgedError(JobError):
    """The job is past its retention: what would be needed of it was deleted."""

    code = "gone"


class StaleTransitionError(JobError):
    """The job is no longer in a state that allows this change."""

    code = "state-conflict"


class IdempotencyMismatchError(JobError):
    """This Idempotency-Key was used before with another request body."""

    code = "idempotency-mismatch"


class FencedError(JobError):
    """The lease was lost: another worker holds a later epoch of this job."""

    code = "fenced"


class PinMismatchError(JobError):
    """This worker cannot run what the first event pinned."""

    code = "pin-mismatch"


class CorruptLogError(SvendError):
    """The event log is not a gap-free hash chain."""

    code = "corrupt-log"


class EventEncodingError(SvendError):
    """A value cannot be written as canonical JSON."""

    code = "event-encoding"


class UnknownEventVersionError(SvendError):
    """The event was written by a later version of Svend."""

    code = "event-version"


# Access.


class UnauthenticatedError(SvendError):
    """A valid API key is needed: send it as 'Authorization: Bearer <key>'."""

    code = "bad-key"


class ForbiddenError(SvendError):
    """The API key lacks the scope that this needs."""

    code = "scope"


# The world outside: models, stores.


class DependencyUnavailableError(SvendError):
    """A part that Svend needs cannot be reached."""

    code = "dependency-unavailable"
    retryable = True


class SchemaMismatchError(SvendError):
    """The database schema is newer than this program: upgrade the program."""

    code = "schema-mismatch"


class ModelError(SvendError):
    """The model server could not serve the request."""

    code = "model"


class ModelUnavailableError(ModelError):
    """The model server cannot be reached, or is overloaded."""

    code = "model-unavailable"
    retryable = True


class ModelTimeoutError(ModelError):
    """The model server did not answer in time."""

    code = "model-timeout"
    retryable = True


class ModelRequestError(ModelError):
    """The model server refused the request as malformed."""

    code = "model-request"


class ToolError(SvendError):
    """The tool could not run."""

    code = "tool"
