"""How fast a server may be asked: requests and tokens in any sixty seconds."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from engine.ports import Clock

WINDOW_MS: Final = 60_000
_MS_PER_S: Final = 1_000


@dataclass(slots=True, kw_only=True)
class Ticket:
    """A request that was let through.

    Attributes:
        sent_ms: When, by the clock.
        n_tokens: What it takes; an estimate until its reply is there.
    """

    sent_ms: int
    n_tokens: int


class RateLimit:
    """Lets requests through as fast as a server's limits allow, and no faster.

    Args:
        clock: Measures the window.
        requests_a_minute: None for no limit.
        tokens_a_minute: None for no limit. A request that alone is larger goes by itself.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        requests_a_minute: int | None = None,
        tokens_a_minute: int | None = None,
    ) -> None:
        self._clock = clock
        self._max_requests = requests_a_minute
        self._max_tokens = tokens_a_minute
        self._tickets: deque[Ticket] = deque()
        self._paused_until_ms = clock.now_ms()

    async def admit(self, n_tokens: int) -> Ticket:
        """Wait until a request of about so many tokens may be sent."""
        while wait_ms := self._wait_ms(n_tokens):
            await self._clock.sleep(wait_ms / _MS_PER_S)
        ticket = Ticket(sent_ms=self._clock.now_ms(), n_tokens=n_tokens)
        self._tickets.append(ticket)
        return ticket

    def pause(self, seconds: float) -> None:
        """Let nothing through for a time: the server asked for it, of everybody."""
        until_ms = self._clock.now_ms() + round(seconds * _MS_PER_S)
        self._paused_until_ms = max(self._paused_until_ms, until_ms)

    def _wait_ms(self, n_tokens: int) -> int:
        now_ms = self._clock.now_ms()
        if now_ms < self._paused_until_ms:
            return self._paused_until_ms - now_ms
        while self._tickets and self._tickets[0].sent_ms + WINDOW_MS <= now_ms:
            self._tickets.popleft()
        if not self._tickets or self._has_room(n_tokens):
            return 0
        return self._tickets[0].sent_ms + WINDOW_MS - now_ms

    def _has_room(self, n_tokens: int) -> bool:
        if self._max_requests is not None and len(self._tickets) >= self._max_requests:
            return False
        taken = sum(ticket.n_tokens for ticket in self._tickets)
        return self._max_tokens is None or taken + n_tokens <= self._max_tokens
