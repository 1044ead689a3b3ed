"""When a failed request is sent again: a pure rule over the failure and the attempt."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.errors import ModelError

# Beyond this many doublings the cap has long been reached; the power stays small.
MAX_DOUBLINGS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How one request failed.

    Attributes:
        error: What happened; its ``retryable`` says whether another try may help.
        retry_after_s: How long the server asked us to wait, if it did.
    """

    error: ModelError
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDecision:
    """Try once more.

    Attributes:
        wait_s: How long to wait before.
    """

    wait_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Exponential backoff, of which the upper half is drawn at random.

    The random half spreads the clients that one restart of the server has failed together; the
    fixed half keeps a lucky draw from hammering it.

    Attributes:
        max_attempts: Requests sent for the same samples, the first included.
        base_s: Longest wait after the first failure; each further one doubles it.
        cap_s: Longest wait of all, unless the server asks for more.
    """

    max_attempts: int = 6
    base_s: float = 0.5
    cap_s: float = 15.0

    def __post_init__(self) -> None:
        """Refuse a policy that sends nothing or waits for ever."""
        if self.max_attempts < 1:
            raise ValueError(f"max_attempts must be at least 1, not {self.max_attempts}")
        if not 0 < self.base_s <= self.cap_s:
            raise ValueError(
                f"0 < base_s <= cap_s must hold, not {self.base_s:g} and {self.cap_s:g}"
            )

    def decide(self, failure: Failure, n_attempts: int, draw: float) -> RetryDecision | None:
        """Say whether and when to try again.

        Args:
            failure: How the last request failed.
            n_attempts: Requests that have failed so far, this one included; from 1.
            draw: A number in [0, 1) from the caller's generator.

        Returns:
            The wait, or ``None`` when the samples have to be given up.
        """
        if not failure.error.retryable or n_attempts >= self.max_attempts:
            return None
        ceiling_s = min(self.cap_s, self.base_s * 2 ** min(n_attempts - 1, MAX_DOUBLINGS))
        backoff_s = ceiling_s * (0.5 + 0.5 * draw)
        return RetryDecision(wait_s=max(backoff_s, failure.retry_after_s or 0.0))


def parse_retry_after(header: str | None) -> float | None:
    """Read a ``Retry-After`` header given in seconds.

    A date is ignored, since it would compare the server's clock with ours; so is nonsense.
    """
    text = (header or "").strip()
    if not text.isascii() or not text.isdigit():
        return None
    return float(text[:9])
