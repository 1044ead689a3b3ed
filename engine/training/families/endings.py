"""What a chain about things asks in the end."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, above, below, divisor, price, span

ENDINGS: Final = (
    Family(
        path="left",
        ask=(
            "how many {item} does {A?} [have|have now|have left|still have|end up "
            "with|have in [all|total]|have altogether]"
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
        ask="how many {item} [does|will] each [of them|person|one][| of the {group}] get",
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
        ask="how many {box} [does {A} need|will {A} need|are needed|can {A} fill]",
        program="v/k",
    ),
    Family(
        path="sell",
        roles={"p": price(1, 20)},
        clauses=(
            (
                "[{A?} [sells|sold] [them|the {item}|each {item.one}|each of them] for "
                "${p.money}[ each|]|each {item.one} [costs|sells for|is worth] "
                "${p.money}]"
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
        clauses=("{C} has {c} {item}",),
        ask="how many [more|more] {item} does {A} have than {C}",
        program="v-c",
    ),
    Family(
        path="compare_fewer",
        roles={"c": above("v", 100)},
        clauses=("{C} has {c} {item}",),
        ask="how many [more {item} does {C} have than {A}|fewer {item} does {A} have than {C}]",
        program="c-v",
    ),
    Family(
        path="together",
        roles={"c": span(2, 150)},
        clauses=("{C} [has|had|found|bought] {c} {item}",),
        ask="how many {item} do [{A} and {C}|they] have [together|altogether|in total|combined]",
        program="v+c",
    ),
    Family(
        path="goal",
        roles={"t": above("v", 100)},
        clauses=("{A} [wants to have|wants|needs|hopes to have] {t} {item}[| in total]",),
        ask="how many more {item} does {A?} need[| to get| to buy]",
        program="t-v",
    ),
    Family(
        path="per_day",
        roles={"k": divisor("v", 2, 14)},
        clauses=("{A?} [uses|uses up|eats|gives away|sells] {k} [{item} |]each day",),
        ask="how many days will [the {item}|they|{A.his} {item}] last",
        program="v/k",
    ),
    Family(
        path="earn_packs",
        roles={"k": divisor("v", 2, 12), "p": price(2, 20)},
        clauses=(
            "{A?} [packs|puts] [them|the {item}] into {box} of {k}",
            (
                "[each {box.one} [sells|sold] for|{A?} sells each {box.one} for|{A?} "
                "gets, for each {box.one},] ${p.money}"
            ),
        ),
        ask="how much money [does|will|did] {A} [make|earn]",
        program="w=v/k;w*p",
        whole=False,
    ),
)
