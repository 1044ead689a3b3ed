"""The strategies by name: what each is for, its settings, and whether it can run here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.domain.algorithm import Algorithm
from engine.domain.errors import UnavailableAlgorithmError, UnknownAlgorithmError
from engine.domain.trial import PathEnd
from engine.search.composite.graft import Graft
from engine.search.families import certainty, composite, sampling, steps, tool_use, trees
from engine.search.strategy import Offered, Strategy

DEFAULT_STRATEGY = "self_consistency"

FAMILIES = (sampling, certainty, steps, trees, tool_use, composite)


def list_strategies(offered: Offered) -> tuple[Strategy, ...]:
    """Return every strategy, with the defaults that suit what is offered."""
    return tuple(strategy for family in FAMILIES for strategy in family.list_strategies(offered))


def publish_strategies(offered: Offered) -> tuple[Mapping[str, Any], ...]:
    """Return every strategy as shown to callers, with whether it can run here."""
    return tuple(
        strategy.to_data(offered, is_default=strategy.name == DEFAULT_STRATEGY)
        for strategy in list_strategies(offered)
    )


def create_algorithm(
    name: str, settings: Mapping[str, Any], offered: Offered, start: PathEnd | None = None
) -> Algorithm[Any]:
    """Build the algorithm that a job asks for; absent settings take their defaults.

    Args:
        name: Of the strategy.
        settings: As the caller gave them, or as event 1 pins them.
        offered: What the process can offer it.
        start: The path that it goes on from; ``None`` for the problem itself.

    Raises:
        UnknownAlgorithmError: Listing the known names.
        UnavailableAlgorithmError: When it, or a setting, needs what is not served, or it cannot go
            on from a path.
        InvalidInputError: For an unknown setting or a value out of range.
    """
    if start is not None:
        midway = replace(offered, is_midway=True)
        return Graft(search=create_algorithm(name, settings, midway), at=start)
    known = {strategy.name: strategy for strategy in list_strategies(offered)}
    if name not in known:
        raise UnknownAlgorithmError(
            f"no strategy is named {name!r}; there are {', '.join(sorted(known))}"
        )
    strategy = known[name]
    lack = strategy.needs.find_lack(offered)
    if lack is not None:
        raise UnavailableAlgorithmError(f"{name} is unavailable: {lack}")
    return strategy.create(settings)
