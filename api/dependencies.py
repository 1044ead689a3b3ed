"""What the application is given: it makes none of this itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app, g, has_request_context

from api.health import Check
from api.hub import StreamHub
from api.identity import Entropy
from api.metrics import RequestMetrics
from api.offer import CurrentOffer
from api.queue import JobQueue
from api.sse import StreamTerms
from db.events import EventStore
from db.jobs import JobStore
from db.keys import KeyStore
from db.records import Principal, QueueStats
from engine.config import Settings

EXTENSION = "svend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """The application's dependencies.

    Attributes:
        settings: What the process was told.
        jobs: The jobs.
        events: Their logs.
        keys: The API keys.
        offer: What the workers offer.
        queue: Wakes the workers.
        hub: Feeds those who wait.
        check_health: Looks at every part that this process leans on.
        read_stats: Counts the queue.
        metrics: Counts the requests.
        entropy: Time and random bits.
        utc_now: The time as people read it; for hints only, never compared with a stored time.
        now_s: A monotonic clock.
        stream_terms: How streams behave over time.
        jitter: Returns a number from 0 to 1, so that streams do not all end at once.
    """

    settings: Settings
    jobs: JobStore
    events: EventStore
    keys: KeyStore
    offer: CurrentOffer
    queue: JobQueue
    hub: StreamHub
    check_health: Callable[[], Sequence[Check]]
    read_stats: Callable[[], QueueStats]
    metrics: RequestMetrics
    entropy: Entropy
    utc_now: Callable[[], datetime]
    jitter: Callable[[], float]
    now_s: Callable[[], float] = time.monotonic
    stream_terms: StreamTerms = field(default_factory=StreamTerms)

    def close(self) -> None:
        """End what runs beside the requests; hints that wait are sent first."""
        self.queue.close()
        self.hub.close()


def current_dependencies() -> Dependencies:
    """Return the dependencies of the application that is answering."""
    found: Dependencies = current_app.extensions[EXTENSION]
    return found


def current_principal() -> Principal:
    """Return who is calling; every route that uses it asks for a key."""
    found: Principal = g.principal
    return found


def current_request_id() -> str:
    """Return the id of the request being answered."""
    return str(g.get("request_id", "")) if has_request_context() else ""
