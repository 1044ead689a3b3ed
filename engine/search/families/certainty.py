"""Strategies that look at how sure the model was, token by token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.search.certainty import Measure, Weighing
from engine.search.deepconf import MAX_POWER, MAX_SAMPLES, MIN_CONSENSUS, DeepConf, Mode
from engine.search.families.stopping import describe_haste
from engine.search.strategy import (
    Offered,
    Strategy,
    describe_choice,
    describe_integer,
    describe_number,
    describe_sampling,
    make_sampling,
)

MAX_GROUP_TOKENS = 4096


def list_strategies(offered: Offered) -> tuple[Strategy, ...]:
    """Return the family, with the defaults that suit what is offered."""
    shown = DeepConf(sampling=offered.sampling)
    return (
        Strategy(
            name=shown.name,
            version=shown.version,
            summary="Drops samples that the model was unsure of, and weighs the others.",
            properties={
                "mode": describe_choice(
                    "Drop unsure samples once all have ended, or while they are written.",
                    tuple(Mode),
                    shown.mode,
                ),
                "samples": describe_integer("Most samples.", 1, MAX_SAMPLES, shown.samples),
                "keep": {
                    **describe_number("Share of the surest to keep.", 0, 1, shown.keep),
                    "exclusiveMinimum": 0,
                },
                "measure": describe_choice(
                    "Which groups of tokens say how sure a sample is.",
                    tuple(Measure),
                    shown.measure,
                ),
                "weighing": describe_choice(
                    "Votes weigh as much as their certainty, or, offline, by its rank.",
                    tuple(Weighing),
                    shown.weighing,
                ),
                "power": describe_number(
                    "Of weighing=borda: 0 is the majority's vote, 4 is nearly the surest's.",
                    0,
                    MAX_POWER,
                    shown.power,
                ),
                "warmups": describe_integer(
                    "Online: samples drawn to learn what sure is.", 1, MAX_SAMPLES, shown.warmups
                ),
                "consensus": {
                    **describe_number(
                        "Online: share of the weight that ends the search.",
                        MIN_CONSENSUS,
                        1,
                        shown.consensus,
                    ),
                    "exclusiveMinimum": MIN_CONSENSUS,
                },
                "haste": describe_haste(shown.haste),
                "group_tokens": describe_integer(
                    "Tokens over which certainty is averaged.",
                    1,
                    MAX_GROUP_TOKENS,
                    shown.sampling.group_tokens,
                ),
                **describe_sampling(offered.sampling),
            },
            make=_make_deepconf,
        ),
    )


def _make_deepconf(settings: Mapping[str, Any]) -> DeepConf:
    return DeepConf(
        mode=Mode(settings["mode"]),
        samples=settings["samples"],
        keep=settings["keep"],
        measure=Measure(settings["measure"]),
        weighing=Weighing(settings["weighing"]),
        power=settings["power"],
        warmups=settings["warmups"],
        consensus=settings["consensus"],
        haste=settings["haste"],
        sampling=replace(make_sampling(settings), group_tokens=settings["group_tokens"]),
    )
