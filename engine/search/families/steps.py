"""Strategies that grow several solutions step by step, led by scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.domain.aggregation import Aggregation
from engine.search.scoring import Pick, Scorer
from engine.search.steps.beam import MAX_BRANCHING, MAX_LOOKAHEAD, Beam
from engine.search.steps.chains import Chains
from engine.search.steps.dvts import Dvts
from engine.search.steps.growth import Growth
from engine.search.steps.particles import Particles
from engine.search.steps.rebase import MAX_BALANCE, MIN_BALANCE, Rebase
from engine.search.steps.search import StepSearch
from engine.search.steps.settings import MAX_STEPS, MAX_WIDTH, MIN_STEPS, StepSettings
from engine.search.steps.survey import STEP_PROMPT
from engine.search.strategy import (
    Needs,
    Offered,
    Strategy,
    describe_choice,
    describe_integer,
    describe_number,
    describe_sampling,
    describe_scorer,
    list_unavailable,
    make_sampling,
)

Settings = Mapping[str, Any]


def list_strategies(offered: Offered) -> tuple[Strategy, ...]:
    """Return the family, with the defaults that suit what is offered."""
    return (
        _beam(offered),
        _dvts(offered),
        _rebase(offered),
        _particle_filter(offered),
        _step_best_of_n(offered),
    )


def _beam(offered: Offered) -> Strategy:
    shown = Beam()
    return _strategy(
        offered,
        shown,
        lambda s: Beam(branching=s["branching"], lookahead=s["lookahead"]),
        summary="Writes solutions step by step and goes on with the best of them.",
        properties={
            "branching": _describe_branching(shown.branching),
            "lookahead": describe_integer(
                "Greedy steps beyond a step before it is scored.",
                0,
                MAX_LOOKAHEAD,
                shown.lookahead,
            ),
        },
    )


def _dvts(offered: Offered) -> Strategy:
    shown = Dvts()
    return _strategy(
        offered,
        shown,
        lambda s: Dvts(branching=s["branching"]),
        summary="Grows several small trees that do not compete, each along its best step.",
        properties={"branching": _describe_branching(shown.branching)},
    )


def _rebase(offered: Offered) -> Strategy:
    shown = Rebase()
    return _strategy(
        offered,
        shown,
        lambda s: Rebase(balance=s["balance"]),
        summary="Writes solutions step by step; better steps get more continuations.",
        properties={
            "balance": describe_number(
                "Small values favour the best step, great ones treat all alike.",
                MIN_BALANCE,
                MAX_BALANCE,
                shown.balance,
            )
        },
    )


def _particle_filter(offered: Offered) -> Strategy:
    shown = Particles()
    return _strategy(
        offered,
        shown,
        lambda s: Particles(is_entropic=s["is_entropic"]),
        summary="Writes solutions step by step and resamples them by the odds of being right.",
        properties={
            "is_entropic": {
                "type": "boolean",
                "description": "Keep more solutions alive while few have all the weight.",
                "default": shown.is_entropic,
            }
        },
    )


def _step_best_of_n(offered: Offered) -> Strategy:
    return _strategy(
        offered,
        Chains(),
        lambda _settings: Chains(),
        summary="Writes independent solutions, scores each of their steps, and takes the best.",
        properties={},
    )


def _strategy(
    offered: Offered,
    shown: Growth,
    make_growth: Callable[[Settings], Growth],
    *,
    summary: str,
    properties: Mapping[str, Mapping[str, Any]],
) -> Strategy:
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary=summary,
        properties={**properties, **_describe_steps(offered)},
        needs=Needs(prompts=frozenset({STEP_PROMPT})),
        unavailable=list_unavailable(offered, "scorer", Scorer.VERIFIER),
        make=lambda settings: StepSearch(
            growth=make_growth(settings), steps=_make_steps(settings)
        ),
    )


def _describe_steps(offered: Offered) -> dict[str, Mapping[str, Any]]:
    shown = StepSettings()
    # A step's own likelihood says little of the path; a verifier judges the path so far.
    aggregation = Aggregation.LAST if offered.has_verifier else Aggregation.MEAN
    return {
        "width": describe_integer("Solutions under way at a time.", 1, MAX_WIDTH, shown.width),
        "max_steps": describe_integer(
            "The step in which a solution is written to its end.",
            MIN_STEPS,
            MAX_STEPS,
            shown.max_steps,
        ),
        "scorer": describe_scorer(offered),
        "aggregation": describe_choice(
            "What the scores of a solution's steps come to.", tuple(Aggregation), aggregation
        ),
        "pick": describe_choice(
            "Elect by the sum of an answer's scores, or by the single best solution.",
            tuple(Pick),
            shown.pick,
        ),
        **describe_sampling(offered.sampling),
    }


def _make_steps(settings: Settings) -> StepSettings:
    return StepSettings(
        width=settings["width"],
        max_steps=settings["max_steps"],
        scorer=Scorer(settings["scorer"]),
        aggregation=Aggregation(settings["aggregation"]),
        pick=Pick(settings["pick"]),
        sampling=make_sampling(settings),
    )


def _describe_branching(default: int) -> Mapping[str, Any]:
    return describe_integer(
        "Continuations of each solution that goes on.", 1, MAX_BRANCHING, default
    )
