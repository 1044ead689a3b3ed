"""How a chain about things begins: somebody holds some."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, below, divisor, one_of, span

_HAS: Final = "[has|has|had|owns|starts with|started with|collected|bought|found|picked]"

_HELD: Final = "[has|has|had|owns|owned]"

OPENINGS: Final = (
    Family(
        path="has",
        roles={"x": span(4, 400)},
        clauses=(
            (
                f"[{{A}} {_HAS} {{x}} {{item}}|{{A}} {_HAS} {{x}} {{item}}|there [are|were] {{x}} "
                "{item} in {A}'s [room|bag|house|collection|basket]]"
            ),
        ),
        program="v=x",
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
    ),
    Family(
        path="sum",
        roles={"x": span(2, 200), "y": span(2, 200)},
        clauses=(
            (
                "[{A} [bought|found|collected|picked|made|got] {x} {item} [on Monday "
                "and {y} {item} on Tuesday|in the morning and {y} in the afternoon"
                "|yesterday and {y} [more|] today|last week and {y} this week|at the "
                "{place} and another {y} at home]|{A} has {x} [red|small|old] {item} "
                "and {y} [blue|big|new] {item}|{A}'s mother gave {A.him} {x} {item} "
                "and {A.his} father gave {A.him} {y} [more|{item}]]"
            ),
        ),
        program="v=x+y",
    ),
    Family(
        path="multiple",
        roles={"x": span(2, 120), "k": one_of(2, 2, 3, 3, 4, 5, 6, 7, 10)},
        clauses=(
            f"{{B}} {_HELD} {{x}} {{item}}",
            (
                "{A} [has|had|owns|collected|bought] {k.times} as many [{item}|] [as "
                "{B}|as {B} does|{item} as {B}]"
            ),
        ),
        program="v=x*k",
        shuffled=True,
    ),
    Family(
        path="more",
        roles={"x": span(2, 200), "y": span(2, 100)},
        clauses=(
            f"{{B}} {_HELD} {{x}} {{item}}",
            "{A} [has|had|owns|collected|bought] {y} more {item} than {B}[| does| did]",
        ),
        program="v=x+y",
        shuffled=True,
    ),
    Family(
        path="fewer",
        roles={"x": span(4, 300), "y": below("x")},
        clauses=(
            f"{{B}} {_HELD} {{x}} {{item}}",
            "{A} [has|had|owns|collected|bought] {y} [fewer|less] {item} than {B}[| does| did]",
        ),
        program="v=x-y",
        shuffled=True,
    ),
    Family(
        path="daily",
        roles={"x": span(2, 60), "y": span(2, 30)},
        clauses=(
            (
                "[{A} [makes|collects|finds|buys|gets|sells|picks] {x} {item} [a|each"
                "|every|per] [day|week|hour] for {y} [days|weeks|hours]|for {y} [days"
                "|weeks|months], {A} [made|collected|found|bought|packed] {x} {item} [a"
                "|each|every] [day|week|month]|{A} can make {x} {item} [in an hour"
                "|every hour|per hour] and [{A.he} ][works|worked] {y} hours]"
            ),
        ),
        program="v=x*y",
    ),
    Family(
        path="part",
        roles={"x": span(4, 240), "k": divisor("x", 2, 6)},
        clauses=(
            f"{{B}} {_HELD} {{x}} {{item}}",
            "{A} [has|had|owns|collected|bought] {k.part} as many [{item}|] [as {B}|as {B} does]",
        ),
        program="v=x/k",
        shuffled=True,
    ),
    Family(
        path="multiple_more",
        roles={"x": span(2, 80), "k": one_of(2, 2, 2, 3, 4), "y": span(2, 30)},
        clauses=(
            f"{{B}} {_HELD} {{x}} {{item}}",
            "{A} [has|had|owns|collected] {y} more than {k.times} as many {item} as {B}",
        ),
        program="w=x*k;v=w+y",
        shuffled=True,
    ),
    Family(
        path="multiple_fewer",
        roles={"x": span(4, 80), "k": one_of(2, 2, 2, 3, 4), "y": below("x")},
        clauses=(
            f"{{B}} {_HELD} {{x}} {{item}}",
            "{A} [has|had|owns|collected] {y} [less|fewer] than {k.times} as many {item} as {B}",
        ),
        program="w=x*k;v=w-y",
        shuffled=True,
    ),
    Family(
        path="rows",
        roles={"x": span(2, 30), "y": span(2, 30)},
        clauses=(
            (
                "[{A} [put|arranged|arranges|planted|lined up] {item} in {x} rows[ of "
                "{y}| with {y} {item} in each row|, {y} in each row]|{A} has {x} rows "
                "of {y} {item}|there are {x} shelves [at|in] {A}'s {place} with {y} "
                "{item} on each[| shelf]]"
            ),
        ),
        program="v=x*y",
    ),
)
