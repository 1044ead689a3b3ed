"""Problems about ages and groups."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, below, computed, divisor, one_of, percent, span
from engine.training.families import phrase

PEOPLE: Final = (
    Family(
        path="age.older",
        roles={"x": span(3, 60), "d": span(2, 30), "y": span(2, 20)},
        clauses=(
            (
                "[{B} is {x} years old|{B} is {x}[| now]|{B} [turned|has just turned] {x}[| this "
                "year]|{B}'s age is {x}[| years]|at the moment, {B} is {x} years old]"
            ),
            (
                "[{A} is {d} years older than {B}|{B} is {d} years younger than {A}|{A} is older "
                "than {B} by {d} years|{A} was born {d} years before {B}|{A} is {d} years [ahead "
                "of|older than] {B}[| in age]|{B} is younger than {A} by {d} years]"
            ),
        ),
        ask=(
            "[how old will {A} be in {y} years|how old is {A} going to be {y} years from "
            "now|what will {A}'s age be in {y} years|in {y} years, how old will {A} be|what age "
            "will {A} be after {y} years|{y} years from now, how old will {A} be]"
        ),
        program="a=x+d;a+y",
        shuffled=True,
    ),
    Family(
        path="age.younger",
        roles={"x": span(8, 70), "d": below("x", 2)},
        clauses=(
            (
                "[{B} is {x} years old|{B} is {x}[| now]|{B} [turned|has just turned] {x}[| this "
                "year]|{B}'s age is {x}[| years]|at the moment, {B} is {x} years old]"
            ),
            (
                "[{A} is {d} years younger than {B}|{B} is {d} years older than {A}|{A} is "
                "younger than {B} by {d} years|{A} was born {d} years after {B}|{B} is older "
                "than {A} by {d} years]"
            ),
        ),
        ask=(
            "[what is the sum of their ages|how old are they together|what is their total "
            "age|what do their ages add up to|how many years old are {A} and {B} together]"
        ),
        program="a=x-d;x+a",
    ),
    Family(
        path="age.multiple",
        roles={"x": span(3, 30), "k": one_of(2, 2, 3, 4), "y": span(2, 20)},
        clauses=(
            (
                "[{A} is {k.times} as old as {B}|{A}'s age is {k.times} {B}'s[| age]|{A} is "
                "{k.times} {B}'s age|compared with {B}, {A} is {k.times} as old]"
            ),
            (
                "[{B} is {x} years old|{B} is {x}[| now]|{B} [turned|has just turned] {x}[| this "
                "year]|{B}'s age is {x}[| years]|at the moment, {B} is {x} years old]"
            ),
        ),
        ask=(
            "[how old will {A} be in {y} years|how old is {A} going to be {y} years from "
            "now|what will {A}'s age be in {y} years|in {y} years, how old will {A} be|what age "
            "will {A} be after {y} years|{y} years from now, how old will {A} be]"
        ),
        program="a=x*k;a+y",
        shuffled=True,
    ),
    Family(
        path="age.past",
        roles={"x": span(8, 60), "y": span(2, 6), "k": one_of(2, 2, 3)},
        clauses=(
            (
                "[{B} is {x} years old|{B} is {x}[| now]|{B} [turned|has just turned] {x}[| this "
                "year]|{B}'s age is {x}[| years]|at the moment, {B} is {x} years old]"
            ),
            (
                "[{y} years ago, {A} was {k.times} as old as {B}|{A} was {k.times} as old as {B} "
                "{y} years ago|{y} years ago, {A}'s age was {k.times} {B}'s]"
            ),
        ),
        ask=(
            "[how old is {A} now|what is {A}'s age now|how old is {A} today|what is {A}'s "
            "present age]"
        ),
        program="a=x-y;b=a*k;b+y",
    ),
    Family(
        path="group.three",
        needs_all=False,
        roles={"x": span(2, 80), "k": one_of(2, 2, 3, 4, 5), "d": span(2, 30)},
        clauses=(
            phrase.holds(),
            phrase.times_as_many("B", "k", "A"),
            phrase.fewer_than("C", "d", "B"),
        ),
        ask=phrase.ask_together("the three of them"),
        program="b=x*k;c=b-d;e=x+b;e+c",
    ),
    Family(
        path="group.three_more",
        roles={"x": span(2, 80), "y": span(2, 50), "k": one_of(2, 2, 3)},
        clauses=(
            phrase.holds(),
            phrase.more_than("B", "y", "A"),
            phrase.times_as_many("C", "k", "B"),
        ),
        ask=phrase.ask_held("C"),
        program="b=x+y;b*k",
    ),
    Family(
        path="group.three_sum",
        roles={"x": span(2, 99), "y": span(2, 99), "z": span(2, 99)},
        clauses=(
            (
                "[{A} [has|had|bought|found] {x} {item}, {B} [has|had|bought|found] {y}[,| and] "
                "[and |]{C} [has|had|bought|found] {z}|{A}, {B} and {C} "
                "[have|had|bought|found|collected] {x}, {y} and {z} {item}|{A} [has|found] {x} "
                "{item} and {B} {y}. {C} [has|found] {z}|there are {x} {item} in {A}'s "
                "{box.one}, {y} in {B}'s and {z} in {C}'s|{A} [gives|brings] {x} {item}, {B} {y} "
                "and {C} {z}]"
            ),
        ),
        ask=phrase.ask_together("{A}, {B} and {C}"),
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
            (
                "[there are {n} {item} in the {place}|{A} [has|had|counts] {n} {item}|the "
                "{place} has {n} {item}]"
            ),
            "{k.part} of [them|the {item}] [are|were] {kind}",
            (
                "[{p.digits}[%| percent] of the {kind} ones [are|were] {gone}|of the {kind} "
                "ones, {p.digits}[%| percent] [are|were] {gone}]"
            ),
        ),
        ask="how many {item} are {gone}",
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
        ask=(
            "[how many legs [are there|do the animals have|do they have|is that][| in total| "
            "altogether| in all]|what is the total number of legs]"
        ),
        program="a=4*x;b=2*y;a+b",
    ),
)
