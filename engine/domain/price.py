"""What tokens cost: in units of whatever currency the operator reckons in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from engine.domain.errors import InvalidBudgetError

# Costs are summed as whole billionths of a unit: sums of floats would depend on their order, and
# the same log must always come to the same cost.
NANO = 1_000_000_000
MAX_PRICE = 1_000_000.0
_TOKENS_PER_PRICE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Cost units per million tokens, to a thousandth.

    Prompt tokens are paid for once a request, whether the server had them cached or not.

    Attributes:
        per_mtok_in: Of prompt tokens.
        per_mtok_out: Of generated tokens.
    """

    per_mtok_in: float = 0.0
    per_mtok_out: float = 0.0

    def __post_init__(self) -> None:
        """Refuse prices that no cost could be reckoned with."""
        for price in (self.per_mtok_in, self.per_mtok_out):
            if not 0 <= price <= MAX_PRICE:
                raise InvalidBudgetError(
                    f"a price per million tokens must lie between 0 and {MAX_PRICE:g}, not {price}"
                )

    @property
    def is_free(self) -> bool:
        """Whether nothing costs anything."""
        return not (_per_token(self.per_mtok_in) or _per_token(self.per_mtok_out))

    def cost_nano(self, tokens_in: int, tokens_out: int) -> int:
        """Return what tokens cost, in billionths of a unit."""
        return tokens_in * _per_token(self.per_mtok_in) + tokens_out * _per_token(
            self.per_mtok_out
        )

    def to_data(self) -> dict[str, float]:
        """Return the prices as JSON."""
        return {"per_mtok_in": self.per_mtok_in, "per_mtok_out": self.per_mtok_out}

    def to_first_data(self) -> dict[str, dict[str, float]]:
        """Return the part of a log's first event that pins them; nothing where all is free."""
        return {} if self.is_free else {"prices": self.to_data()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | None) -> Self:
        """Read what :meth:`to_data` wrote; a log that names no prices has none."""
        return cls(**data) if data else cls()


def _per_token(per_mtok: float) -> int:
    """Return the price of one token in billionths of a unit."""
    return round(per_mtok * NANO / _TOKENS_PER_PRICE)
