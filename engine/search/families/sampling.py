"""Strategies that draw independent samples of one prompt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.domain.trial import Sampling
from engine.search.adaptive_consistency import STOPS, AdaptiveConsistency
from engine.search.best_of_n import BestOfN
from engine.search.direct import Direct
from engine.search.families.stopping import describe_haste, describe_stopping
from engine.search.scoring import Pick, Scorer
from engine.search.self_consistency import MAX_SAMPLES, SelfConsistency
from engine.search.stopping.catalogue import Stop
from engine.search.strategy import (
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
from engine.search.vote import MAX_CISC_TEMPERATURE, MIN_CISC_TEMPERATURE, VoteRule


def list_strategies(offered: Offered) -> tuple[Strategy, ...]:
    """Return the family, with the defaults that suit what is offered."""
    sampling = offered.sampling
    return (
        _self_consistency(offered),
        _adaptive_consistency(sampling),
        _best_of_n(offered),
        _direct(sampling),
    )


def _self_consistency(offered: Offered) -> Strategy:
    sampling = offered.sampling
    shown = SelfConsistency(sampling=sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Draws samples, lets their answers vote, and stops once the vote cannot change.",
        properties={
            "samples": describe_integer("Most samples to draw.", 1, MAX_SAMPLES, shown.samples),
            "rule": describe_choice("How votes weigh.", tuple(VoteRule), shown.rule),
            "cisc_temperature": describe_number(
                "Of rule=cisc: the greater, the less a vote's confidence counts.",
                MIN_CISC_TEMPERATURE,
                MAX_CISC_TEMPERATURE,
                shown.cisc_temperature,
            ),
            **describe_stopping(tuple(Stop), stop=shown.stop, risk=shown.risk, haste=shown.haste),
            **describe_sampling(sampling),
        },
        unavailable=list_unavailable(offered, "rule", VoteRule.VERIFIER),
        make=_make_self_consistency,
        draws_samples=True,
    )


def _adaptive_consistency(sampling: Sampling) -> Strategy:
    shown = AdaptiveConsistency(sampling=sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Draws samples until the leading answer is probably the most frequent one.",
        properties={
            "samples": describe_integer("Most samples to draw.", 1, MAX_SAMPLES, shown.samples),
            **describe_stopping(STOPS, stop=shown.stop, risk=shown.risk, haste=shown.haste),
            **describe_sampling(sampling),
        },
        make=_make_adaptive_consistency,
        draws_samples=True,
    )


def _best_of_n(offered: Offered) -> Strategy:
    shown = BestOfN(sampling=offered.sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Draws samples, scores each, and takes the answer with the best scores.",
        properties={
            "samples": describe_integer("Most samples to draw.", 1, MAX_SAMPLES, shown.samples),
            "pick": describe_choice(
                "Elect by the sum of an answer's scores, or by the single best text.",
                tuple(Pick),
                shown.pick,
            ),
            "scorer": describe_scorer(offered),
            "haste": describe_haste(shown.haste),
            **describe_sampling(offered.sampling),
        },
        unavailable=list_unavailable(offered, "scorer", Scorer.VERIFIER),
        make=_make_best_of_n,
        draws_samples=True,
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
        cisc_temperature=settings["cisc_temperature"],
        haste=settings["haste"],
        stop=Stop(settings["stop"]),
        risk=settings["risk"],
        sampling=make_sampling(settings),
    )


def _make_best_of_n(settings: Mapping[str, Any]) -> BestOfN:
    return BestOfN(
        samples=settings["samples"],
        pick=Pick(settings["pick"]),
        scorer=Scorer(settings["scorer"]),
        haste=settings["haste"],
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
