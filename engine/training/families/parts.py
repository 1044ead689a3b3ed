"""Problems about averages, shapes, parts of a whole and plain numbers."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import (
    Family,
    above,
    below,
    computed,
    divisor,
    one_of,
    percent,
    span,
)
from engine.training.families import phrase

PARTS: Final = (
    Family(
        path="mean.of",
        roles={"x": span(5, 99), "y": span(5, 99), "z": span(5, 99)},
        clauses=(
            (
                "[{A} [scored|got|read|sold|ran|wrote] {x} [points|pages|{far}|{item}] on "
                "[Monday|the first day], {y} on [Tuesday|the second][| day] and {z} on "
                "[Wednesday|the third][| day]|[the numbers|three numbers] are {x}, {y} and "
                "{z}|in three [games|weeks|rounds], {A} [scored|got|made] {x}, {y} and {z} "
                "[points|{item}]]"
            ),
        ),
        ask=(
            "[what is the average|how many is that on average|what was the average|what is the "
            "mean|how much is the average]"
        ),
        program="a=x+y;b=a+z;b/3",
    ),
    Family(
        path="mean.next",
        roles={
            "x": span(50, 99),
            "y": span(50, 99),
            "m": span(60, 95),
            "z": computed(lambda k: 3 * k["m"] - k["x"] - k["y"]),
        },
        clauses=(
            (
                "[{A} [scored|got|has|had] {x} and {y} [points |]on [{A.his} first two|the first "
                "two|two] [tests|games|exams]|[the first two|{A}'s first two] "
                "[tests|games|exams] [brought|gave] [{A} |]{x} and {y} points|on two "
                "[tests|exams], {A} [got|scored] {x} and {y}[| points]]"
            ),
            (
                "[{A?} [wants|needs|hopes for|aims at] an average of {m}[| points]|{A.his} "
                "average [should|must] be {m}|after three, the average [should|must] be {m}]"
            ),
        ),
        ask=(
            "[what [score|] does {A?} need|how many points does {A?} need] on the "
            "third[| one| test]"
        ),
        program="a=3*m;b=x+y;a-b",
    ),
    Family(
        path="mean.total",
        roles={"n": span(3, 12), "m": span(5, 60)},
        clauses=(
            (
                "[the [average|mean] of {n} numbers is {m}|{n} {group} have an average of {m} "
                "{item}[| each]|{n} {box} [hold|contain] an average of {m} {item}[| each]|on "
                "average, {n} {group} [have|got|sold|found|read] {m} {item}[| each]|in {n} "
                "{period}, {A} [sold|made|read|got|found|used] an average of {m} {item}[| "
                "each]|{n} {group} [sold|collected|made|found|read] {m} {item} on average]"
            ),
        ),
        ask=(
            "[what is [their|the] [sum|total]|how many is that in total|how much do they add up "
            "to|what do they come to together|what is the total number]"
        ),
        program="n*m",
    ),
    Family(
        path="shape.perimeter",
        roles={"x": span(3, 90), "y": span(2, 60)},
        clauses=(
            (
                "[[a rectangular|{A}'s|a] [garden|field|room|yard|pool|park] is {x} {long} long "
                "and {y} {long} wide|[the sides|two sides] of a [rectangle|rectangular field] "
                "are {x} and {y} {long}[| long]|a [rectangular |][garden|field|yard] "
                "[measures|is] {x} by {y} {long}|the length of a rectangle is {x} and its width "
                "[is |]{y}[| {long}]]"
            ),
        ),
        ask=(
            "[what is [its|the] perimeter|how long is a fence around it|how many {long} long is "
            "a fence around it|how far is it around[| it]|what is the distance around it]"
        ),
        program="a=x+y;2*a",
    ),
    Family(
        path="shape.area",
        roles={"x": span(3, 60), "y": span(2, 40), "p": span(2, 20)},
        clauses=(
            (
                "[a rectangular|{A}'s|a] [floor|wall|room|garden] is {x} {long} "
                "long and {y} {long} [wide|high]"
            ),
            "[carpet|paint|tile|grass] costs ${p.money} per square {long.one}",
        ),
        ask=(
            "[how much does it cost to cover [it|the whole area|all of it]|what does covering it "
            "cost|how much money is needed to cover it|what is the cost of covering all of it]"
        ),
        program="a=x*y;a*p",
    ),
    Family(
        path="shape.width",
        roles={"x": span(3, 60), "y": span(2, 40), "n": computed(lambda k: k["x"] * k["y"])},
        clauses=(
            (
                "[[a rectangle|{A}'s garden|a field|a room|a rug|a wall] has an area of {n} "
                "square {long} and [is {x} long|a length of {x}|is {x} {long} long]|the area of "
                "a [rectangle|room|field|garden] is {n} square {long}, and [it|one side] is {x} "
                "{long} long|a [rectangular |][field|garden|floor] of {n} square {long} is {x} "
                "{long} long]"
            ),
        ),
        ask="[what is its width|how wide is it|how long is the other side|what is the width]",
        program="n/x",
    ),
    Family(
        path="shape.fence",
        roles={"s": span(4, 60), "p": span(2, 25)},
        clauses=(
            (
                "[{A} [builds|puts|needs|orders] a fence around a square "
                "[garden|field|yard|park] with sides of {s} {long}|a square "
                "[garden|field|yard|park] has sides of {s} {long}[| and gets a fence]|each side "
                "of a square [garden|field|yard] is {s} {long} long]"
            ),
            "[the fence|fencing|a fence] costs ${p.money} [per|for each] {long.one}",
        ),
        ask=(
            "[how much does the fence cost[| in all]|what does the [whole |]fence cost|how much "
            "money is needed for the fence]"
        ),
        program="a=4*s;a*p",
    ),
    Family(
        path="part.ratio",
        roles={
            "a": span(1, 7),
            "b": span(2, 9),
            "u": span(2, 30),
            "t": computed(lambda k: (k["a"] + k["b"]) * k["u"]),
        },
        clauses=(
            (
                "[the ratio of {item} to {item2} [is|in the {place} is] {a.digits}[:| to "
                "]{b.digits}|for every {a.digits} {item} there are {b.digits} {item2}[| in the "
                "{place}]|{item} and {item2} are in the ratio {a.digits}:{b.digits}|there are "
                "{a.digits} {item} to every {b.digits} {item2}]"
            ),
            (
                "[there are {t} [of them |things |][in total|altogether|in all]|together they "
                "are {t}|{t} is the number of both together|{A} counts {t} of both together]"
            ),
        ),
        ask=(
            "[how many {item2} are there|what is the number of {item2}|how many of them are "
            "{item2}]"
        ),
        program="s=a+b;u=t/s;u*b",
    ),
    Family(
        path="part.remainder",
        needs_all=False,
        roles={"n": span(24, 600), "k": divisor("n", 2, 6), "b": below("n", 2)},
        clauses=(
            (
                "{A} [has a book of {n} pages|has to [walk|drive] {n} miles|has {n} "
                "[pages to read|problems to solve]]"
            ),
            "on [the first day|Monday] {A.he} [does|finishes|did|finished] {k.part} of [it|them]",
            "on [the second day|Tuesday] {A.he} [does|finishes|did|finished] {b} more",
        ),
        ask="how many are [left|still left]",
        program="a=n/k;c=n-a;c-b",
    ),
    Family(
        path="part.two",
        needs_all=False,
        roles={"n": span(12, 600), "k": divisor("n", 2, 6), "m": divisor("n", 2, 6)},
        clauses=(
            "{A} [has|had|bought|picked|baked] {n} {item}",
            (
                "[{A?} [gave|sold|lent] {k.part} of them to {B} and {m.part} of [them|the "
                "original number|all of them] to {C}|{k.part} of them [went|go] to {B} and "
                "{m.part} of all of them to {C}|{B} [got|takes] {k.part} of them and {C} "
                "{m.part} of all]"
            ),
        ),
        ask="[how many {item} [are left|does {A} have left|did {A} keep|remain]|what is left]",
        program="a=n/k;b=n/m;c=n-a;c-b",
    ),
    Family(
        path="part.rest_of",
        needs_all=False,
        roles={
            "n": span(12, 600),
            "k": divisor("n", 2, 6),
            "q": computed(lambda k: k["n"] - k["n"] / k["k"]),
            "m": divisor("q", 2, 6),
        },
        clauses=(
            "{A} [has|had|baked|picked] {n} {item}",
            "{A?} [gave|sold] {k.part} of them to {B}",
            (
                "[then |]{A.he} [gave|sold|ate|used] {m.part} of [the rest|what was "
                "left|the remaining {item}]"
            ),
        ),
        ask="how many {item} [are left|does {A} have left|did {A} keep]",
        program="a=n/k;b=n-a;c=b/m;b-c",
    ),
    Family(
        path="number.reverse",
        roles={
            "x": span(2, 60),
            "k": span(2, 12),
            "y": span(2, 60),
            "t": computed(lambda k: k["x"] * k["k"] + k["y"]),
        },
        clauses=(
            (
                "[{A} thinks of a number|there is a number|{A} has a number in mind|a number is "
                "[wanted|unknown]|{A} [picks|chose|writes down] a number]"
            ),
            (
                "[{k} times the number plus {y} is {t}|if {A.he} multiplies it by {k} and adds "
                "{y}, {A.he} gets {t}|multiplied by {k} and increased by {y}, it "
                "[is|becomes|gives] {t}|when it is multiplied by {k} and {y} is added, the "
                "result is {t}|{y} more than {k} times the number is {t}]"
            ),
        ),
        ask=(
            "[what is the number|which number is it|what number [is it|does {A} have in "
            "mind]|how large is the number]"
        ),
        program="a=t-y;a/k",
    ),
    Family(
        path="number.pair",
        roles={"x": span(2, 80), "d": span(2, 40), "s": computed(lambda k: 2 * k["x"] + k["d"])},
        clauses=(
            (
                "[{A} and {B} [have|had|own|found|collected] {s} {item} [together|altogether|in "
                "total|in all|between them]|the {item} of {A} and {B} number {s}|together, {A} "
                "and {B} [have|own|found] {s} {item}]"
            ),
            phrase.more_than("A", "d", "B"),
        ),
        ask=phrase.ask_held("B"),
        program="a=s-d;a/2",
    ),
    Family(
        path="number.pair_multiple",
        roles={
            "x": span(2, 60),
            "k": one_of(2, 2, 3, 4, 5),
            "s": computed(lambda k: k["x"] * (k["k"] + 1)),
        },
        clauses=(
            (
                "[{A} and {B} [have|had|own|found|collected] {s} {item} [together|altogether|in "
                "total|in all|between them]|together, {A} and {B} [have|own|found] {s} {item}]"
            ),
            phrase.times_as_many(),
        ),
        ask=phrase.ask_held("B"),
        program="a=k+1;s/a",
    ),
    Family(
        path="number.before",
        needs_all=False,
        roles={"b": span(2, 80), "c": span(2, 80), "d": above("c", 150)},
        clauses=(
            "{A} [gave|sold] {b} {item} to {B}[| yesterday]",
            "[then |]{A.he} [got|bought|found] {c}[| more]",
            "now {A.he} has {d}[| {item}]",
        ),
        ask=(
            "[how many {item} did {A} have [at first|at the beginning|to begin with|at the "
            "start|originally]|with how many {item} did {A} start]"
        ),
        program="a=d-c;a+b",
    ),
    Family(
        path="number.thermometer",
        needs_all=False,
        roles={"x": span(10, 90), "u": span(2, 25), "d": below("x", 2)},
        clauses=(
            (
                "[the temperature is {x} degrees|a lift is at floor {x}|the water "
                "level is {x} inches]"
            ),
            "it [rises|goes up|climbs] [by |]{u}",
            "[then |later |]it [falls|drops|goes down] [by |]{d}",
        ),
        ask=(
            "[what is it now|where is it now|how high is it now|what does it stand at now|how "
            "high is it in the end]"
        ),
        program="a=x+u;a-d",
    ),
    Family(
        path="number.growth",
        roles={"x": span(2, 60), "k": one_of(2, 2, 3)},
        clauses=(
            (
                "[a colony of ants|the number of {item}|a plant's height|the town's population|a "
                "group of {animal}] [is|starts at|was] {x} and [grows {k}-fold|multiplies by "
                "{k}|becomes {k} times as large] [every|each] {period.one}"
            ),
        ),
        ask="[what is it|how large is it|what does it come to] after [three|3] {period}",
        program="a=x*k;b=a*k;b*k",
    ),
    Family(
        path="number.interest",
        roles={"x": span(100, 5000, 100), "r": span(2, 12), "y": span(2, 8)},
        clauses=(
            (
                "[{A} [puts|invests|deposits|saves] ${x.money} [in a bank |]at {r.digits}[%| "
                "percent] [simple interest |]a year|{A} [puts|has] ${x.money} in an account "
                "[with|that pays] {r.digits}[%| percent] [simple |]interest [a|each] year|a bank "
                "pays {r.digits}[%| percent] [simple |]interest a year on {A}'s ${x.money}]"
            ),
        ),
        ask=(
            "[how much [interest|money] does {A?} [earn|gain|get] in {y} years|what is the "
            "interest [after|for] {y} years|how much interest is that in {y} years]"
        ),
        program="a=x*r/100;a*y",
    ),
    Family(
        path="number.increase",
        needs_all=False,
        roles={"x": span(20, 900, 10), "p": percent()},
        clauses=(
            "{A} [had|sold|counted] {x} {item} last [year|month|week]",
            "this [year|month|week] the number [rose|went up|increased] by {p.digits}[%| percent]",
        ),
        ask=(
            "[how many {item} [is that|are there|does that make] [now|this time]|what is the new "
            "number of {item}|how many {item} are there after the increase]"
        ),
        program="a=x*p/100;x+a",
    ),
)
