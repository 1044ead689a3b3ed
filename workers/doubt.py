"""How unsettled a search is, kept up with the events that it commits."""

from __future__ import annotations

from collections import Counter

from engine.domain.event import Event, EventType
from engine.domain.outcome import OutcomeStatus
from engine.search.stopping.beta import doubt_lead


class Doubt:
    """A fold over a search's events.

    It counts answers, whatever weight the search's own rule gives them: it says whose samples to
    draw first, and decides nothing about the answer.
    """

    def __init__(self) -> None:
        """Begin without a vote."""
        self._votes: Counter[str] = Counter()

    def tell(self, event: Event) -> None:
        """Take the next event."""
        if event.type is not EventType.TRIAL_ENDED:
            return
        answer = event.data.get("answer")
        if answer is not None and event.data.get("status") == OutcomeStatus.COMPLETE.value:
            self._votes[answer["class"]] += 1

    def value(self) -> float:
        """Return the probability that the leading answer is not the most frequent one.

        The runner-up's chance under the posterior of the two leading classes
        (:func:`engine.search.stopping.beta.doubt_lead`); 1 before the first vote.
        """
        if not self._votes:
            return 1.0
        (_, n_lead), *others = self._votes.most_common(2)
        return doubt_lead(n_lead, others[0][1] if others else 0)
