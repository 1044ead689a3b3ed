"""Problems about ages and groups."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, below, computed, divisor, one_of, percent, span

PEOPLE: Final = (
    Family(
        path="age.older",
        roles={"x": span(3, 60), "d": span(2, 30), "y": span(2, 20)},
        clauses=("{B} is {x} years old", "{A} is {d} years older than {B}"),
        ask="how old will {A} be in {y} years",
        program="a=x+d;a+y",
        shuffled=True,
    ),
    Family(
        path="age.younger",
        roles={"x": span(8, 70), "d": below("x", 2)},
        clauses=("{B} is {x} years old", "{A} is {d} years younger[| than {B}]"),
        ask="what is the sum of their ages",
        program="a=x-d;x+a",
    ),
    Family(
        path="age.multiple",
        roles={"x": span(3, 30), "k": one_of(2, 2, 3, 4), "y": span(2, 20)},
        clauses=("{A} is {k.times} as old as {B}", "{B} is {x}[| years old]"),
        ask="how old [will {A} be in {y} years|is {A} going to be {y} years from now]",
        program="a=x*k;a+y",
        shuffled=True,
    ),
    Family(
        path="age.past",
        roles={"x": span(8, 60), "y": span(2, 6), "k": one_of(2, 2, 3)},
        clauses=("{B} is {x} years old[| now]", "{y} years ago, {A} was {k.times} as old as {B}"),
        ask="how old is {A} now",
        program="a=x-y;b=a*k;b+y",
    ),
    Family(
        path="group.three",
        needs_all=False,
        roles={"x": span(2, 80), "k": one_of(2, 2, 3, 4, 5), "d": span(2, 30)},
        clauses=(
            "{A} [has|sold|collected|read] {x} {item}",
            "{B} [has|sold|collected|read] {k.times} as many[| {item}] as {A}",
            "{C} [has|sold|collected|read] {d} [fewer|less] than {B}",
        ),
        ask="how many {item} [do they have|are there|did they get] [in total|altogether|in all]",
        program="b=x*k;c=b-d;e=x+b;e+c",
    ),
    Family(
        path="group.three_more",
        roles={"x": span(2, 80), "y": span(2, 50), "k": one_of(2, 2, 3)},
        clauses=(
            "{A} [has|made|caught|got] {x} {item}",
            "{B} [has|made|caught|got] {y} more than {A}",
            "{C} [has|made|caught|got] {k.times} as many as {B}",
        ),
        ask="how many {item} [does {C} have|has {C}]",
        program="b=x+y;b*k",
    ),
    Family(
        path="group.three_sum",
        roles={"x": span(2, 99), "y": span(2, 99), "z": span(2, 99)},
        clauses=(
            (
                "[{A} has {x} {item}, {B} has {y}[,| and] and {C} has {z}|{A}, {B} and "
                "{C} have {x}, {y} and {z} {item}]"
            ),
        ),
        ask="how many {item} [do they have|are there] [in total|altogether|in all]",
        program="a=x+y;a+z",
    ),
    Family(
        path="group.percent",
        needs_all=False,
        roles={"n": span(20, 900, 10), "p": percent()},
        clauses=(
            (
                "[there are {n} [students|people|workers|children] [in|at] the {place}"
                "|the {place} has {n} [visitors|workers|members]]"
            ),
            "{p.digits}[%| percent] of them are [girls|women|adults|new|left-handed]",
        ),
        ask="how many [of them |]are not",
        program="a=n*p/100;n-a",
    ),
    Family(
        path="group.part_of",
        roles={"n": span(12, 600), "k": divisor("n", 2, 8), "p": percent()},
        clauses=(
            "[there are {n} {item} in the {place}|{A} has {n} {item}]",
            "{k.part} of [them|the {item}] are [red|old|large|broken]",
            (
                "{p.digits}[%| percent] of the [red|old|large|broken] ones are [sold"
                "|given away|removed]"
            ),
        ),
        ask="how many are [sold|given away|removed]",
        program="a=n/k;a*p/100",
    ),
    Family(
        path="group.classes",
        needs_all=False,
        roles={
            "c": span(2, 15),
            "s": span(10, 35),
            "q": computed(lambda k: k["c"] * k["s"]),
            "b": below("q", 5),
        },
        clauses=(
            "[a|the|{A}'s] school has {c} [classes|classrooms] with {s} [students|children] each",
            "{b} of the [students|children] are [boys|sick|absent|away]",
        ),
        ask="how many [are not|students are not|of them are not]",
        program="a=c*s;a-b",
    ),
    Family(
        path="group.vehicles",
        roles={"k": span(2, 12), "s": span(4, 50), "n": computed(lambda k: k["k"] * k["s"])},
        clauses=(
            "{n} [people|students|visitors] [go|are going] [on a trip|to the {place}|to the game]",
            (
                "each [bus|van|car|boat] [holds|carries|has seats for] {s} [of them"
                "|people|passengers]"
            ),
        ),
        ask="how many [of these|vehicles|of them] [are needed|do they need]",
        program="n/s",
    ),
    Family(
        path="group.legs",
        roles={"x": span(2, 40), "y": span(2, 40)},
        clauses=(
            (
                "[there are {x} [cows|horses|dogs|sheep|cats] and {y} [chickens|ducks"
                "|birds|hens] [on a farm|on {A}'s farm|in the yard]|{A} has {x} [cows"
                "|goats|pigs] and {y} [ducks|chickens|geese]]"
            ),
        ),
        ask="how many legs [are there|do the animals have|do they have][| in total| altogether]",
        program="a=4*x;b=2*y;a+b",
    ),
)
