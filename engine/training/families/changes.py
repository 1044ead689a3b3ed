"""What happens to the things that somebody holds."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, below, divisor, one_of, percent, span

CHANGES: Final = (
    Family(
        path="gives",
        roles={"b": below("v")},
        clauses=(
            (
                "{A?} [gives|gave|sold|donated|lent|handed] {b} [{item} |of the {item} "
                "|of them |]to [{C}|a friend|{A.his} [brother|sister|cousin|neighbor"
                "|teacher]|the {place}]"
            ),
        ),
        program="v-b",
    ),
    Family(
        path="loses",
        roles={"b": below("v")},
        clauses=(
            (
                "[{A?} [loses|lost|broke|used|threw away|sold|dropped|returned] {b} "
                "[{item}|of them|of the {item}]|{b} [{item}|of them|of the {item}] "
                "[were|got] [broken|lost|stolen|damaged|rotten]|{A.his} [brother|sister"
                "|dog|friend] [took|lost|broke|hid] {b} of [them|the {item}]]"
            ),
        ),
        program="v-b",
    ),
    Family(
        path="buys",
        roles={"b": span(2, 200)},
        clauses=(
            (
                "{A?} [then |later |also |][buys|bought|finds|found|gets|got|makes"
                "|received] [{b} more[| {item}]|another {b} {item}|{b} [new|extra] "
                "{item}][| at the {place}]"
            ),
        ),
        program="v+b",
    ),
    Family(
        path="receives",
        roles={"b": span(2, 200)},
        clauses=(
            (
                "[{C}|{A.his} [mother|father|friend|aunt|uncle|grandmother]|a friend] "
                "[then |later |][gives|gave|brought|bought|sent] {A.him} [{b} more[| "
                "{item}]|another {b}[| {item}]|{b} {item}]"
            ),
        ),
        program="v+b",
    ),
    Family(
        path="gives_part",
        roles={"k": divisor("v", 2, 6)},
        clauses=(
            (
                "{A?} [gives|gave|sold|donated|lost|used|ate] {k.part} of [them|the "
                "{item}|{A.his} {item}|these][| to [{C}|{A.his} [sister|brother|friend]"
                "|the {place}]]"
            ),
        ),
        program="v-v/k",
    ),
    Family(
        path="grows",
        roles={"k": one_of(2, 2, 3, 4)},
        clauses=(
            (
                "[by [the end of the year|next month|the summer], {A?} [has|had] "
                "{k.times} as many[| {item}]|the number of {item} {A?} has then [grew"
                "|became] {k} times as large]"
            ),
        ),
        program="v*k",
    ),
    Family(
        path="buys_packs",
        roles={"k": span(2, 12), "p": span(2, 24)},
        clauses=(
            (
                "{A?} [then |later |also |][buys|bought|gets|got] {k} [more |][{box} "
                "of {item} with {p} [in each|{item} each]|{box} of {p} {item}[| each]]"
            ),
        ),
        program="v+k*p",
    ),
    Family(
        path="gives_each",
        roles={"k": span(2, 10), "b": span(2, 12)},
        clauses=(
            "{A?} [gives|gave|handed] {b} [{item} |]to each of [{A.his} {k} {group}|{k} {group}]",
        ),
        program="v-k*b",
    ),
    Family(
        path="gives_percent",
        roles={"p": percent()},
        clauses=(
            (
                "{A?} [gives away|gave away|sold|used|donated|lost] {p.digits}[%| "
                "percent] of [them|the {item}|{A.his} {item}]"
            ),
        ),
        program="v-v*p/100",
    ),
    Family(
        path="gives_both",
        roles={"b": below("v"), "c": below("v")},
        clauses=("{A?} [gives|gave] {b} [{item} |]to {C} and {c} to {D}",),
        program="v-b-c",
    ),
    Family(
        path="exchanges",
        roles={"b": below("v"), "c": span(2, 60)},
        clauses=(
            (
                "{A?} [sold|gave away|used] {b} of [them|the {item}] and [then "
                "|][bought|found|got] {c} [more|new ones]"
            ),
        ),
        program="v-b+c",
    ),
)
