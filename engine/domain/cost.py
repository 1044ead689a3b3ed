"""What one event says was spent: the one rule, for those who write a log and those who read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.domain.budget import Spent
from engine.domain.event import EventDraft, EventType
from engine.domain.price import Prices

_TELLING = frozenset({EventType.TRIAL_ENDED, EventType.SEARCH_NOTED})
FREE = Prices()


def cost_of(draft: EventDraft, prices: Prices = FREE) -> Spent:
    """Return what an event adds to a search's account, its time excepted.

    A node is spent when it is opened; tokens and calls when its trial ends, or when a note tells
    of a sample that was cut off. What was inherited was paid for by the job that it comes from.
    """
    return Spent() if draft.inherited is not None else worth_of(draft, prices)


def worth_of(draft: EventDraft, prices: Prices = FREE) -> Spent:
    """Return what an event tells was spent, whoever paid for it."""
    if draft.type is EventType.TRIAL_OPENED:
        return Spent(nodes=1)
    if draft.type not in _TELLING:
        return Spent()
    data: Mapping[str, Any] = draft.data
    tokens: Mapping[str, int] = data.get("tokens") or {}
    tokens_in, tokens_out = tokens.get("in", 0), tokens.get("out", 0)
    return Spent(
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        tokens_cached=tokens.get("cached", 0),
        model_calls=data.get("model_calls") or 0,
        cost_nano=prices.cost_nano(tokens_in, tokens_out),
    )
