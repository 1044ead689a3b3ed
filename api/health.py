"""Is the process able to serve, and what is degraded. Only Postgres is needed to accept a job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from engine.domain.errors import SvendError

LIVE_WORKER_S = 30.0
# /readyz asks for no key, so what it costs others is bounded by keeping each finding a while.
KEEP_S = 2.0


class Health(StrEnum):
    """How a part is."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was found of one part.

    Attributes:
        part: Its name.
        health: How it is.
        detail: What follows for callers; holds no address and no secret.
    """

    part: str
    health: Health
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One thing to look at.

    Attributes:
        part: Its name.
        look: Returns what is wrong, or ``None``. Raises :class:`SvendError` when out of reach.
        is_needed: Whether the process is useless without it.
        without: What follows when it is out of reach.
    """

    part: str
    look: Callable[[], str | None]
    without: str
    is_needed: bool = False


class HealthChecks:
    """Looks at every part, and remembers what it saw for a moment.

    Args:
        probes: What to look at.
        now_s: A monotonic clock.
    """

    def __init__(
        self, probes: Sequence[Probe], *, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        """Look at nothing yet."""
        self._probes = probes
        self._now_s = now_s
        self._lock = threading.Lock()
        self._seen: tuple[float, Sequence[Check]] | None = None

    def __call__(self) -> Sequence[Check]:
        """Return what was found, at most :data:`KEEP_S` ago."""
        with self._lock:
            if self._seen is None or self._now_s() - self._seen[0] > KEEP_S:
                checks = tuple(_look(probe) for probe in self._probes)
                self._seen = (self._now_s(), checks)
            return self._seen[1]


def summarise_health(checks: Sequence[Check]) -> Health:
    """Return the health of the whole: as good as its worst part."""
    found = {check.health for check in checks}
    if Health.FAILED in found:
        return Health.FAILED
    return Health.DEGRADED if Health.DEGRADED in found else Health.OK


def render_health(checks: Sequence[Check]) -> Mapping[str, Any]:
    """Return the findings as JSON."""
    return {
        "status": summarise_health(checks).value,
        "checks": [asdict(check) for check in checks],
    }


def _look(probe: Probe) -> Check:
    worst = Health.FAILED if probe.is_needed else Health.DEGRADED
    try:
        fault = probe.look()
    except SvendError:
        return Check(part=probe.part, health=worst, detail=probe.without)
    if fault is None:
        return Check(part=probe.part, health=Health.OK)
    return Check(part=probe.part, health=worst, detail=fault)
