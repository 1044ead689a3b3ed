"""What events that are about to be written will have spent: the fold's rule, before the commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.domain.budget import Spent
from engine.domain.cost import FREE, cost_of
from engine.domain.event import EventDraft
from engine.domain.price import Prices


class Tally:
    """Counts what a job has spent, its earlier attempts included.

    Its figures equal those of :func:`engine.domain.fold.fold` over the same events, which a
    property test holds; the fold needs sealed events, and the commit needs the figures before.
    """

    def __init__(self, earlier: Spent, prices: Prices = FREE) -> None:
        """Begin with what earlier attempts have spent, at the prices that event 1 pins."""
        self._earlier_ms = earlier.running_ms
        self._attempt_ms = 0
        self._prices = prices
        self.spent = earlier

    def preview(self, drafts: Iterable[EventDraft]) -> Spent:
        """Return what will have been spent once these are written, without counting them."""
        spent, attempt_ms = self.spent, self._attempt_ms
        for draft in drafts:
            spent = spent.plus(cost_of(draft, self._prices))
            attempt_ms = max(attempt_ms, draft.at_ms)
        return replace(spent, running_ms=self._earlier_ms + attempt_ms)

    def count(self, drafts: Iterable[EventDraft]) -> None:
        """Count events of this attempt that are written."""
        counted = list(drafts)
        self.spent = self.preview(counted)
        self._attempt_ms = self.spent.running_ms - self._earlier_ms
