"""Strategies that run programs and call tools."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from engine.search.families.stopping import describe_stopping
from engine.search.stopping.catalogue import Stop
from engine.search.strategy import (
    Needs,
    Offered,
    Strategy,
    describe_choice,
    describe_integer,
    describe_number,
    describe_sampling,
    make_sampling,
)
from engine.search.tool_use.pal import MAX_SAMPLES, PROSE_PROMPT, Pal
from engine.search.tool_use.tora import MAX_STEPS, MAX_TRAILS, Tora
from engine.search.tool_use.trail import PROMPT, OnFailure
from engine.search.tree import PROGRAM_PROMPT

CALCULATOR = "calculator"
EXECUTE_PYTHON = "execute_python"


def list_strategies(offered: Offered) -> tuple[Strategy, ...]:
    """Return the family, with the defaults that suit what is offered."""
    return (_pal(offered), _tora(offered))


def _pal(offered: Offered) -> Strategy:
    if offered.answers_by_program:
        # Its whole answers are straight-line programs, so there is no prose beside them.
        shown = Pal(prompt=PROSE_PROMPT, cot_share=0.0, sampling=offered.sampling)
        needs = Needs(prompts=frozenset({PROSE_PROMPT}), tools=frozenset({CALCULATOR}))
        share = describe_number("This model writes nothing but programs.", 0, 0, 0)
    else:
        shown = Pal(sampling=offered.sampling)
        prompts = frozenset({PROSE_PROMPT, PROGRAM_PROMPT})
        needs = Needs(prompts=prompts, tools=frozenset({EXECUTE_PYTHON}))
        share = describe_number("Share of samples in prose.", 0, 1, shown.cot_share)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Lets the model write programs, runs them, and lets their values vote.",
        properties={
            "samples": describe_integer("Most samples to draw.", 1, MAX_SAMPLES, shown.samples),
            "cot_share": share,
            **describe_stopping(tuple(Stop), stop=shown.stop, risk=shown.risk, haste=shown.haste),
            **describe_sampling(offered.sampling),
        },
        needs=needs,
        make=partial(_make_pal, prompt=shown.prompt),
    )


def _tora(offered: Offered) -> Strategy:
    shown = Tora(sampling=offered.sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Lets the model reason and call tools in turn, and lets several such trails vote.",
        properties={
            "samples": describe_integer("Most trails to begin.", 1, MAX_TRAILS, shown.samples),
            "max_calls": describe_integer("Runs of tools a trail.", 0, MAX_STEPS, shown.max_calls),
            "max_corrections": describe_integer(
                "Malformed calls a trail that are answered with a correction.",
                0,
                MAX_STEPS,
                shown.max_corrections,
            ),
            "max_steps": describe_integer("Steps a trail.", 1, MAX_STEPS, shown.max_steps),
            "on_failure": describe_choice(
                "Show a failed call to the model, or drop the step and draw it again.",
                tuple(OnFailure),
                shown.on_failure,
            ),
            **describe_stopping(tuple(Stop), stop=shown.stop, risk=shown.risk, haste=shown.haste),
            **describe_sampling(offered.sampling),
        },
        needs=Needs(prompts=frozenset({PROMPT}), tools=_needed_tools(offered)),
        make=_make_tora,
    )


def _needed_tools(offered: Offered) -> frozenset[str]:
    """Any tool will do; where there is none, the one that is named is the most useful."""
    return frozenset() if offered.tools else frozenset({EXECUTE_PYTHON})


def _make_pal(settings: Mapping[str, Any], *, prompt: str) -> Pal:
    return Pal(
        samples=settings["samples"],
        cot_share=settings["cot_share"],
        prompt=prompt,
        haste=settings["haste"],
        stop=Stop(settings["stop"]),
        risk=settings["risk"],
        sampling=make_sampling(settings),
    )


def _make_tora(settings: Mapping[str, Any]) -> Tora:
    return Tora(
        samples=settings["samples"],
        max_calls=settings["max_calls"],
        max_corrections=settings["max_corrections"],
        max_steps=settings["max_steps"],
        on_failure=OnFailure(settings["on_failure"]),
        haste=settings["haste"],
        stop=Stop(settings["stop"]),
        risk=settings["risk"],
        sampling=make_sampling(settings),
    )
