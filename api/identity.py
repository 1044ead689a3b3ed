"""Names of new jobs, and seeds for callers who bring none."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from engine.domain.ids import SEED_BITS, JobId

_RANDOM_BITS = 74


@dataclass(frozen=True, slots=True, kw_only=True)
class Entropy:
    """Where the process takes the time and its random bits from.

    Attributes:
        now_ms: Milliseconds since 1970.
        random_bits: Returns an integer of so many random bits, fit for secrets.
    """

    now_ms: Callable[[], int]
    random_bits: Callable[[int], int]

    def make_job_id(self) -> JobId:
        """Return ``job_`` and a UUID of version 7 (RFC 9562): ids sort by the time of making."""
        return JobId(f"job_{make_uuid7(self.now_ms(), self.random_bits(_RANDOM_BITS))}")

    def make_request_id(self) -> str:
        """Return a name for a request that came without one."""
        return f"req_{self.random_bits(128):032x}"

    def draw_seed(self) -> int:
        """Return a seed below 2**52, so that every JSON reader keeps it exact."""
        return self.random_bits(SEED_BITS)


def make_uuid7(now_ms: int, random_bits: int) -> uuid.UUID:
    """Return the UUID of version 7 with this time and these 74 bits."""
    high, low = random_bits >> 62, random_bits & ((1 << 62) - 1)
    value = (now_ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    return uuid.UUID(int=value)
