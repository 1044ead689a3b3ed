"""The life of a job: its states and the only moves between them."""

from __future__ import annotations

from enum import StrEnum

from engine.domain.errors import StaleTransitionError


class JobStatus(StrEnum):
    """Where a job is. The last four are terminal and absorb."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def is_terminal(self) -> bool:
        """Whether nothing can follow."""
        return not TRANSITIONS[self]


TRANSITIONS: dict[JobStatus, frozenset[JobStatus]] = {
    # Straight to succeeded when an earlier result answers it, or it is told to finish unrun.
    JobStatus.QUEUED: frozenset(
        {
            JobStatus.RUNNING,
            JobStatus.SUCCEEDED,
            JobStatus.FAILED,
            JobStatus.CANCELLED,
            JobStatus.EXPIRED,
        }
    ),
    # Back to queued when a lease is lost or a worker drains.
    JobStatus.RUNNING: frozenset(
        {
            JobStatus.QUEUED,
            JobStatus.SUCCEEDED,
            JobStatus.FAILED,
            JobStatus.CANCELLED,
            JobStatus.EXPIRED,
        }
    ),
    JobStatus.SUCCEEDED: frozenset(),
    JobStatus.FAILED: frozenset(),
    JobStatus.CANCELLED: frozenset(),
    JobStatus.EXPIRED: frozenset(),
}

TERMINAL_STATUSES = frozenset(status for status, following in TRANSITIONS.items() if not following)


def check_transition(before: JobStatus, after: JobStatus) -> None:
    """Check that a job may move from one state to the other.

    Raises:
        StaleTransitionError: When it may not.
    """
    if after not in TRANSITIONS[before]:
        raise StaleTransitionError(f"a job that is {before} cannot become {after}")
