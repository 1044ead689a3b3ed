"""Problems whose numbers are large, have decimals, or fall below zero."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Final

from engine.training.blueprint import Draw, Family, above, below, computed, span

_GREW: Final = "[grew|rose|went up|increased]"
_FELL: Final = "[fell|falls|dropped|drops|went down|goes down]"


def _tenths(low: int, high: int) -> Draw:
    """A number with one decimal."""

    def draw(rng: Random, _: object) -> Fraction:
        return Fraction(rng.randint(low * 10, high * 10), 10)

    return draw


EXTREMES: Final = (
    Family(
        path="large.change",
        needs_all=False,
        roles={"x": span(10_000, 900_000), "b": span(500, 90_000)},
        clauses=(
            (
                "[a [city|town|country|region] had {x} [people|inhabitants|cars] [last year|in "
                "1990"
                "|at first]|{x} [people|fans] [followed|visited] a [team|site|show] last year|a "
                "[library|museum|company] [owned|held] {x} [books|objects|records]]"
            ),
            (
                f"[since then the number {_GREW} by {{b}}|this year there are {{b}} "
                f"more|[another|a "
                "further] {b} have been added]"
            ),
        ),
        ask="[how many are there now|what is the number now|how many is that today]",
        program="x+b",
    ),
    Family(
        path="large.difference",
        roles={"x": span(10_000, 900_000), "y": below("x", 1_000)},
        clauses=(
            (
                "[[one|a] [city|town|country|island] has {x} [people|inhabitants] and another[ "
                "one|] {y}|the first [film|book|song|game] was [sold|bought] {x} times and the "
                "second {y}[ times|]|a [stadium|hall] [holds|seats] {x} people, and an older one "
                "{y}|in one year {x} [cars|bikes|phones] were [made|sold], in the year before {y}]"
            ),
        ),
        ask=(
            "[what is the difference|how many more is the first number than the second|by how "
            "many is the first ahead]"
        ),
        program="x-y",
    ),
    Family(
        path="large.total",
        roles={"n": span(3, 60), "m": span(400, 9_000)},
        clauses=(
            (
                "[a [factory|mill|plant|printer] [makes|produces|ships] {m} "
                "[{item}|cans|bricks|sheets] "
                "[a|every|each] {period.one}|each of {n} [towns|schools|shops] [gets|orders] {m} "
                "{item}"
                "|every {period.one}, {m} [people|cars|trucks] [cross a bridge|use a road|pass a "
                "gate]]"
            ),
        ),
        ask="[how many is that for {n} of them|how many is that, taken {n} times]",
        program="n*m",
        cap=10_000_000,
    ),
    Family(
        path="below.zero",
        signed=True,
        needs_all=False,
        roles={"x": span(1, 30), "d": above("x", 40)},
        clauses=(
            (
                "[the temperature [is|was] {x} degrees [in the morning|at noon|at first|in the "
                "evening]"
                "|it [is|was] {x} degrees [outside|in the mountains] [in the morning|at noon]|a "
                "thermometer [shows|showed] {x} degrees]"
            ),
            (
                f"[[then |later |at night |]it {_FELL} by {{d}}[| degrees]|by night it is {{d}} "
                f"degrees colder]"
            ),
        ),
        ask="[what is the temperature then|how many degrees is it then|what is it after that]",
        program="x-d",
    ),
    Family(
        path="below.balance",
        signed=True,
        needs_all=False,
        roles={
            "x": span(5, 300),
            "b": span(2, 200),
            "s": computed(lambda k: k["x"] + k["b"]),
            "d": above("s", 90),
        },
        clauses=(
            (
                "[{A}'s account [holds|has|shows] ${x.money}|there [is|was] ${x.money} in {A}'s "
                "account"
                "|{A} [has|had] ${x.money} in [the bank|an account]]"
            ),
            "[{A?} [pays in|adds|deposits] ${b.money}|${b.money} [is|are] [paid in|added]]",
            (
                "[then |later |][a bill of ${d.money} is [paid from it|taken from it]|${d.money} "
                "[is|are] taken out|a payment of ${d.money} goes out]"
            ),
        ),
        ask="[what is the balance[| now| then]|how much does the account show[| now| then]]",
        program="a=x+b;a-d",
        meanings={"a": "what is the balance before the payment"},
    ),
    Family(
        path="below.floors",
        signed=True,
        needs_all=False,
        roles={"x": span(1, 20), "d": above("x", 12), "u": span(1, 8)},
        clauses=(
            (
                "[a [lift|miner|diver] [is|starts] {x} {long} above [the ground|sea "
                "level]|a "
                "[bird|drone|lift|cage] [is|hangs] {x} {long} above [the water|the ground|zero]]"
            ),
            (
                "[it [goes|moves|sinks] [down |]by {d}[| {long}]|then it [goes|moves|comes] down "
                "{d}[| {long}]]"
            ),
            ("[after that it [goes|comes|moves] up [by |]{u}|then it [goes|comes] up {u} again]"),
        ),
        ask=(
            "[what is its height then, counted from zero|at what height is it then, with minus "
            "for below|how high is it then, below zero as a negative number]"
        ),
        program="a=x-d;a+u",
    ),
    Family(
        path="decimal.sum",
        whole=False,
        roles={"x": _tenths(1, 40), "y": _tenths(1, 40)},
        clauses=(
            (
                "[{A} [ran|walked|cycled|hiked] {x} {far} [on Monday|in the morning] and {y} "
                "[{far} |]"
                "[on Tuesday|in the evening]|{A} [bought|used|poured|needs] {x} "
                "[pounds|kilograms|{size}] "
                "of [flour|sand|sugar|rice] and {y} of [another kind|salt|corn]|one "
                "[rope|board|pipe] is "
                "{x} {long} long and another [one |]{y}]"
            ),
        ),
        ask=(
            "[how much is that [in all|in total|altogether|together]|what is the total|what is "
            "the sum of both]"
        ),
        program="x+y",
    ),
    Family(
        path="decimal.rest",
        whole=False,
        needs_all=False,
        roles={"x": _tenths(4, 60), "y": below("x", 1)},
        clauses=(
            (
                "[{A} [has|had|bought] {x} {long} of [rope|ribbon|cloth|wire]|a "
                "[rope|board|pipe|ribbon] "
                "[is|was] {x} {long} long|a [bottle|can|tank|bucket] [holds|held] {x} {size}|{A} "
                "[has|had] "
                "{x} pounds of [flour|rice|sugar|nuts]]"
            ),
            (
                "[{y} [of it |][is|are|was|were] [used|cut off|taken away|needed]|{A} "
                "[uses|used|takes|took] {y} of it]"
            ),
        ),
        ask="[how much is left|what is left|how much remains]",
        program="x-y",
    ),
    Family(
        path="decimal.each",
        whole=False,
        roles={"x": _tenths(1, 15), "n": span(2, 20)},
        clauses=(
            (
                "[[each|every|one] [lap|walk|trip] [is|takes] {x} {far}[| long], and {A} does "
                "{n}[| of them]"
                "|{A} [fills|filled] {n} [bottles|cups|jars] with {x} {size} each|{n} "
                "[boards|pipes|pieces] "
                "of {x} {long} each are put end to end|a [bag|jar|box] [weighs|holds] {x} "
                "pounds, and {A} "
                "[has|buys|carries] {n}[| of them]]"
            ),
        ),
        ask=(
            "[how much is that [in all|in total|altogether]|what does that come to[| "
            "together]|what is the total]"
        ),
        program="n*x",
    ),
)
