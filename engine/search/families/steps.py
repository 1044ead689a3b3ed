"""Strategies that grow several solutions step by step, led by scores."""

from __future__ import annotations

from engine.search.strategy import Offered, Strategy


def list_strategies(offered: Offered) -> tuple[Strategy, ...]:  # noqa: ARG001
    """Return the family, with the defaults that suit what is offered."""
    return ()
