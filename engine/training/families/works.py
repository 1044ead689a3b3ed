"""Problems about work, time plans, remainders and speeds."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from engine.training.blueprint import Family, above, below, computed, span

_MAKES: Final = "[makes|packs|paints|sorts|folds|bakes|checks|cleans]"

WORKS: Final = (
    Family(
        path="work.together",
        roles={
            "r": span(2, 30),
            "s": span(2, 30),
            "t": span(2, 12),
            "n": computed(lambda k: (k["r"] + k["s"]) * k["t"]),
        },
        clauses=(
            (
                f"[{{A}} {_MAKES} {{r}} {{item}} [an|per|every] hour and {{B}} [does|makes] {{s}}"
                f"|in an hour, {{A}} {_MAKES} {{r}} {{item}} and {{B}} {{s}}|one machine "
                f"{_MAKES} {{r}}"
                " {item} [an|per] hour, and another [does|makes] {s}]"
            ),
            (
                "[they have to [make|do|finish] {n}[| {item}|  in all]|{n} {item} are "
                "[needed|ordered|to be done]]"
            ),
        ),
        ask=(
            "how many hours [do they need|does it take|will it take][ together|, working "
            "together|]"
        ),
        program="a=r+s;n/a",
        meanings={"a": "how many do they make together in an hour"},
    ),
    Family(
        path="work.difference",
        roles={
            "s": span(2, 30),
            "e": span(2, 20),
            "r": computed(lambda k: k["s"] + k["e"]),
            "t": span(2, 12),
        },
        clauses=(
            (
                f"[{{A}} {_MAKES} {{r}} {{item}} [an|per|every] hour and {{B}} [does|makes] {{s}}"
                f"|{{A}} can [make|pack|sort] {{r}} {{item}} an hour. {{B}} can only do {{s}}"
                "|one machine makes {r} {item} [an|per] hour, and another makes {s}]"
            ),
            (
                "[[both|they both|the two of them] [work|worked] for {t} hours|this goes on for "
                "{t} hours|each of them works for {t} hours]"
            ),
        ),
        ask="how many more[| {item}] does the first [one |]make than the second",
        program="a=r-s;a*t",
        meanings={"a": "how many more does the first make in an hour"},
    ),
    Family(
        path="work.crew",
        roles={
            "m": span(2, 12),
            "u": span(2, 10),
            "k": span(2, 12),
            # As many workers as before would need as many days: nothing to work out.
            "d": computed(lambda k: k["m"] * k["u"] if k["m"] != k["k"] else Fraction(0)),
        },
        clauses=(
            (
                "[{k} [workers|painters|people|machines] [need|take] {d} days [for|to do|to "
                "finish] a "
                "[job|wall|road|house]|a [job|task|project] takes {k} [workers|people|machines] "
                "{d} days"
                "|it takes {d} days for {k} [workers|people|gardeners] to finish a "
                "[job|garden|project]]"
            ),
        ),
        ask=(
            "how many days [would|do|will] {m} [of them |]need [for it|for the same job][| at "
            "the same speed]"
        ),
        program="a=k*d;a/m",
        meanings={"a": "how many days would one alone need"},
    ),
    Family(
        path="work.pay",
        needs_all=False,
        roles={"h": span(20, 45), "w": span(6, 30), "o": span(2, 12), "e": span(2, 15)},
        clauses=(
            (
                "[{A} [earns|makes|gets|is paid] ${w.money} [an|per] hour for {h} hours a "
                "week|{A} "
                "[works|worked] {h} hours [this|last] week at ${w.money} an hour]"
            ),
            (
                "[for [overtime|night work|extra hours], {A.he} [earns|gets] ${e.money} more per "
                "hour, "
                "and {A.he} [works|worked] {o} such hours|{A.he} also [works|worked] {o} extra "
                "hours, "
                "each paid ${e.money} more]"
            ),
        ),
        ask="how much does {A?} earn [in all|in total|altogether]",
        program="a=w*h;b=w+e;c=b*o;a+c",
        meanings={
            "a": "how much do the usual hours bring",
            "b": "how much is an extra hour paid",
            "c": "how much do the extra hours bring",
        },
    ),
    Family(
        path="left.over",
        roles={
            "k": span(3, 24),
            "q": span(2, 30),
            "r": below("k"),
            "n": computed(lambda k: k["k"] * k["q"] + k["r"]),
        },
        clauses=(
            (
                "[{A} [has|had|baked|picked|bought] {n} {item}|there are {n} {item}[| at the "
                "{place}]"
                "|{n} {item} [must|have to|are to] be packed]"
            ),
            (
                "[{A.he} [fills|filled|packs|packed] {q} {box} with {k} [{item} |]each|{q} {box} "
                "of {k} are "
                "[filled|packed]|{q} {group} get {k} each]"
            ),
        ),
        ask="how many {item} are [left over|left|not used]",
        program="a=k*q;n-a",
        meanings={"a": "how many {item} are used"},
    ),
    Family(
        path="left.last",
        roles={
            "k": span(3, 24),
            "q": span(2, 30),
            "r": below("k"),
            "n": computed(lambda k: k["k"] * k["q"] + k["r"]),
        },
        clauses=(
            (
                "[each {box.one} [holds|takes|has room for] {k} {item}|{A} puts {k} {item} into "
                "[each|every] {box.one}|{item} are packed in {box} of {k}|{k} {item} [fill|fit "
                "into] a {box.one}]"
            ),
            (
                "[{A} [has|had] {n} {item} and [fills|filled] {q} {box}|with {n} {item}, {q} "
                "{box} get full|{n} {item} [fill|filled] {q} {box}, and some are left]"
            ),
        ),
        ask=(
            "[how many more {item} are needed to fill one more {box.one}|how many {item} are "
            "missing for another full {box.one}|how many {item} must be added to fill the next "
            "{box.one}]"
        ),
        program="a=k*q;b=n-a;k-b",
        meanings={"a": "how many {item} are in full {box}", "b": "how many {item} are left over"},
    ),
    Family(
        path="left.seats",
        roles={
            "k": span(3, 20),
            "s": span(10, 60),
            "c": computed(lambda k: k["k"] * k["s"]),
            "n": above("c", 40),
        },
        clauses=(
            (
                "[{n} [people|students|guests|fans] want to [go|ride|come]|there are {n} "
                "[guests|people"
                "|visitors] [at|for] the [{place}|show|game]]"
            ),
            (
                "[there are {k} [buses|vans|rows|tables|boats] with {s} seats each|{k} "
                "[buses|vans|boats]"
                " have {s} seats each|each of the {k} [buses|rows|tables] has {s} seats]"
            ),
        ),
        ask="how many [people |of them |]get no seat",
        program="a=k*s;n-a",
        shuffled=True,
        meanings={"a": "how many seats are there"},
    ),
)
