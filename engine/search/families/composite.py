"""Strategies made of others: ensembles, and the router that chooses among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from engine.domain.algorithm import Algorithm
from engine.domain.errors import UnavailableAlgorithmError
from engine.domain.route import RoutePolicy
from engine.search.composite.ensemble import MAX_PARTS, Ensemble
from engine.search.composite.router import FixedPolicy, Router
from engine.search.families import certainty, sampling, steps, tool_use, trees
from engine.search.scoring import Scorer
from engine.search.self_consistency import SelfConsistency
from engine.search.stopping.catalogue import Stop
from engine.search.strategy import (
    NO_POLICY,
    Needs,
    Offered,
    Strategy,
    describe_sampling,
    describe_scorer,
    list_unavailable,
    make_sampling,
)

BY_POLICY = "policy"
PILOT_ONLY = "none"
N_PILOT = 4


class Effort(StrEnum):
    """How much a search may try. ``AUTO`` lets the pilot's agreement decide."""

    AUTO = "auto"
    QUICK = "quick"
    STANDARD = "standard"
    DEEP = "deep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """What an effort allows.

    Attributes:
        n_samples: Most samples of the adaptive vote.
        stop: How that vote stops.
        n_pilot: Samples of the pilot.
        max_routes: Most searches that follow the pilot.
    """

    n_samples: int
    stop: Stop
    n_pilot: int = N_PILOT
    max_routes: int = 1


TIERS = {
    Effort.AUTO: Tier(n_samples=32, stop=Stop.STOCHASTIC, max_routes=2),
    Effort.QUICK: Tier(n_samples=8, stop=Stop.EXACT, max_routes=0),
    Effort.STANDARD: Tier(n_samples=16, stop=Stop.STOCHASTIC),
    Effort.DEEP: Tier(n_samples=64, stop=Stop.CERTIFICATE, n_pilot=8, max_routes=3),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the router, by the strategies that can fill it.

    Attributes:
        strategies: Their names, the best suited first.
        settings: What differs from their defaults.
    """

    strategies: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])


# By what they cost, the cheapest first.
PARTS = {
    "adaptive": Part(strategies=("self_consistency",)),
    "guided": Part(strategies=("rebase", "beam")),
    "tools": Part(strategies=("tora", "pal")),
    "tree": Part(strategies=("mcts", "tot_bfs")),
}
MEMBERS = ("self_consistency", "best_of_n", "rebase", "pal", "tora", "mcts")


def list_strategies(offered: Offered) -> tuple[Strategy, ...]:
    """Return the family, with the defaults that suit what is offered."""
    return (_auto(offered), _ensemble(offered))


def _auto(offered: Offered) -> Strategy:
    open_parts = [name for name in PARTS if _find_strategy(PARTS[name], offered) is not None]
    return Strategy(
        name="auto",
        version=1,
        summary="Looks at a few samples, then searches as their agreement calls for.",
        properties={
            "effort": {
                "description": "How much may be tried.",
                "enum": [effort.value for effort in Effort],
                "default": Effort.AUTO.value,
            },
            "route": {
                "description": "Overrides the policy: one part after the pilot, or none.",
                "enum": [BY_POLICY, PILOT_ONLY, *PARTS],
                "default": BY_POLICY,
            },
            "parts": {
                "type": "array",
                "description": "What may follow the pilot.",
                "items": {"enum": list(PARTS)},
                "uniqueItems": True,
                "default": open_parts,
            },
            "scorer": describe_scorer(offered),
            **describe_sampling(offered.sampling),
        },
        unavailable=list_unavailable(offered, "scorer", Scorer.VERIFIER),
        needs=Needs(policy=True),
        make=lambda settings: _make_router(settings, offered),
    )


def _ensemble(offered: Offered) -> Strategy:
    names = [name for name in MEMBERS if name in _find_available(offered)]
    return Strategy(
        name="ensemble",
        version=1,
        summary="Runs several strategies side by side and pools their votes.",
        properties={
            "parts": {
                "type": "array",
                "description": "The strategies, each with the settings that differ from its own.",
                "minItems": 1,
                "maxItems": MAX_PARTS,
                "items": {
                    "type": "object",
                    "properties": {
                        "strategy": {"enum": list(_list_plain(offered))},
                        "settings": {"type": "object"},
                    },
                    "required": ["strategy"],
                    "additionalProperties": False,
                },
                "default": [{"strategy": name, "settings": {}} for name in names[:3]],
            }
        },
        make=lambda settings: _make_ensemble(settings, offered),
    )


def _make_router(settings: Mapping[str, Any], offered: Offered) -> Router:
    tier = TIERS[Effort(settings["effort"])]
    # What is pinned says how the parts draw and judge: what else is offered must not.
    offered = replace(
        offered,
        sampling=make_sampling(settings),
        has_verifier=Scorer(settings["scorer"]) is Scorer.VERIFIER,
    )
    parts = {name: _make_part(name, tier, offered) for name in PARTS if name in settings["parts"]}
    pilot = SelfConsistency(samples=tier.n_pilot, stop=Stop.FULL, sampling=offered.sampling)
    return Router(
        pilot=pilot,
        parts=parts,
        policy=_find_policy(settings["route"], parts, offered),
        max_routes=_count_routes(settings["route"], tier),
        given=dict(settings),
    )


def _count_routes(route: str, tier: Tier) -> int:
    if route == BY_POLICY:
        return tier.max_routes
    return 0 if route == PILOT_ONLY else 1


def _find_policy(route: str, parts: Mapping[str, Algorithm[Any]], offered: Offered) -> RoutePolicy:
    if route == PILOT_ONLY:
        return FixedPolicy(choice=None)
    if route != BY_POLICY:
        if route not in parts:
            raise UnavailableAlgorithmError(f"auto cannot go on with {route!r}: it is not a part")
        return FixedPolicy(choice=route)
    if offered.policy is None:
        raise UnavailableAlgorithmError(f"auto is unavailable: {NO_POLICY}")
    return offered.policy


def _make_part(name: str, tier: Tier, offered: Offered) -> Algorithm[Any]:
    if name == "adaptive":
        return SelfConsistency(samples=tier.n_samples, stop=tier.stop, sampling=offered.sampling)
    strategy = _find_strategy(PARTS[name], offered)
    if strategy is None:
        raise UnavailableAlgorithmError(f"the part {name!r} cannot be had here")
    return strategy.make({**strategy.defaults(), **PARTS[name].settings})


def _find_strategy(part: Part, offered: Offered) -> Strategy | None:
    available = _find_available(offered)
    return next((available[name] for name in part.strategies if name in available), None)


def _find_available(offered: Offered) -> dict[str, Strategy]:
    """Return the plain strategies that can run here, by name."""
    return {
        name: strategy
        for name, strategy in _list_plain(offered).items()
        if strategy.needs.find_lack(offered) is None
    }


def _list_plain(offered: Offered) -> dict[str, Strategy]:
    """Return all strategies that are no composites, by name."""
    return {
        strategy.name: strategy
        for family in (sampling, certainty, steps, trees, tool_use)
        for strategy in family.list_strategies(offered)
    }


def _make_ensemble(settings: Mapping[str, Any], offered: Offered) -> Ensemble:
    available = _find_available(offered)
    parts: Sequence[Mapping[str, Any]] = settings["parts"]
    return Ensemble(
        parts={
            f"{number}-{part['strategy']}": _make_member(part, available)
            for number, part in enumerate(parts, start=1)
        }
    )


def _make_member(part: Mapping[str, Any], available: Mapping[str, Strategy]) -> Algorithm[Any]:
    strategy = available.get(part["strategy"])
    if strategy is None:
        raise UnavailableAlgorithmError(
            f"no strategy {part['strategy']!r} can be a part here; "
            f"there are {', '.join(sorted(available))}"
        )
    return strategy.create(part.get("settings", {}))
