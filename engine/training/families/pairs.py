"""Problems about two sorts of things, each with a count and a rate of its own, composed.

A setting (what the two sorts are, and what one of a sort carries, costs or needs) is crossed with
what is asked: the whole, the difference, what is left of a stock, the whole with a third thing,
a share, or the count of one sort. The facts are told together (rates and counts, each in either
order of the sorts) or apart, sort by sort.

Left out are the sorts of `_KEPT_OUT`: they belong to the held-out family `price.tickets`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from engine.training.blueprint import Draw, Family, above, below, computed, divisor, span
from engine.training.words import singular

# Adults and children, and what a ticket or an entrance costs, are told by `price.tickets` of
# `HELD_OUT` alone, so that it goes on measuring how well a model composes.
_KEPT_OUT: Final = ("adult", "child", "ticket", "entrance")

_TOTAL: Final = "[together|altogether|in all|in total]"
_PRESENT: Final = ("do", "does", "is", "are", "be")
_PAST: Final = ("did", "did", "was", "were", "have been")
_WORD: Final = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """Two sorts of things (one and many of each) and what a rate is.

    `turned` tells both rates with the amount first, `owner` comes before a count, `per` says how
    long a rate is for; what needs an empty `third`, `sharers` or `stock` is not asked.
    """

    path: str
    words: tuple[str, str, str, str]
    unit: str
    verbs: tuple[str, str, str]
    turned: str
    owner: str
    rates: tuple[Draw, Draw]
    third: str = ""
    sharers: str = ""
    stock: str = ""
    after: str = ""
    per: str = ""
    past: bool = False

    def amount(self, role: str, *, short: bool = False) -> str:
        """A number of its unit; the unit of a short one was said before."""
        told = f"{{{role}}}" if short else f"{{{role}}} {self.unit}"
        return told if self.unit else f"${{{role}.money}}"


_SETTINGS: Final = (
    _Setting(
        path="boxes",
        words=("big box", "big boxes", "small box", "small boxes"),
        unit="tiles",
        verbs=("holds", "hold", "hold"),
        turned="<x> tiles [go|fit] into each <p> and <y> into each <q>",
        owner="[there are|{A?} has|{A?} fills|{A?} packs]",
        rates=(span(8, 40), below("x", 3)),
        third="basket",
        sharers="teams",
    ),
    _Setting(
        path="trucks",
        words=("truck", "trucks", "van", "vans"),
        unit="crates",
        verbs=("carries", "carry", "carry"),
        turned="<x> crates [go|fit] in each <p> and <y> in each <q>",
        owner="[there are|the firm has|the firm sends|the firm uses]",
        rates=(span(12, 60), below("x", 4)),
        third="trailer",
        stock="[{t} crates [are waiting|must be moved|have to be moved]|there are {t} crates to "
        "[move|send|carry]]",
        after="when all the trucks and vans are full",
    ),
    _Setting(
        path="animals",
        words=("pony", "ponies", "hound", "hounds"),
        unit="pounds of food",
        verbs=("eats", "eat", "eat"),
        turned="<x> pounds of food a day are eaten by each <p> and <y> by each <q>",
        owner="[there are|{A?} has|{A?} keeps|{A?} owns]",
        rates=(span(12, 25), span(2, 5)),
        stock="[there are|{A?} [has|has stored]] {t} pounds of food in the [barn|shed]",
        after="after one day",
        per=" a day",
    ),
    _Setting(
        path="cans",
        words=("boy", "boys", "girl", "girls"),
        unit="cans",
        verbs=("brought", "brought", "bring"),
        turned="<x> cans were brought by each <p> and <y> by each <q>",
        owner="[there were|the class had|the group had]",
        rates=(span(2, 9), above("x", 5)),
        third="club",
        sharers="families",
        past=True,
    ),
    _Setting(
        path="pens",
        words=("red pen", "red pens", "blue pen", "blue pens"),
        unit="",
        verbs=("costs", "cost", "cost"),
        turned="the price of each <p> is <x> and that of each <q> is <y>",
        owner="[{A?} buys|{A?} orders|{A?} takes|{A?} chooses]",
        rates=(span(2, 6), above("x", 4)),
        third="notebook",
        stock="{A?} [has|has got|brings|comes with|came with|has saved] ${t.money}",
        after="after paying for all the pens",
    ),
    _Setting(
        path="boards",
        words=("long board", "long boards", "short board", "short boards"),
        unit="kilograms",
        verbs=("weighs", "weigh", "weigh"),
        turned="the weight of each <p> is <x> kilograms and that of each <q> is <y>",
        owner="[there are|{A?} has|{A?} buys|{A?} loads]",
        rates=(span(6, 30), below("x", 2)),
        third="ladder",
    ),
    _Setting(
        path="shifts",
        words=("morning shift", "morning shifts", "evening shift", "evening shifts"),
        unit="bolts",
        verbs=("[made|produced]", "[made|produced]", "[make|produce]"),
        turned="<x> bolts [were made|were produced|came] in each <p> and <y> in each <q>",
        owner="[there were|the factory ran|the factory had]",
        rates=(span(20, 90), above("x", 40)),
        sharers="workshops",
        past=True,
    ),
    _Setting(
        path="baking",
        words=("tart", "tarts", "quiche", "quiches"),
        unit="cups of milk",
        verbs=("[needs|takes]", "[need|take]", "[need|take]"),
        turned="<x> cups of milk go into each <p> and <y> into each <q>",
        owner="[{A?} bakes|{A?} makes|{A?} is making]",
        rates=(span(2, 5), above("x", 2)),
        third="pudding",
        stock="{A?} [has|had|bought] {t} cups of milk[| for baking]",
        after="when all the tarts and quiches are made",
    ),
)


def _whole(known: Mapping[str, Fraction]) -> Fraction:
    return known["x"] * known["m"] + known["y"] * known["n"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is asked: its own facts and question, what it computes, and its roles."""

    path: str
    facts: tuple[str, ...] = ()
    ask: str
    program: str
    roles: Mapping[str, Draw] = field(default_factory=dict[str, Draw])


_RATES: Final = (
    "[each <p> <verb> <xu><per> and each <q> <y>|every <p> <verb> <xu><per> and every <q> <y>"
    "|<ps> <verbs> <xu><per> each and <qs> <y>[| each]|<turned>]"
)
_COUNTS: Final = (
    "[<owner> <m> <ps> [and|as well as] <n> <qs>"
    "|the number of <ps> <is> <m> and the number of <qs> <is> <n>]"
)
_APART: Final = (
    "[<owner> <m> <ps>, and each [|of them ]<verb> <xu><per>|<m> <ps> <verbs> <xu><per> each"
    "|each of [the |]<m> <ps> <verb> <xu><per>|<owner> <m> <ps>, and they <verbs> <xu><per> each]"
)
_LEAD: Final = computed(lambda k: k["x"] * k["m"] - k["y"] * k["n"])
_MEANINGS: Final = {
    "u": f"<how> <do> the <ps> <base><per> {_TOTAL}",
    "w": f"<how> <do> the <qs> <base><per> {_TOTAL}",
    "s": f"<how> <do> the <ps> and the <qs> <base><per> {_TOTAL}",
}
_ASKED: Final = (
    _Asked(
        path="all",
        ask=f"[<how> <do> the <ps> and [the |]<qs> <base><per> {_TOTAL}"
        f"|in [all|total], <how> <do> the <ps> and [the |]<qs> <base><per>]",
        program="u=x*m;w=y*n;u+w",
    ),
    _Asked(
        path="difference",
        ask=f"[<more> <do> the <ps> <base><per> {_TOTAL} than the <qs>"
        f"|<less> <do> the <qs> <base><per> {_TOTAL} than the <ps>]",
        program="u=x*m;w=y*n;u-w",
        roles={"m": span(6, 18), "n": span(2, 10), "g": _LEAD},
    ),
    _Asked(
        path="change",
        facts=("<stock>",),
        ask="<how> <left> <after>",
        program="u=x*m;w=y*n;s=u+w;t-s",
        roles={"r": span(3, 60), "t": computed(lambda k: _whole(k) + k["r"])},
    ),
    _Asked(
        path="third",
        facts=("[[a|one|a single] <r> <verb>|there <is> [a|also a|one] <r> that <verb>] <e>",),
        ask=f"[<how> <do> the <ps>, the <qs> and the <r> <base><per> {_TOTAL}"
        f"|in [all|total], <how> <do> the <ps>, the <qs> and the <r> <base><per>]",
        program="u=x*m;w=y*n;s=u+w;s+e",
        roles={"e": span(3, 12)},
    ),
    _Asked(
        path="share",
        facts=("all the <unit> <are> [shared|divided|split] [evenly|equally] among {k} <whom>",),
        ask="[<how> <does> [each|one] <sharer> [get|receive]|what <is> each <sharer>'s share"
        " of the <unit>|<how> <are> there for each <sharer>]",
        program="u=x*m;w=y*n;s=u+w;s/k",
        roles={"q": computed(_whole), "k": divisor("q", 2, 9)},
    ),
    _Asked(
        path="other",
        facts=(
            "[<owner> [|exactly ]<m> <ps>|the number of <ps> <is> <m>]",
            f"the <ps> and [the |]<qs> <verbs> <t><per> {_TOTAL}",
        ),
        ask="[how many <qs> <are> there[| besides the <ps>]|[what|how large] <is> the number of"
        " <qs>|how many <qs> must there <be>|what must the number of <qs> <be>]",
        program="u=x*m;w=t-u;w/y",
        roles={"t": computed(_whole)},
    ),
)


def _words(s: _Setting, *, swapped: bool) -> dict[str, str]:
    """What stands for the words of a form, the sorts in their order or swapped."""
    sorts = ((*s.words[:2], "x", "m"), (*s.words[2:], "y", "n"))
    (p, ps, x, m), (q, qs, y, n) = sorts[::-1] if swapped else sorts
    how, less, s_ = ("how many", "fewer", "") if s.unit else ("how much", "less", "s")
    do, does, is_, are, be = _PAST if s.past else _PRESENT
    left = f"[{are if s.unit else is_}|will be] [left|left over]|remain{s_}|will remain"
    words = {"p": p, "ps": ps, "q": q, "qs": qs, "m": f"{{{m}}}", "n": f"{{{n}}}"}
    words |= {"x": s.amount(x, short=True), "y": s.amount(y, short=True), "xu": s.amount(x)}
    words |= {"t": s.amount("t"), "e": s.amount("e"), "unit": s.unit, "per": s.per}
    words |= {"how": f"{how} {s.unit}".strip(), "more": f"{how} more {s.unit}".strip()}
    words |= {"less": f"{how} {less} {s.unit}".strip(), "left": f"[{left}]", "owner": s.owner}
    words |= {"do": do, "does": does, "is": is_, "are": are, "be": be}
    words |= {"r": s.third, "stock": s.stock, "after": s.after, "whom": s.sharers}
    verb, verbs, base = s.verbs
    return words | {"verb": verb, "verbs": verbs, "base": base, "sharer": singular(s.sharers)}


def _told(form: str, setting: _Setting, *, swapped: bool = False) -> str:
    words = _words(setting, swapped=swapped)
    return _WORD.sub(lambda found: words[found[1]], form.replace("<turned>", setting.turned))


def _clauses(setting: _Setting, asked: _Asked, *, apart: bool) -> tuple[str, ...]:
    """The facts: both rates and both counts, or each sort by itself; then what is told besides."""
    besides = tuple(_told(fact, setting) for fact in asked.facts)
    if apart and asked.path != "other":
        return (_told(_APART, setting), _told(_APART, setting, swapped=True), *besides)
    forms = (_RATES,) if asked.path == "other" else (_RATES, _COUNTS)
    orders = (f"[{_told(f, setting)}|{_told(f, setting, swapped=True)}]" for f in forms)
    return (*orders, *besides)


def _family(setting: _Setting, asked: _Asked, *, apart: bool) -> Family:
    rates = dict(zip("xy", setting.rates, strict=True))
    return Family(
        path=f"pair.{setting.path}.{asked.path}",
        roles=rates | {"m": span(2, 15), "n": span(2, 15)} | dict(asked.roles),
        clauses=_clauses(setting, asked, apart=apart),
        ask=_told(asked.ask, setting),
        program=asked.program,
        shuffled=asked.path in ("all", "difference", "other", "change"),
        # Of one sort alone something is left and shared too, if another amount.
        needs_all=not (apart and asked.path in ("change", "share")),
        meanings={k: _told(v, setting) for k, v in _MEANINGS.items() if f"{k}=" in asked.program},
    )


def _fits(setting: _Setting, asked: _Asked) -> bool:
    needed = {"change": setting.stock, "third": setting.third, "share": setting.sharers}
    is_kept_out = any(word in f"{setting.words} {setting.turned}" for word in _KEPT_OUT)
    return bool(needed.get(asked.path, "told")) and not is_kept_out


PAIRS: Final = tuple(
    _family(setting, asked, apart=(i + j) % 2 == 1)
    for i, setting in enumerate(_SETTINGS)
    for j, asked in enumerate(_ASKED)
    if _fits(setting, asked)
)
