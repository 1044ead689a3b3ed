"""Chains about somebody's money: an opening, changes, and a question."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, above, below, divisor, one_of, percent, price, span

_HELD_THEN: Final = "how much money does {A} have [then|after that|at that point]"
# A change names no value of its own, so that its value is the answer so far.
_AFTERWARDS: Final = {"v": _HELD_THEN, "answer": _HELD_THEN}

OPENINGS: Final = (
    Family(
        path="has",
        roles={"x": span(10, 900)},
        clauses=(
            (
                "[{A} [has|had|saved|saved up|got|received|found|started with|brought|took] "
                "${x.money}[| for {A.his} birthday| in cash]|{A} [has|had|keeps] ${x.money} in "
                "{A.his} [wallet|bank account|piggy bank|pocket]|there [is|was] ${x.money} in "
                "{A}'s [wallet|piggy bank|bank account|purse]|{A}'s [wallet|purse|piggy bank] "
                "[holds|held] ${x.money}]"
            ),
        ),
        program="v=x",
        meanings=_AFTERWARDS,
    ),
    Family(
        path="wage",
        roles={"w": price(5, 40), "h": span(2, 50)},
        clauses=(
            (
                "[{A} [earns|earned|makes|is paid|gets] ${w.money} [an|per|each|every] hour and "
                "[{A.he} |][worked|works][| for] {h} hours[| this week]|{A} worked {h} hours and "
                "[earned|was paid|got] ${w.money} [an|per] hour|{A} [earns|makes] ${w.money} a "
                "day for {h} days]"
            ),
        ),
        program="v=w*h",
        whole=False,
        meanings=_AFTERWARDS,
    ),
    Family(
        path="sales",
        roles={"n": span(2, 80), "p": price(1, 20)},
        clauses=(
            (
                "[{A} [sold|sells|made and sold] {n} {item} [for|at] ${p.money} "
                "[each|apiece]|{A} sold {n} {item}, [and got|getting|earning] ${p.money} for "
                "each[| one]|at the {place}, {A} [sells|sold] {n} {item} for ${p.money} "
                "[apiece|each]|{A} [gets|got|earned] ${p.money} for each {item.one} and "
                "[sells|sold] {n}[| of them]|{n} {item} at ${p.money} each [are|were] sold by "
                "{A}|for each of {n} {item}, {A} [gets|got] ${p.money}]"
            ),
        ),
        program="v=n*p",
        whole=False,
        meanings=_AFTERWARDS,
    ),
    Family(
        path="allowance",
        roles={"x": span(2, 60), "n": span(2, 24)},
        clauses=(
            (
                "[{A} [saves|saved|gets|got|earns|puts aside] ${x.money} [a|each|every|per] "
                "{period.one} for {n} {period}|for {n} {period}[,|] {A} [saved|got|earned|put "
                "aside] ${x.money} [a|each] {period.one}|in each of {n} {period}, {A} "
                "[saves|saved|gets|got|earns] ${x.money}]"
            ),
        ),
        program="v=x*n",
        meanings=_AFTERWARDS,
    ),
    Family(
        path="weekly_hours",
        roles={"h": span(2, 9), "d": span(2, 6), "w": span(6, 30)},
        clauses=(
            (
                "[{A} works {h} hours a day, {d} days a week[,|]|{A} [works|worked] {d} days "
                "[this week|a week|last week], {h} hours [a|each|every] day|on {d} days [of|in] "
                "a week, {A} works {h} hours[| each]]"
            ),
            (
                "[{A?} [is paid|earns|makes|gets] ${w.money} [an|per|each|for every] "
                "hour|{A.his} pay is ${w.money} [an|per] hour|an hour [pays|brings] ${w.money}]"
            ),
        ),
        program="u=h*d;v=u*w",
        meanings=_AFTERWARDS,
    ),
    Family(
        path="gifts",
        roles={"x": span(5, 200), "y": span(5, 200)},
        clauses=(
            (
                "[{A} [got|received|was given] ${x.money} from {A.his} "
                "[mother|aunt|sister|teacher] and ${y.money} from {A.his} "
                "[father|uncle|brother|neighbor]|{A} [earned|made|got] ${x.money} on "
                "[Saturday|Monday] and ${y.money} on [Sunday|Tuesday]|{A.his} [mother|aunt] gave "
                "{A} ${x.money} and {A.his} [father|uncle] gave {A.him} ${y.money}|{A} has "
                "${x.money} in one pocket and ${y.money} in [the other|another]]"
            ),
        ),
        program="v=x+y",
        meanings=_AFTERWARDS,
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
        meanings=_AFTERWARDS,
    ),
    Family(
        path="gets",
        roles={"b": span(2, 200)},
        clauses=(
            (
                "[[{A.his} [mother|father|aunt|friend|boss]|{C}] [then |later "
                "|][gives|gave|paid|sent|lent] {A.him} [another ${b.money}|${b.money} "
                "more|${b.money}]|{A?} [then |later "
                "|][gets|got|earns|earned|finds|found|wins|won] [another ${b.money}|${b.money} "
                "more|${b.money}]]"
            ),
        ),
        program="v+b",
        whole=False,
        meanings=_AFTERWARDS,
    ),
    Family(
        path="spends_part",
        roles={"k": divisor("v", 2, 5)},
        clauses=(
            (
                "[{A?} [spends|spent|used|paid] {k.part} of [it|the money|{A.his} money|this "
                "amount][| on {item2}| on food| for rent| on a trip]|{A?} [gave "
                "away|donated|puts aside|lost|lent {C}] {k.part} of [it|the money|{A.his} "
                "money|this amount]|{k.part} of [it|the money] [goes|went] to [{C}|{A.his} "
                "[sister|mother|brother]]]"
            ),
        ),
        program="v-v/k",
        meanings=_AFTERWARDS,
    ),
    Family(
        path="buys",
        roles={"n": span(2, 10), "p": price(1, 15)},
        clauses=(
            (
                "[{A?} [then |later |][buys|bought|orders|ordered|gets|got] {n} {item2} [that "
                "cost|for|at] ${p.money} [each|apiece]|{A?} [then |]pays for {n} {item2}, "
                "${p.money} each|{A?} [buys|bought] {n} {item2}, and each [costs|cost] ${p.money}]"
            ),
        ),
        program="v-n*p",
        whole=False,
        meanings=_AFTERWARDS,
    ),
    Family(
        path="spends_percent",
        roles={"p": percent()},
        clauses=(
            (
                "[{A?} [spends|spent|pays|paid|used] {p.digits}[%| percent] of [it|the "
                "money|{A.his} money][| on {item2}| in taxes| for rent| on food]|{A?} [gave "
                "away|donated|gave {C}|puts aside] {p.digits}[%| percent] of [it|the "
                "money|{A.his} money]|{p.digits}[%| percent] of [it|the money] [goes|went] to "
                "[{C}|taxes|the bank]]"
            ),
        ),
        program="v-v*p/100",
        meanings=_AFTERWARDS,
    ),
)

ENDINGS: Final = (
    Family(
        path="left",
        ask=(
            "[how much [money |][does {A?} have [left|now|in the end]|is left|remains|does {A?} "
            "still have|does {A?} end up with|has {A?} left][|, in dollars]|how many dollars "
            "[does {A?} have [left|now]|are left|remain]|what is left of the money]"
        ),
        program="v",
        whole=False,
        meanings=_AFTERWARDS,
    ),
    Family(
        path="goal",
        roles={"t": above("v", 300)},
        clauses=(
            (
                "[{A} [wants to buy|would like to buy|is saving for|needs|plans to buy|dreams "
                "of] {item2.a} [that costs|for|which costs|at] ${t.money}|the {item2.one} [that "
                "{A} wants|{A} would like] [costs|is] ${t.money}|{A}'s goal is to have "
                "${t.money}|{A} needs ${t.money}[| in all| in total| for a trip]]"
            ),
        ),
        ask=(
            "[how much more [money |]does {A?} need[| to save| to earn]|how many more dollars "
            "does {A?} need[| to save]|how much [money |]is [still missing|missing|still "
            "needed]|how much does {A?} still need[| to save]]"
        ),
        program="t-v",
        whole=False,
    ),
    Family(
        path="afford",
        roles={"p": divisor("v", 2, 25)},
        clauses=(
            (
                "[{item2} [cost|sell for|are] ${p.money} [each|apiece]|[each|one|a single] "
                "{item2.one} [costs|sells for|is] ${p.money}|the price of [one|each|a single] "
                "{item2.one} is ${p.money}|at the {place}, {item2} [cost|are] ${p.money} "
                "[each|apiece]|{A} [wants|would like|hopes] to buy {item2} [at|for] ${p.money} "
                "each|a {place} sells {item2} [at|for] ${p.money} [each|apiece]]"
            ),
        ),
        ask=(
            "[how many {item2} can {A?} [buy|get|afford|pay for][| with {A.his} money| with it| "
            "at most]|how many {item2} is that enough for|what is the number of {item2} {A?} can "
            "buy]"
        ),
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
        ask=(
            "[how much [money |][does|did|will] each [of them |person |one |][get|receive]|how "
            "many dollars [does|will] each [of them |]get|what is each one's share]"
        ),
        program="v/k",
    ),
    Family(
        path="together",
        roles={"k": one_of(2, 2, 3, 4)},
        clauses=(
            (
                "[{C} [has|had|saved|got|earned] {k.times} as much [money |]as {A}[| does| "
                "has]|{C} [has|had] {k.times} the amount [that |]{A} has|compared with {A}, {C} "
                "has {k.times} as much[| money]|{C}'s money is {k.times} {A}'s|{C} [has|had] "
                "{k.times} what {A} has]"
            ),
        ),
        ask=(
            "[how much [money |]do [they|{A} and {C}|the two] have [together|in "
            "total|altogether|in all|combined]|how many dollars do [they|{A} and {C}] have "
            "[together|in total|altogether]|what is the total amount]"
        ),
        program="u=v*k;v+u",
        whole=False,
    ),
)
