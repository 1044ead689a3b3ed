"""Strategies that draw independent samples of one prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.domain.trial import Sampling
from engine.search.adaptive_consistency import STOPS, AdaptiveConsistency
from engine.search.direct import Direct
from engine.search.self_consistency import MAX_RISK, MAX_SAMPLES, SelfConsistency
from engine.search.stopping.catalogue import Stop
from engine.search.strategy import (
    Offered,
    Strategy,
    describe_integer,
    describe_number,
    describe_sampling,
    make_sampling,
)
from engine.search.vote import VoteRule

NO_VERIFIER = "no verifier is being served"


def list_strategies(offered: Offered) -> tuple[Strategy, ...]:
    """Return the family, with the defaults that suit what is offered."""
    sampling = offered.sampling
    return (_self_consistency(sampling), _adaptive_consistency(sampling), _direct(sampling))


def _self_consistency(sampling: Sampling) -> Strategy:
    shown = SelfConsistency(sampling=sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Draws samples, lets their answers vote, and stops once the vote cannot change.",
        properties={
            "samples": describe_integer("Most samples to draw.", 1, MAX_SAMPLES, shown.samples),
            "rule": {
                "description": "How votes weigh.",
                "enum": [rule.value for rule in VoteRule],
                "default": shown.rule.value,
            },
            **_stopping_properties(tuple(Stop), shown),
            **describe_sampling(sampling),
        },
        unavailable={"rule": {"verifier": NO_VERIFIER}},
        make=_make_self_consistency,
    )


def _adaptive_consistency(sampling: Sampling) -> Strategy:
    shown = AdaptiveConsistency(sampling=sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Draws samples until the leading answer is probably the most frequent one.",
        properties={
            "samples": describe_integer("Most samples to draw.", 1, MAX_SAMPLES, shown.samples),
            **_stopping_properties(STOPS, shown),
            **describe_sampling(sampling),
        },
        make=_make_adaptive_consistency,
    )


def _direct(sampling: Sampling) -> Strategy:
    shown = Direct()
    properties = describe_sampling(sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="One greedy sample: the baseline.",
        properties={"max_tokens": properties["max_tokens"]},
        make=lambda settings: Direct(**settings),
    )


def _make_self_consistency(settings: Mapping[str, Any]) -> SelfConsistency:
    return SelfConsistency(
        samples=settings["samples"],
        rule=VoteRule(settings["rule"]),
        haste=settings["haste"],
        stop=Stop(settings["stop"]),
        risk=settings["risk"],
        sampling=make_sampling(settings),
    )


def _make_adaptive_consistency(settings: Mapping[str, Any]) -> AdaptiveConsistency:
    return AdaptiveConsistency(
        samples=settings["samples"],
        haste=settings["haste"],
        stop=Stop(settings["stop"]),
        risk=settings["risk"],
        sampling=make_sampling(settings),
    )


def _stopping_properties(
    stops: Sequence[Stop], shown: SelfConsistency | AdaptiveConsistency
) -> dict[str, Mapping[str, Any]]:
    return {
        "haste": describe_number(
            "0 saves tokens, 1 asks for all samples at once.", 0, 1, shown.haste
        ),
        "stop": {
            "description": "When the vote stops.",
            "enum": [stop.value for stop in stops],
            "default": shown.stop.value,
        },
        "risk": {
            "type": "number",
            "description": "How unsure the stop may be; the exact one takes no risk.",
            "exclusiveMinimum": 0,
            "exclusiveMaximum": MAX_RISK,
            "default": shown.risk,
        },
    }
