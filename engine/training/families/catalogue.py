"""Every family that the generator draws from, and the sentences that say nothing to the point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.training.blueprint import Family
from engine.training.families import (
    ages,
    basics,
    changes,
    endings,
    extremes,
    fees,
    flows,
    ladders,
    mixtures,
    nests,
    openings,
    origins,
    outlines,
    pairs,
    parts,
    people,
    plans,
    points,
    prices,
    purse,
    rates,
    ratios,
    shares,
    stocks,
    wholes,
    works,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainKind:
    """Links that fit together: one opening, some changes, one ending."""

    path: str
    openings: tuple[Family, ...]
    changes: tuple[Family, ...]
    endings: tuple[Family, ...]


CHAINS: Final = (
    ChainKind(
        path="items",
        openings=openings.OPENINGS,
        changes=changes.CHANGES,
        endings=endings.ENDINGS,
    ),
    ChainKind(
        path="money",
        openings=purse.OPENINGS,
        changes=purse.CHANGES,
        endings=purse.ENDINGS,
    ),
)
SINGLES: Final = (
    *basics.BASICS,
    *shares.SHARES,
    *prices.PRICES,
    *rates.RATES,
    *people.PEOPLE,
    *parts.PARTS,
    *mixtures.MIXTURES,
    *ratios.RATIOS,
    *works.WORKS,
    *plans.PLANS,
    *extremes.EXTREMES,
    *fees.FEES,
    *flows.FLOWS,
    *points.POINTS,
    *stocks.STOCKS,
)
# Relations crossed with one another and with what is asked, a tuple for each kind of relation.
# What a held-out family puts together is left out: its relations are trained, but apart (ADR 14).
COMPOSITIONS: Final = (
    ages.AGES,
    ladders.LADDERS,
    nests.NESTS,
    origins.ORIGINS,
    outlines.OUTLINES,
    pairs.PAIRS,
    wholes.WHOLES,
)
COMPOSED: Final = tuple(family for kind in COMPOSITIONS for family in kind)
# Drawn by nothing but `draw_held_out`: what a model does on kinds of problem that it never saw.
HELD_OUT: Final = frozenset(
    {
        "age.multiple",
        "group.three_more",
        "number.before",
        "part.two",
        "price.tickets",
        "rate.laps",
        "rate.pages",
        "shape.fence",
    }
)

DISTRACTIONS: Final = (
    "{E} [has|had|bought|sold] {z} {item3}",
    "{E} is {z} years old",
    "[it is {z} degrees outside|the temperature was {z} degrees that day]",
    "there are {z} [people|chairs|tables|lamps] in the [room|house|hall]",
    "the [trip|walk|visit|drive] [takes|took] {z} minutes",
    "{E} lives {z} [miles|blocks|kilometers] [away|from the {place}]",
    "the {place} [opened|was built] {z} years ago",
    "[{E} read|{E} has read] {z} books [last year|so far]",
    "[last year|last month], {E} [went to|visited] the {place} {z} times",
    "{E} [likes|owns|sold] {z} {animal}",
    "each {item3.one} weighs {z} [grams|ounces|pounds]",
    "the {place} sells {item3} for ${z.money} each",
    "{E} [has a meeting|leaves|goes home] in {z} minutes",
    "[{E} has|there are] {z} {item3} [in the car|on the table|at home]",
)
