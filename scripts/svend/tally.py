"""How far a search has come, as a fold over its events: what a progress display shows."""

from __future__ import annotations

from collections import Counter

from engine.domain.event import Event, EventType
from engine.domain.job_status import JobStatus

STATUS_AFTER = {
    EventType.JOB_SUBMITTED: JobStatus.QUEUED,
    EventType.JOB_CLAIMED: JobStatus.RUNNING,
    EventType.JOB_REQUEUED: JobStatus.QUEUED,
    EventType.JOB_SUCCEEDED: JobStatus.SUCCEEDED,
    EventType.JOB_FAILED: JobStatus.FAILED,
    EventType.JOB_CANCELLED: JobStatus.CANCELLED,
    EventType.JOB_EXPIRED: JobStatus.EXPIRED,
}


class Tally:
    """Counts of one search, kept up with :meth:`tell`.

    Attributes:
        status: The job's state.
        n_opened: Samples submitted.
        n_ended: Samples ended.
        n_planned: Most samples that the search would draw; 0 while unknown.
        tokens_out: Tokens generated.
    """

    def __init__(self) -> None:
        """Begin before the first event."""
        self.status = JobStatus.QUEUED
        self.n_opened = 0
        self.n_ended = 0
        self.n_planned = 0
        self.tokens_out = 0
        # In the order of arrival, for show only: the real vote looks at the order of submission.
        self._votes: Counter[str] = Counter()
        self._texts: dict[str, str] = {}

    def tell(self, event: Event) -> None:
        """Take the next event."""
        self.status = STATUS_AFTER.get(event.type, self.status)
        if event.type is EventType.JOB_SUBMITTED:
            self.n_planned = _read_planned(event)
        elif event.type is EventType.TRIAL_OPENED:
            self.n_opened += 1
        elif event.type is EventType.TRIAL_ENDED:
            self._end_trial(event)

    def leader(self) -> str | None:
        """Return the answer most often seen so far, if any."""
        if not self._votes:
            return None
        class_id, _ = self._votes.most_common(1)[0]
        return self._texts[class_id]

    def _end_trial(self, event: Event) -> None:
        self.n_ended += 1
        self.tokens_out += (event.data.get("tokens") or {}).get("out", 0)
        answer = event.data.get("answer")
        if answer is not None and event.data.get("status") == "complete":
            self._votes[answer["class"]] += 1
            self._texts.setdefault(answer["class"], answer["text"])


def _read_planned(event: Event) -> int:
    pins = event.data.get("pins") or {}
    planned = (pins.get("settings") or {}).get("samples", 1)
    return planned if isinstance(planned, int) else 0
