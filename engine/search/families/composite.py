"""Strategies made of others: ensembles, and the router that chooses among them."""

from __future__ import annotations

from engine.search.strategy import Offered, Strategy


def list_strategies(offered: Offered) -> tuple[Strategy, ...]:  # noqa: ARG001
    """Return the family, with the defaults that suit what is offered."""
    return ()
