"""How a chain about things begins: somebody holds some."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, below, divisor, one_of, span
from engine.training.families import phrase

_AFTERWARDS: Final = {"v": "how many {item} does {A} have [at first|to begin with|at the start]"}

OPENINGS: Final = (
    Family(
        path="has",
        roles={"x": span(4, 400)},
        clauses=(phrase.holds(),),
        program="v=x",
        meanings=_AFTERWARDS,
    ),
    Family(
        path="packs",
        roles={"x": span(2, 20), "y": span(2, 30)},
        clauses=(
            (
                "[{A} [has|had|bought|buys|got|ordered] {x} {box} of {item}[, and each "
                "{box.one} [has|holds|contains] {y} {item}| with {y} {item} in each "
                "{box.one}|, each with {y} {item}|, with {y} {item} in every {box.one}]"
                "|{A} [filled|fills|packed] {x} {box} with {y} {item} each|there are "
                "{y} {item} in each {box.one} and {A} [has|buys|bought] {x} {box}]"
            ),
        ),
        program="v=x*y",
        meanings=_AFTERWARDS,
    ),
    Family(
        path="sum",
        roles={"x": span(2, 200), "y": span(2, 200)},
        clauses=(
            (
                "[{A} [bought|found|collected|picked|made|got] {x} {item} [on Monday and {y} "
                "{item} on Tuesday|in the morning and {y} in the afternoon|yesterday and {y} "
                "[more|] today|last week and {y} this week|at the {place} and another {y} at "
                "home]|{A} has {x} red {item} and {y} [blue|green|yellow] {item}|{A} [has|had] "
                "{x} [old {item} and {y} new ones|small {item} and {y} big ones|{item} in one "
                "{box.one} and {y} in another]|{A}'s mother gave {A.him} {x} {item} and {A.his} "
                "father gave {A.him} {y} [more|{item}]|{x} {item} are in {A}'s first {box.one} "
                "and {y} in the second]"
            ),
        ),
        program="v=x+y",
        meanings=_AFTERWARDS,
    ),
    Family(
        path="multiple",
        roles={"x": span(2, 120), "k": one_of(2, 2, 3, 3, 4, 5, 6, 7, 10)},
        clauses=(
            phrase.holds("B"),
            phrase.times_as_many(),
        ),
        program="v=x*k",
        shuffled=True,
        meanings=_AFTERWARDS,
    ),
    Family(
        path="more",
        roles={"x": span(2, 200), "y": span(2, 100)},
        clauses=(
            phrase.holds("B"),
            phrase.more_than(),
        ),
        program="v=x+y",
        shuffled=True,
        meanings=_AFTERWARDS,
    ),
    Family(
        path="fewer",
        roles={"x": span(4, 300), "y": below("x")},
        clauses=(
            phrase.holds("B"),
            phrase.fewer_than(),
        ),
        program="v=x-y",
        shuffled=True,
        meanings=_AFTERWARDS,
    ),
    Family(
        path="daily",
        roles={"x": span(2, 60), "y": span(2, 30)},
        clauses=(
            (
                "[{A} [makes|collects|finds|buys|gets|sells|picks|packs] {x} {item} "
                "[a|each|every|per] {period.one} for {y} {period}|for {y} {period}, {A} "
                "[made|collected|found|bought|packed] {x} {item} [a|each|every] {period.one}|{A} "
                "can make {x} {item} [in an hour|every hour|per hour] and [{A.he} "
                "|][works|worked] {y} hours|in each of {y} {period}, {A} "
                "[makes|made|finds|found|got] {x} {item}]"
            ),
        ),
        program="v=x*y",
        meanings=_AFTERWARDS,
    ),
    Family(
        path="part",
        roles={"x": span(4, 240), "k": divisor("x", 2, 6)},
        clauses=(
            phrase.holds("B"),
            phrase.part_of(),
        ),
        program="v=x/k",
        shuffled=True,
        meanings=_AFTERWARDS,
    ),
    Family(
        path="multiple_more",
        roles={"x": span(2, 80), "k": one_of(2, 2, 2, 3, 4), "y": span(2, 30)},
        clauses=(
            phrase.holds("B"),
            (
                "{A} [has|had|owns|collected|bought|found] {y} more than {k.times} [as many "
                "{item} as {B}|what {B} has|the number of {item} that {B} has]"
            ),
        ),
        program="w=x*k;v=w+y",
        shuffled=True,
        meanings=_AFTERWARDS,
    ),
    Family(
        path="multiple_fewer",
        roles={"x": span(4, 80), "k": one_of(2, 2, 2, 3, 4), "y": below("x")},
        clauses=(
            phrase.holds("B"),
            (
                "{A} [has|had|owns|collected|bought|found] {y} [less|fewer] than {k.times} [as "
                "many {item} as {B}|what {B} has|the number of {item} that {B} has]"
            ),
        ),
        program="w=x*k;v=w-y",
        shuffled=True,
        meanings=_AFTERWARDS,
    ),
    Family(
        path="rows",
        roles={"x": span(2, 30), "y": span(2, 30)},
        clauses=(
            (
                "[{A} [put|arranged|arranges|planted|lined up|placed|laid out] {item} in {x} "
                "rows[ of {y}| with {y} {item} in each row|, {y} in each row|, and every row has "
                "{y}]|{A} [has|made] {x} rows of {y} {item}|there are {x} shelves [at|in] {A}'s "
                "{place} with {y} {item} on each[| shelf]|each of the {x} rows that {A} made "
                "[has|holds] {y} {item}|with {y} {item} in a row, {A} made {x} rows|{A}'s "
                "{place} has {x} shelves, and each [holds|has] {y} {item}]"
            ),
        ),
        program="v=x*y",
        meanings=_AFTERWARDS,
    ),
)
