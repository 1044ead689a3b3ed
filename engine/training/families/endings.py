"""What a chain about things asks in the end."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, above, below, divisor, price, span
from engine.training.families import phrase

ENDINGS: Final = (
    Family(
        path="left",
        ask=(
            "[how many {item} does {A?} have[| now| left| in the end| after that| after all "
            "this| in all| in total| altogether| at the end]|how many {item} does {A?} [still "
            "have|end up with]|how many {item} has {A?} [now|left|got now|got left]|how many "
            "{item} [are left|remain|are there now|are there in the end|are still there][| for "
            "{A}]|what is the number of {item} [that {A} has|now|in the end]|with how many "
            "{item} does {A?} [end up|remain]]"
        ),
        program="v",
    ),
    Family(
        path="share",
        roles={"k": divisor("v", 2, 12)},
        clauses=(
            (
                "{A?} [wants to share|shares|shared|divides|split] [them|the {item}] "
                "[equally|evenly] [among|between] [{k} {group}|{A.his} {k} {group}]"
            ),
        ),
        ask="how many {item} [does|will] each [of them|person|one] get",
        program="v/k",
    ),
    Family(
        path="pack",
        roles={"k": divisor("v", 2, 25)},
        clauses=(
            (
                "[{A?} [puts|put|packs] [them|the {item}] into {box} [of|that hold"
                "|with] {k}[| each]|each {box.one} [holds|can hold|has room for|fits] "
                "{k} {item}]"
            ),
        ),
        ask=(
            "[how many {box} [does {A} need|will {A} need|are needed|can {A} fill|are "
            "filled|will there be|does {A} fill|get full]|what is the number of {box}]"
        ),
        program="v/k",
    ),
    Family(
        path="sell",
        roles={"p": price(1, 20)},
        clauses=(
            (
                "[{A?} [sells|sold] [them|the {item}|all of them|each {item.one}|each of them] "
                "[for|at] ${p.money} [each|apiece]|each {item.one} [costs|sells for|is "
                "worth|brings|is sold for] ${p.money}|for each {item.one}, {A} "
                "[gets|got|asks|charges] ${p.money}|the price of [one|each|a single] {item.one} "
                "is ${p.money}|one {item.one} is worth ${p.money}|{C} [buys|bought] them all for "
                "${p.money} each]"
            ),
        ),
        ask=(
            "how much [money |][does {A} [make|earn|get]|did {A} make|are the "
            "{item} worth|do they cost][| in dollars| in total]"
        ),
        program="v*p",
        whole=False,
    ),
    Family(
        path="compare_more",
        roles={"c": below("v")},
        clauses=(phrase.holds("C", "c"),),
        ask=(
            "[how many more {item} does {A} have than {C}|how many {item} more than {C} does {A} "
            "have|how many fewer {item} does {C} have than {A}|by how many {item} is {A} ahead "
            "of {C}|what is the difference between {A}'s {item} and {C}'s|how many more does {A} "
            "have than {C}|how many {item} does {C} need to [catch up with|have as many as] {A}]"
        ),
        program="v-c",
    ),
    Family(
        path="compare_fewer",
        roles={"c": above("v", 100)},
        clauses=(phrase.holds("C", "c"),),
        ask=(
            "[how many more {item} does {C} have than {A}|how many fewer {item} does {A} have "
            "than {C}|by how many {item} is {C} ahead of {A}|how many {item} less than {C} does "
            "{A} have|how many {item} does {A} need to [catch up with|have as many as] {C}|what "
            "is the difference between {C}'s {item} and {A}'s]"
        ),
        program="c-v",
    ),
    Family(
        path="together",
        roles={"c": span(2, 150)},
        clauses=(phrase.holds("C", "c"),),
        ask=phrase.ask_together("{A} and {C}"),
        program="v+c",
    ),
    Family(
        path="goal",
        roles={"t": above("v", 100)},
        clauses=(
            (
                "[{A} [wants to have|wants|needs|hopes to have|plans to have|would like to "
                "have|is hoping for|has to have|must have] {t} {item}[| in total| altogether| in "
                "the end]|{A}'s goal is [{t} {item}|to have {t}]|{t} {item} are "
                "[needed|wanted]|{A} needs a total of {t}[| {item}]]"
            ),
        ),
        ask=(
            "[how many more {item} does {A?} need[| to get| to buy| to find]|how many {item} are "
            "[still missing|still needed|missing]|how many {item} does {A?} still need[| to "
            "reach the goal]|how many more must {A?} get|how many {item} short is {A?}]"
        ),
        program="t-v",
    ),
    Family(
        path="per_day",
        roles={"k": divisor("v", 2, 14)},
        clauses=(
            (
                "[{A?} [uses|uses up|eats|gives away|sells|needs|takes|loses] {k} [{item} |of "
                "them |][each day|every day|a day|per day]|[each day|every day], {A?} "
                "[uses|gives away|sells|takes] {k}[| of them| {item}]]"
            ),
        ),
        ask=(
            "[[how many days will|for how many days will] [the {item}|they|{A.his} {item}] "
            "last|after how many days are [they|the {item}] gone|how many days does it take "
            "until [they|the {item}] are gone|how long, in days, will the {item} last]"
        ),
        program="v/k",
    ),
    Family(
        path="earn_packs",
        roles={"k": divisor("v", 2, 12), "p": price(2, 20)},
        clauses=(
            (
                "[{A?} [packs|puts|sorts|bundles] [them|the {item}] [into|in] {box} of {k}|{k} "
                "of them [go|fit] into [each|one|a] {box.one}|each {box.one} is filled with "
                "{k}[| {item}]]"
            ),
            (
                "[each {box.one} [sells|sold] for|{A?} sells each {box.one} for|{A?} gets, for "
                "each {box.one},|a {box.one} [costs|is worth|brings]|the price of a {box.one} "
                "is] ${p.money}"
            ),
        ),
        ask=(
            "[how much money [does|will|did] {A} [make|earn|get]|how much do all the {box} "
            "bring[| in]|what are all the {box} worth|how many dollars [does|will] {A} [make|get]]"
        ),
        program="w=v/k;w*p",
        whole=False,
    ),
)
