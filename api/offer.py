"""What the workers offer, remembered for a moment: every submission asks for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from db.catalogue import CatalogueStore
from db.records import Catalogue

KEEP_S = 1.0


class CurrentOffer:
    """The catalogue as it was at most :data:`KEEP_S` ago. That there is none is not remembered.

    Args:
        store: Where the workers publish it.
        now_s: A monotonic clock.
    """

    def __init__(
        self, store: CatalogueStore, *, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Read nothing yet."""
        self._store = store
        self._now_s = now_s
        self._lock = threading.Lock()
        self._seen: tuple[float, Catalogue] | None = None

    def find(self) -> Catalogue | None:
        """Return the catalogue; ``None`` before any worker has started.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        with self._lock:
            seen = self._seen
        if seen is not None and self._now_s() - seen[0] < KEEP_S:
            return seen[1]
        found = self._store.find()
        if found is not None:
            with self._lock:
                self._seen = (self._now_s(), found)
        return found
