"""Chains about somebody's money: an opening, changes, and a question."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, above, below, divisor, one_of, percent, price, span

OPENINGS: Final = (
    Family(
        path="has",
        roles={"x": span(10, 900)},
        clauses=(
            (
                "{A} [has|had|saved|saved up|got|received|found|started with] "
                "${x.money}[| for {A.his} birthday| in {A.his} [wallet|bank account"
                "|piggy bank]]"
            ),
        ),
        program="v=x",
    ),
    Family(
        path="wage",
        roles={"w": price(5, 40), "h": span(2, 50)},
        clauses=(
            (
                "[{A} [earns|earned|makes|is paid|gets] ${w.money} [an|per|each|every] "
                "hour [and [worked|works]|and [{A.he} |]worked for] {h} hours[| this "
                "week]|{A} worked {h} hours and [earned|was paid|got] ${w.money} [an"
                "|per] hour|{A} [earns|makes] ${w.money} a day for {h} days]"
            ),
        ),
        program="v=w*h",
        whole=False,
    ),
    Family(
        path="sales",
        roles={"n": span(2, 80), "p": price(1, 20)},
        clauses=(
            (
                "[{A} [sold|sells] {n} {item} [for|at] ${p.money} each|{A} sold {n} "
                "{item}, [and got|getting|earning] ${p.money} for each[| one]|at the "
                "{place}, {A} sells {n} {item} for ${p.money} apiece]"
            ),
        ),
        program="v=n*p",
        whole=False,
    ),
    Family(
        path="allowance",
        roles={"x": span(2, 60), "n": span(2, 24)},
        clauses=(
            (
                "[{A} [saves|saved|gets|got|earns|puts aside] ${x.money} [a|each|every"
                "|per] [week|month] for {n} [weeks|months]|for {n} weeks {A} saved "
                "${x.money} [a|each] week]"
            ),
        ),
        program="v=x*n",
    ),
    Family(
        path="weekly_hours",
        roles={"h": span(2, 9), "d": span(2, 6), "w": span(6, 30)},
        clauses=(
            "{A} works {h} hours a day, {d} days a week[,|]",
            "{A?} [is paid|earns|makes|gets] ${w.money} [an|per] hour",
        ),
        program="u=h*d;v=u*w",
    ),
    Family(
        path="gifts",
        roles={"x": span(5, 200), "y": span(5, 200)},
        clauses=(
            (
                "[{A} got ${x.money} from {A.his} [mother|aunt] and ${y.money} from "
                "{A.his} [father|uncle]|{A} earned ${x.money} on [Saturday|Monday] and "
                "${y.money} on [Sunday|Tuesday]]"
            ),
        ),
        program="v=x+y",
    ),
)

CHANGES: Final = (
    Family(
        path="spends",
        roles={"b": below("v")},
        clauses=(
            (
                "{A?} [then |later |][spends|spent|pays|paid|used] ${b.money} [on|for] "
                "[{item2}|{item2.a}|food|lunch|a [movie|haircut|gift]|rent|gas|books]"
            ),
        ),
        program="v-b",
        whole=False,
    ),
    Family(
        path="gets",
        roles={"b": span(2, 200)},
        clauses=(
            (
                "[{A.his} [mother|father|aunt|friend]|{C}] [then |later |][gives|gave"
                "|paid] {A.him} [another |]${b.money}[| more]"
            ),
        ),
        program="v+b",
        whole=False,
    ),
    Family(
        path="spends_part",
        roles={"k": divisor("v", 2, 5)},
        clauses=(
            (
                "{A?} [spends|spent|gave away|donated|saves|used] {k.part} of [it|the "
                "money|{A.his} money|this amount][| on {item2}| on food| for rent]"
            ),
        ),
        program="v-v/k",
    ),
    Family(
        path="buys",
        roles={"n": span(2, 10), "p": price(1, 15)},
        clauses=("{A?} [then |][buys|bought] {n} {item2} [that cost|for|at] ${p.money} each",),
        program="v-n*p",
        whole=False,
    ),
    Family(
        path="spends_percent",
        roles={"p": percent()},
        clauses=(
            (
                "{A?} [spends|spent|pays|paid|gave|donated] {p.digits}[%| percent] of "
                "[it|the money|{A.his} money][| on {item2}| in taxes| for rent]"
            ),
        ),
        program="v-v*p/100",
    ),
)

ENDINGS: Final = (
    Family(
        path="left",
        ask=(
            "how much [money |][does {A?} have [left|now]|is left|does {A?} still "
            "have|does {A?} end up with][|, in dollars]"
        ),
        program="v",
        whole=False,
    ),
    Family(
        path="goal",
        roles={"t": above("v", 300)},
        clauses=("{A} wants to buy {item2.a} [that costs|for|which costs] ${t.money}",),
        ask="how much more [money |]does {A?} need[| to save| to buy it]",
        program="t-v",
        whole=False,
    ),
    Family(
        path="afford",
        roles={"p": divisor("v", 2, 25)},
        clauses=(
            (
                "[{item2} cost ${p.money} each|each {item2.one} costs ${p.money}|one "
                "{item2.one} costs ${p.money}]"
            ),
        ),
        ask="how many {item2} can {A?} buy[| with {A.his} money| with it]",
        program="v/p",
    ),
    Family(
        path="split",
        roles={"k": divisor("v", 2, 8)},
        clauses=(
            (
                "{A?} [splits|split|shares|divided] [it|the money|the rest] [equally"
                "|evenly] [among|between] {k} {group}"
            ),
        ),
        ask="how much [money |][does|did|will] each [of them |person |]get",
        program="v/k",
    ),
    Family(
        path="together",
        roles={"k": one_of(2, 2, 3, 4)},
        clauses=("{C} has {k.times} as much money as {A}",),
        ask="how much [money |]do they have [together|in total|altogether]",
        program="u=v*k;v+u",
        whole=False,
    ),
)
