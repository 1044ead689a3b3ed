"""What a run costs, and when it has to stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_PER: Final = 1_000_000
# What is told in advance need not be exact, but must not fall short: most tokens are longer.
_CHARS_A_TOKEN: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a million tokens cost, in the currency of the cap.

    Attributes:
        prompt: Of what is sent.
        completion: Of what is written.
    """

    prompt: float = 0.0
    completion: float = 0.0

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """What so many tokens cost."""
        return (tokens_in * self.prompt + tokens_out * self.completion) / _PER


@dataclass(slots=True, kw_only=True)
class Budget:
    """Money spent, and money that requests in flight may still take.

    Attributes:
        prices: Of tokens.
        cap: What may be spent; None for no bound.
        spent: On replies that are in the journal.
        reserved: The most that requests in flight can cost.
        tokens_in: Of the prompts that were answered.
        tokens_out: Of the replies.
    """

    prices: Prices
    cap: float | None = None
    spent: float = 0.0
    reserved: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0

    def may_send(self, cost: float) -> bool:
        """Whether a request of this cost fits beside all that was sent before it."""
        return self.cap is None or self.spent + self.reserved + cost <= self.cap

    def reserve(self, cost: float) -> None:
        """Count a request as in flight."""
        self.reserved += cost

    def release(self, cost: float) -> None:
        """Count a request as no longer in flight."""
        self.reserved = max(0.0, self.reserved - cost)

    def pay(self, tokens_in: int, tokens_out: int) -> None:
        """Count what a reply took."""
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out
        self.spent += self.prices.cost(tokens_in, tokens_out)


def estimate_tokens(text: str) -> int:
    """At least as many tokens as ordinary text has; exact counts come with the reply."""
    return len(text) // _CHARS_A_TOKEN + 1
