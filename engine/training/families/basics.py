"""Short problems about what somebody has: what changed, what is compared, what is shared out.

Many tell a number that does not matter, about the same people and things.
"""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import (
    Family,
    above,
    below,
    computed,
    one_of,
    span,
)
from engine.training.families import phrase

HAD: Final = "[had|has|had|owned|started with|kept|collected|picked|bought|brought]"
LOST: Final = (
    "[gave {b} [{item} |of them |of the {item} |]to [{C}|{A.his} [friend|sister|brother|cousin]]"
    "|lost {b} [{item}|of them|of the {item}]|used {b} [{item}|of them]|sold {b} [{item}|of them]"
    "|gave away {b} [{item}|of them]|took {b} [{item}|of them] to the {place}"
    "|threw {b} [{item}|of them] away|dropped {b} [{item}|of them] on the way]"
)
_GOT: Final = (
    "[bought {b} more [{item}|of them]|found {b} more[| {item}]|got {b} more[| {item}] from "
    "[{C}|a friend|{A.his} [aunt|uncle|mother|father]]|was given {b} more[| {item}]"
    "|picked up another {b}[| {item}]|received {b} [new|more] {item}]"
)
_ALSO: Final = "[| and {y} {item2}|, {y} {item2}[| too]|, as well as {y} {item2}]"
_NOW: Final = (
    "[now {A.he} has {d}[| {item}][| left]|{A.he} now has {d}[| {item}]|that leaves {A.him} with "
    "{d}[| {item}]]"
)
_AT_FIRST: Final = (
    "how many {item} did {A} have [at first|at the start|to begin with|in the beginning|before "
    "that"
    "|before|originally]"
)

BASICS: Final = (
    Family(
        path="basic.left",
        roles={"x": span(4, 200), "y": span(2, 90), "b": below("x")},
        clauses=(f"{{A}} {HAD} {{x}} {{item}}{_ALSO}", f"[then |later |]{{A?}} {LOST}"),
        ask=(
            "how many {item} [does {A?} have [left|now]|are left|did {A?} have left|remain"
            "|does {A?} still have]"
        ),
        program="x-b",
    ),
    Family(
        path="basic.first",
        needs_all=False,
        roles={"b": span(2, 90), "d": span(2, 150)},
        clauses=(
            "{A} [had|had|owned] [some|a number of|a box of] {item}",
            f"{{A?}} {LOST}",
            _NOW,
        ),
        ask=_AT_FIRST,
        program="d+b",
    ),
    Family(
        path="basic.first_gained",
        needs_all=False,
        roles={"b": span(2, 90), "d": above("b", 150)},
        clauses=(
            "{A} [had|had|owned] [some|a number of|a few|several] {item}",
            f"[then |today |]{{A?}} {_GOT}",
            "[now {A.he} has {d}[| {item}]|{A.he} now has {d}[| {item}]|that makes {d}[| {item}]]",
        ),
        ask=_AT_FIRST,
        program="d-b",
    ),
    Family(
        path="basic.given",
        needs_all=False,
        roles={"x": span(6, 250), "d": below("x")},
        clauses=(
            f"{{A}} {HAD} {{x}} {{item}}",
            (
                "{A?} [gave some of [them|the {item}] to [{C}|{A.his} friend]|lost [some|a few] "
                "of "
                "[them|the {item}]|sold some[| of them]|used some of [them|the {item}]]"
            ),
            "[now {A.he} has {d} left|{A.he} has {d}[| {item}] left|only {d}[| {item}] are left]",
        ),
        ask=(
            "how many {item} [did {A?} [give away|lose|sell|use]|are gone|were [given away|lost"
            "|sold|used]]"
        ),
        program="x-d",
    ),
    Family(
        path="basic.gained",
        needs_all=False,
        roles={"x": span(4, 150), "d": above("x", 120)},
        clauses=(
            f"{{A}} {HAD} {{x}} {{item}}",
            (
                "{A?} [found some more|got some more from [{C}|a friend]|bought some more[| at "
                "the "
                "{place}]|was given a few more[| by {C}]]"
            ),
            "[now {A.he} has {d}[| {item}]|{A.he} now has {d}[| in all| altogether]]",
        ),
        ask="how many[| more] {item} did {A?} [get|receive|add]",
        program="d-x",
    ),
    Family(
        path="basic.part",
        roles={"t": span(10, 400), "g": below("t", 2)},
        clauses=(
            (
                "[there [are|were] {t} [students|people|children|guests|visitors] [in the [class"
                "|room|club]|at the [party|{place}|game]]|{t} [students|people|children] [went to"
                "|came to|visited] the {place}]"
            ),
            (
                "[{g} [of them |]are [boys|men|adults|players|teachers]|of [these|them], {g} are "
                "[boys|men|adults|players]]"
            ),
        ),
        ask="how many [are not|of them are not|are something else]",
        program="t-g",
        needs_all=False,
    ),
    Family(
        path="basic.kinds",
        needs_all=False,
        roles={"t": span(10, 400), "g": below("t", 2)},
        clauses=(
            (
                "[{A} [has|had|bought|picked] {t} {item} and {item2}[| in total| "
                "altogether]|there "
                "[are|were] {t} {item} and {item2} [in the {box.one}|on the table|at the {place}]"
                "|{t} {item} and {item2} are in {A}'s [bag|room|basket]]"
            ),
            "[{g} of them are {item}|{g} are {item}|of these, {g} are {item}]",
        ),
        ask="how many [of them |]are {item2}",
        program="t-g",
    ),
    Family(
        path="basic.more_than",
        roles={"x": span(5, 300), "y": below("x", 2), "w": span(2, 90)},
        clauses=(
            (
                "[{A} [has|had|found|collected|sold|made] {x} {item} and {B} [has|had|found"
                "|collected|sold|made] {y}[| {item}]|{A} [has|had|found] {x} {item}. {B} [has|had"
                "|found] {y} {item}|there are {x} {item} in {A}'s {box.one} and {y} in {B}'s]"
                "[|[. {C} has {w} {item}|, while {C} has {w}]]"
            ),
        ),
        ask=(
            "how many [more {item} [does|did] {A} [have|get] than {B}|fewer {item} [does|did] {B} "
            "[have|get] than {A}|{item} more than {B} does {A} have]"
        ),
        program="x-y",
    ),
    Family(
        path="basic.times",
        roles={"y": span(2, 60), "k": span(2, 12), "x": computed(lambda k: k["y"] * k["k"])},
        clauses=(
            (
                "[{A} [has|had|found|sold|made|read] {x} {item} and {B} [has|had|found|sold|made"
                "|read] {y}[| {item}]|{B} [has|had|sold] {y} {item}. {A} [has|had|sold] {x}"
                "[| {item}]|there are {x} {item} and {y} {item2} [at the {place}|in the "
                "{box.one}]]"
            ),
        ),
        ask=(
            "[how many times as many [are there|is that]|how many times the smaller number is "
            "the larger one]"
        ),
        program="x/y",
    ),
    Family(
        path="basic.less_known",
        needs_all=False,
        roles={"x": span(6, 300), "d": below("x", 2)},
        clauses=(
            (
                "[{A} [has|had|bought|made|sold|found] {x} {item}, which is {d} more than {B}[| "
                "does| has]|{A} [has|had|sold|found] {x} {item}. that is {d} more than {B}[| "
                "has| did]|{A}'s {x} {item} are {d} more than {B} has|with {x} {item}, {A} has "
                "{d} more than {B}|{A} [has|had] {x} {item}, {d} more than {B}|{A} "
                "[has|had|found] {x} {item}. {B} [has|had|found] {d} [fewer|less] than that]"
            ),
        ),
        ask=phrase.ask_held("B"),
        program="x-d",
    ),
    Family(
        path="basic.more_known",
        roles={"x": span(4, 300), "d": span(2, 90)},
        clauses=(
            (
                "[{A} [has|had|bought|made|sold|found] {x} {item}, which is {d} [fewer|less] "
                "than {B}[| does| has]|{A} [has|had|sold] {x} {item}. that is {d} [fewer|less] "
                "than {B}[| has]|with {x} {item}, {A} has {d} [fewer|less] than {B}|{A} "
                "[has|had] {x} {item}, {d} [fewer|less] than {B}|{A} [has|had|found] {x} {item}. "
                "{B} [has|had|found] {d} more than that]"
            ),
        ),
        ask=phrase.ask_held("B"),
        program="x+d",
    ),
    Family(
        path="basic.part_known",
        roles={
            "k": one_of(2, 2, 3, 4, 5, 6),
            "y": span(2, 60),
            "x": computed(lambda k: k["k"] * k["y"]),
        },
        clauses=(
            (
                "[{A} [has|had|made|sold|read|found|bought] {x} {item}, which is {k.times} as "
                "many as {B}[| does| has]|{A} [has|had|sold|found] {x} {item}. that is {k.times} "
                "as many as {B}[| has]|{A}'s {x} {item} are {k.times} as many as {B} has|with "
                "{x} {item}, {A} has {k.times} as many as {B}|{A} [has|had] {x} {item}, "
                "{k.times} as many as {B}]"
            ),
        ),
        ask=phrase.ask_held("B"),
        program="x/k",
    ),
    Family(
        path="basic.days",
        roles={"x": span(6, 300), "y": span(2, 300), "w": below("x", 2)},
        clauses=(
            (
                "[{A} [sold|made|picked|collected] {x} [{item}|cups] on [Monday|Friday]"
                ", {y} on [Tuesday|Saturday] and {w} on [Wednesday|Sunday]|the {place} "
                "[sold|had] {x}"
                " [{item}|tickets|visitors] on [Monday|Friday]. it had {y} on [Tuesday"
                "|Saturday] and {w} on [Wednesday|Sunday]]"
            ),
        ),
        ask=(
            "[how many more were there on the first day than on the third[| day]|how much larger "
            "was the first day's number than the last day's|by how many was the first day ahead "
            "of "
            "the third]"
        ),
        program="x-w",
    ),
    Family(
        path="basic.moved",
        needs_all=False,
        roles={"x": span(10, 300), "y": span(5, 200), "b": below("x", 2)},
        clauses=(
            (
                "[{A} has {x} {item} and {B} has {y}[| {item}]|there [are|were] {x} {item} in "
                "the first {box.one} and {y} in the second|one {box.one} [holds|has] {x} {item}, "
                "and another [holds|has] {y}|the first of two {box} [holds|has] {x} {item}, the "
                "second {y}]"
            ),
            (
                "[{b} [of them |{item} |][are|were|get] [moved|taken|brought] from the first to "
                "the second|the first gives {b} [{item} |]to the second|{b} [of them |{item} "
                "|][go|change] from the first to the second]"
            ),
        ),
        ask=(
            "how many {item} [does the second have [now|then|after that]|are there in the second "
            "[now|then|after that]]"
        ),
        program="y+b",
    ),
)
