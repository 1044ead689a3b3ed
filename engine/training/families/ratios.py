"""Problems about ratios, percentages, growth, two unknowns and choices."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import (
    Family,
    below,
    computed,
    divisor,
    multiple,
    one_of,
    price,
    span,
)

RATIOS: Final = (
    Family(
        path="ratio.share",
        roles={
            "a": span(1, 7),
            "b": span(2, 9),
            "u": span(2, 40),
            "t": computed(lambda k: (k["a"] + k["b"]) * k["u"]),
        },
        clauses=(
            (
                "[{A} and {B} [share|split|divide|shared|divided] ${t.money} in the ratio "
                "{a.digits}[:| to ]{b.digits}|{A} and {B} [share|split|divided] a "
                "[prize|bonus|profit|gift] of ${t.money} in the ratio {a.digits}[:| to "
                "]{b.digits}|${t.money} is [shared|split|divided] between {A} and {B} in a "
                "{a.digits}:{b.digits} ratio|of ${t.money}, {A} gets {a.digits} parts and {B} "
                "{b.digits} parts]"
            ),
        ),
        ask=(
            "[how much [money |][does|will] {A} get|what is {A}'s [share|part]|how many dollars "
            "[does|will] {A} get]"
        ),
        program="s=a+b;u=t/s;u*a",
        meanings={"s": "how many equal parts are there", "u": "how much is one part"},
    ),
    Family(
        path="ratio.from_part",
        roles={
            "a": span(2, 9),
            "b": span(2, 9),
            "u": span(2, 30),
            "x": computed(lambda k: k["a"] * k["u"]),
        },
        clauses=(
            (
                "[the ratio of {item} to {item2} [is|at the {place} is] {a.digits}[:| to "
                "]{b.digits}|for every {a.digits} {item} there are {b.digits} {item2}[| at the "
                "{place}]|there are {b.digits} {item2} for every {a.digits} {item}|{item} and "
                "{item2} are in the ratio {a.digits}:{b.digits}]"
            ),
            "[there are {x} {item}|{A} [has|counts|sees] {x} {item}|{x} is the number of {item}]",
        ),
        ask="[how many {item2} are there|what is the number of {item2}|how many {item2} is that]",
        program="u=x/a;u*b",
        meanings={"u": "how many groups of {item} are there"},
    ),
    Family(
        path="percent.original",
        roles={
            "p": one_of(10, 20, 25, 30, 40, 50, 60, 75, 80),
            "h": span(2, 60),
            "x": computed(lambda k: k["h"] * k["p"] / 10),
        },
        clauses=(
            (
                "[{p.digits}[%| percent] of the [students|people|workers|{item}] [at|in] the "
                "[school|{place}|club] are [new|young|red|old]. that is {x}[| of them]|{x} "
                "[students"
                "|workers|members], or {p.digits}[%| percent] of all, [came|are new|voted "
                "yes]|{A} "
                "has [read|packed|sold] {x} {item}, which is {p.digits}[%| percent] of them all]"
            ),
        ),
        ask="how many are there [in all|in total|altogether]",
        program="a=x*100;a/p",
    ),
    Family(
        path="percent.of_known",
        roles={"n": span(20, 900, 20), "x": divisor("n", 2, 20)},
        clauses=(
            (
                "[{A} [answered|solved|got] {x} of {n} [questions|problems] [right|wrong]|{x} of "
                "the "
                "{n} [students|workers|{item}] [at|in] the {place} are [new|old|red]|out of {n} "
                "{item}, {x} are [broken|sold|green]]"
            ),
        ),
        ask="what [percent|percentage] is that",
        program="a=x*100;a/n",
        whole=False,
    ),
    Family(
        path="percent.two_discounts",
        needs_all=False,
        roles={"x": span(20, 400, 20), "p": one_of(10, 20, 25, 50), "q": one_of(10, 20, 50)},
        clauses=(
            (
                "[{item2.a}|a [coat|phone|bike|table|jacket|lamp]] [costs|is priced at|usually "
                "sells "
                "for] ${x.money}"
            ),
            (
                "[it is reduced by {p.digits}[%| percent]|the store takes {p.digits}[%| percent] "
                "off"
                "|there is a {p.digits}[%| percent] discount]"
            ),
            (
                "[with a coupon, {A} gets another {q.digits}[%| percent] off the new price|then "
                "the new price is cut by {q.digits}[%| percent]]"
            ),
        ),
        ask="how much [does|will] {A} pay[| in the end]",
        program="a=x*p/100;b=x-a;c=b*q/100;b-c",
        whole=False,
        meanings={"b": "what is the price after the first discount"},
    ),
    Family(
        path="growth.percent",
        roles={"x": span(100, 5000, 100), "p": one_of(10, 20, 50)},
        clauses=(
            (
                "[a [town|club|company|school] [has|had] {x} [people|members|customers|students] "
                "and "
                "[grows|grew] by {p.digits}[%| percent] [every|each] year|the {place} had {x} "
                "visitors"
                ", and the number [rises|rose|goes up] by {p.digits}[%| percent] each year|there "
                "[are|were] {x} {item} in the {place}, and [every|each] year there [are|were] "
                "{p.digits}[%| percent] more]"
            ),
        ),
        ask="[what is the number|how many are there] after [two|2] years",
        program="a=x*p/100;b=x+a;c=b*p/100;b+c",
        meanings={"b": "how many are there after one year"},
    ),
    Family(
        path="growth.interest",
        roles={"x": span(100, 5000, 100), "p": one_of(5, 10, 20)},
        clauses=(
            (
                "[{A} [puts|invests|saves|deposits] ${x.money} at {p.digits}[%| percent] [a "
                "year|yearly"
                " interest][, compounded [yearly|every year]|, and the interest is added each "
                "year]"
                "|{A}'s [account|savings plan|fund] [holds|starts with] ${x.money} and grows by "
                "{p.digits}[%| percent] [every|each] year]"
            ),
        ),
        ask="how much money is [that|there|in it] after [two|2] years",
        program="a=x*p/100;b=x+a;c=b*p/100;b+c",
        whole=False,
        meanings={"b": "how much money is there after one year"},
    ),
    Family(
        path="growth.halves",
        roles={"y": span(2, 60), "x": computed(lambda k: k["y"] * 8)},
        clauses=(
            (
                "[{A} [has|starts with|had] {x} {item} and [gives away|loses|sells|uses] half of "
                "what is left [every|each] day|a [pond|tank] [holds|has] {x} fish and loses half "
                "of them [every|each] day|the number of {item} is {x} and halves [every|each] "
                "day|there are {x} {item}, and half of what is left [goes|is sold] [every|each] "
                "day]"
            ),
        ),
        ask="how many [are left|remain|are there] after [three|3] days",
        program="a=x/2;b=a/2;b/2",
    ),
    Family(
        path="linear.heads",
        roles={
            "c": span(2, 40),
            "d": span(2, 40),
            "h": computed(lambda k: k["c"] + k["d"]),
            "l": computed(lambda k: 4 * k["c"] + 2 * k["d"]),
        },
        clauses=(
            (
                "[a farm has [cows and chickens|horses and ducks|pigs and hens]|{A} keeps "
                "[rabbits and"
                " geese|goats and chickens]|in the yard there are [dogs and birds|cats and ducks]]"
            ),
            (
                "[there are {h} heads and {l} legs[| in all| altogether]|{A} counts {h} heads "
                "and {l} "
                "legs|the animals have {h} heads and {l} legs[| in total]]"
            ),
        ),
        ask="how many of the animals have four legs",
        program="a=2*h;b=l-a;b/2",
    ),
    Family(
        path="linear.tickets",
        roles={
            "p": span(2, 12),
            "e": span(1, 9),
            "q": computed(lambda k: k["p"] + k["e"]),
            "c": span(2, 50),
            "d": span(2, 50),
            "n": computed(lambda k: k["c"] + k["d"]),
            "t": computed(lambda k: k["c"] * k["q"] + k["d"] * k["p"]),
        },
        clauses=(
            (
                "[{n} tickets were sold for ${t.money} in all|the {place} sold {n} tickets and "
                "took in ${t.money}|{A} sold {n} tickets for a total of ${t.money}|{n} "
                "[people|visitors] paid ${t.money} [in total|altogether|in all]|the {n} tickets "
                "of an evening brought ${t.money}]"
            ),
            (
                "[adult tickets [cost|are] ${q.money} and child tickets ${p.money}|an adult pays "
                "${q.money} and a child ${p.money}|tickets are ${q.money} for adults and "
                "${p.money} for children|the price is ${q.money} for adults and ${p.money} for "
                "children|children pay ${p.money} and adults ${q.money}]"
            ),
        ),
        ask=(
            "[how many adult tickets were sold|how many of them were adults|what is the number "
            "of adults|how many adults came]"
        ),
        program="a=n*p;b=t-a;c=q-p;b/c",
        shuffled=True,
    ),
    Family(
        path="linear.sum_difference",
        roles={"x": span(3, 90), "d": span(2, 60), "s": computed(lambda k: 2 * k["x"] + k["d"])},
        clauses=(
            (
                "[the sum of two numbers [is|equals] {s} and [their difference is {d}|one is {d} "
                "more than the other|they differ by {d}]|two numbers [add up to|make|have the "
                "sum] {s}. [the larger is {d} more than the smaller|they differ by {d}|their "
                "difference is {d}]|{A} and {B} [picked|have|sold|found] {s} {item} together, "
                "and {A} [picked|has|sold|found] {d} more than {B}|two {box} hold {s} {item} "
                "together, one of them {d} more than the other]"
            ),
        ),
        ask=(
            "[[what|how much] is the larger of the two numbers|what is the larger number|how "
            "large is the bigger number]"
        ),
        program="a=s+d;a/2",
    ),
    Family(
        path="linear.consecutive",
        roles={"x": span(3, 90), "s": computed(lambda k: 3 * k["x"])},
        clauses=(
            (
                "[the sum of three consecutive [whole |]numbers is {s}|three consecutive [whole "
                "|]numbers add up to {s}|{A} adds three numbers in a row and gets {s}|three "
                "[page|house|seat] numbers in a row [add up to|have the sum] {s}|{A} "
                "[adds|added] the [pages|numbers] of three [doors|days|tickets] in a row and "
                "[gets|got] {s}|added together, three consecutive numbers [make|give|are] {s}]"
            ),
        ),
        ask=(
            "[what is the [largest|greatest|biggest] of them|which of them is the largest|how "
            "large is the [largest|greatest] one]"
        ),
        program="a=s/3;a+1",
        meanings={"a": "what is the middle one"},
    ),
    Family(
        path="choice.plans",
        roles={
            "n": span(4, 40),
            "p": price(2, 9),
            "f": computed(lambda k: k["n"] * k["p"] - 3),
        },
        clauses=(
            (
                "[a [single |]visit to the {place} costs ${p.money}, and a pass for the whole "
                "year costs ${f.money}|[each|a] ride costs ${p.money}, but a card for any number "
                "of rides costs ${f.money}|you can pay ${p.money} [each time|a time|per visit] "
                "or ${f.money} once for the whole [year|month]|a [class|lesson|swim|game] costs "
                "${p.money}, or ${f.money} for as many as you like]"
            ),
            "[{A} [goes|wants to go|will go|plans to go] {n} times|it is for {n} times]",
        ),
        ask=(
            "[how much [money |][does|will|would] {A?} save with the cheaper choice|how much "
            "cheaper is the second choice[| for {A}]|what is the difference in price]"
        ),
        program="a=n*p;a-f",
        whole=False,
        meanings={"a": "how much would single payments cost"},
    ),
    Family(
        path="choice.unit_price",
        roles={
            "n": span(2, 12),
            "u": span(3, 20),
            "c": computed(lambda k: k["n"] * k["u"]),
            "m": span(2, 12),
            "w": below("u", 2),
            "d": computed(lambda k: k["m"] * k["w"]),
        },
        clauses=(
            (
                "[at one [store|shop], {n} {item} cost ${c.money}|{A} can buy {n} {item} for "
                "${c.money}|the first shop sells {n} {item} for ${c.money}|in one place you get "
                "{n} {item} for ${c.money}|one {place} asks ${c.money} for {n} {item}]"
            ),
            (
                "[at another, {m} cost ${d.money}|elsewhere {m} {item} cost ${d.money}|the "
                "second shop sells {m} for ${d.money}|in another place {m} [of them |{item} "
                "|]cost ${d.money}|another asks ${d.money} for {m}]"
            ),
        ),
        ask=(
            "[how much cheaper is [one|each|a single] {item.one} at the second place|how much "
            "less does [one|each] {item.one} cost at the second place|by how much is [one|each] "
            "{item.one} cheaper at the second place]"
        ),
        program="a=c/n;b=d/m;a-b",
        meanings={
            "a": "how much is one {item.one} at the first place",
            "b": "how much is one {item.one} at the second place",
        },
    ),
    Family(
        path="ratio.recipe",
        roles={
            "s": span(2, 8),
            "c": span(2, 9),
            "t": multiple("s", 2, 6),
        },
        clauses=(
            (
                "[a recipe for {s} people needs {c} [eggs|cups of flour|spoons of sugar|tomatoes]"
                "|{c} [eggs|cups of rice|potatoes] are enough for {s} people|to cook for {s} "
                "people, "
                "{A} uses {c} [eggs|cups of milk|onions]]"
            ),
            "[{A} [cooks|is cooking|wants to cook] for {t}[| people]|there will be {t} guests]",
        ),
        ask="how many [of them |]does {A?} need",
        program="a=t/s;a*c",
        meanings={"a": "how many times as much is needed"},
    ),
)
