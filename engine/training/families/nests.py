"""Problems about things within things, each level a factor told by a sentence of its own.

Composed are settings (three or four levels) and what is asked in the end: all of the innermost
(`all`), those that remain (`rest`), what one of several gets (`share`), the price of all (`cost`),
and how many there are of another level (`middle`), where one factor is told but not needed. Left
out are distances of every kind and books that are read: `rate.laps`, `rate.pages` are held out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from engine.training import words
from engine.training.blueprint import Draw, Family, below, computed, divisor, price, span

# The letters of the levels, from the first to the last.
_LEVELS: Final = "xykn"
_CAP: Final = 20_000
# Words of the held-out families `rate.laps` and `rate.pages`: a setting that has one of them
# makes no family, so that what a model does on those stays a measure of composing.
_LEFT_OUT: Final = re.compile(
    r"\b(?:laps?|tracks?|miles?|(?:kilo)?meters?|runs?|walks?|swims?|cycles?|books?|reads?)\b"
)
_SUM: Final = "[| in all| altogether| in total]"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """What is asked: `step` follows the product of all levels (`q`) but the one `skipped`."""

    path: str
    ask: str
    clause: str = ""
    roles: Mapping[str, Draw] = field(default_factory=dict[str, Draw])
    step: str = ""
    skipped: str = ""
    needs_all: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """Levels, each with its number and its sentence forms, and what may be asked of them.

    A `loose` one has no word that points to another level, so that each sentence stands alone.
    """

    path: str
    draws: tuple[Draw, ...]
    clauses: tuple[str, ...]
    uses: tuple[_Use, ...]
    loose: bool = False


def _singular(many: str) -> str:
    return f"{many[:-1]}.one}}" if many.startswith("{") else words.singular(many)


def _outermost(place: str, things: str) -> str:
    return (
        f"[the {place} has {{x}} {things}|there are {{x}} {things} in the {place}|in the"
        f" {place}[|,] there are {{x}} {things}|the {place} where {{A}} works has {{x}} {things}"
        f"|the number of {things} in the {place} is {{x}}]"
    )


def _within(outer: str, n: str, things: str, *, loose: bool) -> str:
    """So many things in each of the level outside, as in `boxes in holds`."""
    many, at, has = outer.rsplit(" ", 2)
    one = _singular(many)
    alone = (
        f"[each|every] {one} {has} {{{n}}} {things}|there are {{{n}}} {things} {at} [each|every]"
        f" {one}|{at} [each|every] {one}[|,] there are {{{n}}} {things}|each of the {many} {has}"
        f" {{{n}}} {things}|the number of {things} {at} each {one} is {{{n}}}"
    )
    if loose:
        return f"[{alone}]"
    return (
        f"[{alone}|each of [them|these {many}] {has} {{{n}}} {things}|the {things} are {at}"
        f" the {many}, and there are {{{n}}} of them {at} each {one}]"
    )


def _count(things: str, where: str) -> str:
    return (
        f"[how many {things} are there{_SUM} {where}|what is the total number of {things} {where}"
        f"|[altogether|in total], how many {things} are there {where}"
        f"|how many {things} does that make {where}]"
    )


def _all(ask: str) -> _Use:
    return _Use(path="all", ask=ask)


def _middle(ask: str, skipped: str = "x") -> _Use:
    return _Use(path="middle", ask=ask, skipped=skipped, needs_all=False)


def _rest(things: str, gone: str, kept: str, ratio: int = 2) -> _Use:
    """What remains; at most one of `ratio` of them is gone."""
    return _Use(
        path="rest",
        clause=(
            f"[[|exactly ]{{r}} of [|all ]the {things} {gone}|of [|all ]the {things}[|,] {{r}}"
            f" {gone}|the number of {things} that {gone} is {{r}}]"
        ),
        ask=(
            f"[how many [|of the |of all the ]{things} {kept}|what is the number of {things} that"
            f" {kept}|how many {things} are there that {kept}|what number of {things} {kept}]"
        ),
        roles={"s": computed(lambda k: k["q"] / ratio), "r": below("s", 2)},
        step="-r",
        needs_all=False,
    )


def _share(things: str, many: str) -> _Use:
    one = words.singular(many)
    return _Use(
        path="share",
        clause=(
            f"[[all |]the {things} are [shared|divided|split] [evenly|equally] among {{m}} {many}"
            f"|{{m}} {many} share all the {things} [evenly|equally]|all [of |]the {things} go to"
            f" {{m}} {many}, and each {one} gets the same number]"
        ),
        ask=(
            f"[how many {things} does [each|every|one] {one} get|how many {things} are there for"
            f" [each|every|one] {one}|what number of {things} does each {one} get]"
        ),
        roles={"m": divisor("q", 2, 12)},
        step="/m",
    )


def _cost(one: str, things: str) -> _Use:
    return _Use(
        path="cost",
        clause=(
            f"[[each|every|one] {one} costs ${{p.money}}|the price of [each|every|one] {one} is"
            f" ${{p.money}}|the {things} cost ${{p.money}} [each|apiece]]"
        ),
        ask=(
            f"[how [much|many dollars] do all the {things} cost[| together]|what is the total"
            f" price of all the {things}|how much money is needed for all the {things}]"
        ),
        roles={"p": price(1, 5)},
        step="*p",
    )


def _often(rate: str) -> str:
    """Something that was told before is done so often."""
    return f"[{{A.he}} does [so|this] {rate}|this happens {rate}|this is done {rate}]"


def _goes_on(n: str, period: str, who: str = "{A.he}") -> str:
    return (
        f"[{who} [does this|does so|goes on like this|keeps this up] for {{{n}}} {period}|this"
        f" goes on for {{{n}}} {period}|{{{n}}} {period} [pass|go by] [like this|in this way]]"
    )


_WORK: Final = (
    (
        "[{A.he} [works|does this] [for |]{y} hours [a|per] day|{A.he} spends {y} hours [a|per]"
        " day on this|a working day [has|means] {y} hours of this]"
    ),
    _often("[[|on ]{k} days [a|per] week|on {k} days of each week]"),
    _goes_on("n", "weeks"),
)
_WORKED: Final = (
    f"[how many hours does {{A}} work{_SUM}|what is the total number of hours that {{A}} works|in"
    " total, how many hours does {A} work|for how many hours does {A} work in all]"
)


def _place(
    path: str, draws: tuple[Draw, ...], line: str, uses: str, *, gone: str = "", many: str = ""
) -> _Setting:
    """A place with levels within it, as in `halls in has/boxes in holds/pens`."""
    # What is gone of a place is told of its innermost level, after all the others in their order.
    levels, loose = line.split("/"), not gone
    names = [" ".join(level.split(" ")[:-2]) or level for level in levels]
    inner = zip(levels[:-1], _LEVELS[1:], names[1:], strict=False)
    offered = (
        _all(_count(names[-1], f"in the {path}")),
        _middle(_count(names[-2], f"in the {path}"), _LEVELS[len(levels) - 1]),
        _rest(names[-1], f"are {gone}", f"are not {gone}", 10),
        _share(names[-1], many),
        _cost(_singular(names[-1]), names[-1]),
    )
    return _Setting(
        path=path,
        draws=draws,
        clauses=(_outermost(path, names[0]), *(_within(*way, loose=loose) for way in inner)),
        uses=tuple(use for use in offered if use.path in uses.split()),
        loose=loose,
    )


_SETTINGS: Final = (
    _place(
        "school",
        (span(2, 6), span(3, 9), span(2, 8), span(5, 24)),
        "halls in has/shelves on has/boxes in holds/pencils",
        "all share cost middle",
        many="classes",
    ),
    _place(
        "town",
        (span(2, 9), span(4, 20), span(4, 12), span(2, 6)),
        "streets on has/houses in has/windows in has/panes",
        "all rest middle",
        gone="broken",
    ),
    _place(
        "harbor",
        (span(2, 6), span(5, 30), span(2, 8), span(4, 12)),
        "trucks on carries/crates in holds/boxes in contains/bottles",
        "all rest share cost middle",
        gone="empty",
        many="shops",
    ),
    _place(
        "orchard",
        (span(3, 12), span(4, 15), span(3, 9), span(2, 8)),
        "rows in has/trees on has/branches on has/apples",
        "all share cost middle",
        many="families",
    ),
    _place(
        "theater",
        (span(2, 4), span(5, 25), span(8, 30)),
        "floors on has/rows in has/seats",
        "all rest middle",
        gone="taken",
    ),
    _place(
        "warehouse",
        (span(2, 12), span(2, 20), span(2, 20)),
        "{box} in holds/sets in contains/{item}",
        "all rest share cost",
        gone="sold",
        many="children",
    ),
    _Setting(
        path="machine",
        draws=(span(2, 8), span(10, 50, 5), span(2, 8), span(2, 6)),
        clauses=(
            (
                "[[a|{A}'s] machine makes {x} {item} [a|per|each] minute while it is on|{A} has a"
                " machine that makes {x} {item} [a|per|every] minute]"
            ),
            "[it|the machine] is [on|in use] for {y} minutes [of each|of every|each|an] hour",
            "[the machine|it] does [so|this] for {k} hours [a|per|every|each] day",
            _goes_on("n", "days", "[it|the machine]"),
        ),
        uses=(
            _all(f"how many {{item}} [does the machine make|are made|are produced]{_SUM}"),
            _rest("{item}", "are faulty", "are not faulty", 10),
            _share("{item}", "shops"),
        ),
    ),
    _Setting(
        path="practice",
        draws=(span(5, 45, 5), span(2, 4), span(2, 6), span(2, 9)),
        clauses=(
            (
                "[{A} [practices the flute|studies Spanish|plays chess|draws] for {x} minutes at a"
                " time|{A} spends {x} minutes at a time on [the flute|Spanish|chess|yoga]]"
            ),
            _often("{y.times} [a|per|in a] day"),
            *_WORK[1:],
        ),
        uses=(
            _all(f"how many minutes [does {{A}} spend on this|is that]{_SUM}"),
            _middle(f"how many times [does {{A}} do this|is this done]{_SUM}"),
        ),
    ),
    _Setting(
        path="worker",
        draws=(span(4, 30), span(3, 8), span(3, 6), span(2, 6)),
        clauses=(
            (
                "[{A} [packs|checks|sorts] {x} {item} [an|per|each|every] hour|it takes {A} an"
                " hour to [pack|check] {x} {item}|{x} {item} an hour are [packed|checked] by {A}]"
            ),
            *_WORK,
        ),
        uses=(
            _all(f"how many {{item}} [does {{A}} finish|are done]{_SUM}"),
            _middle(_WORKED),
        ),
    ),
    _Setting(
        path="dose",
        draws=(span(2, 4), span(2, 4), span(5, 30)),
        clauses=(
            "{A} [takes|must take|has to take|is to take] {x} [pills|of the pills] at a time",
            _often("{y.times} [a|per|each|every] day"),
            _goes_on("k", "days"),
        ),
        uses=(
            _all(f"how many pills [does {{A}} take|are taken]{_SUM}"),
            _cost("pill", "pills"),
        ),
    ),
    _Setting(
        path="printers",
        draws=(span(2, 9), span(5, 40), span(2, 30)),
        clauses=(
            "[{A}'s office has {x} printers|{A} [starts|uses|turns on|needs|has] {x} printers]",
            "each [printer|of them|of the printers] [prints|makes] {y} pages [a|per|each] minute",
            "[[all |]the printers|they] [are on|print|are in use] for {k} minutes",
        ),
        uses=(
            _all(f"how many pages [do the printers print|are printed]{_SUM}"),
            _share("printed pages", "students"),
        ),
    ),
)


def _product(factors: str) -> str:
    """The statements that multiply the levels one by one, as in `a=x*y;b=a*k`."""
    steps = zip("abc", factors[0] + "ab", factors[1:], strict=False)
    return ";".join(f"{name}={before}*{factor}" for name, before, factor in steps)


def _family(setting: _Setting, use: _Use) -> Family:
    levels = _LEVELS[: len(setting.draws)]
    needed = [level for level in levels if level != use.skipped]
    product = computed(lambda known: math.prod((known[n] for n in levels), start=Fraction(1)))
    draws = dict(zip(levels, setting.draws, strict=True))
    last = "abc"[len(needed) - 2]
    return Family(
        path=f"nest.{setting.path}_{use.path}",
        roles={**draws, "q": product, **use.roles},
        clauses=(*setting.clauses, use.clause) if use.clause else setting.clauses,
        ask=use.ask,
        program=_product("".join(needed)) + (f";{last}{use.step}" if use.step else ""),
        whole=use.path != "cost",
        # What remains or is shared is told after all the levels that it speaks of.
        shuffled=setting.loose and use.path not in ("rest", "share"),
        cap=_CAP,
        needs_all=setting.loose and use.needs_all,
    )


NESTS: Final = tuple(
    _family(setting, use)
    for setting in _SETTINGS
    if not any(_LEFT_OUT.search(clause) for clause in setting.clauses)
    for use in setting.uses
)
