"""What happens to the things that somebody holds."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, below, divisor, one_of, percent, span

_HELD_THEN: Final = "how many {item} does {A} have [then|after that|now]"
# A change names no value of its own, so that its value is the answer so far.
_AFTERWARDS: Final = {"v": _HELD_THEN, "answer": _HELD_THEN}

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
        meanings=_AFTERWARDS,
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
        meanings=_AFTERWARDS,
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
        meanings=_AFTERWARDS,
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
        meanings=_AFTERWARDS,
    ),
    Family(
        path="gives_part",
        roles={"k": divisor("v", 2, 6)},
        clauses=(
            (
                "[{A?} [gives|gave|donated|lent|handed|sold] {k.part} of [them|the "
                "{item}|{A.his} {item}|these][| to [{C}|{A.his} [sister|brother|friend]|the "
                "{place}]]|{A?} [lost|used|broke|threw away|ate] {k.part} of [them|the "
                "{item}|{A.his} {item}]|{k.part} of [them|the {item}] [are|were|get] "
                "[sold|lost|given away|broken|used up]]"
            ),
        ),
        program="v-v/k",
        meanings=_AFTERWARDS,
    ),
    Family(
        path="grows",
        roles={"k": one_of(2, 2, 3, 4)},
        clauses=(
            (
                "[by [the end of the year|next month|the summer|the end], {A?} [has|had] "
                "{k.times} as many[| {item}]|the number of {item} {A?} has then [grew|became] "
                "{k} times as large|[later|then], {A?} [has|had] {k.times} as many[| {item}][| "
                "as before]|{A.his} number of {item} then [grew|grows] to {k.times} what it "
                "was|after [a year|a month|some time], there are {k.times} as many {item}]"
            ),
        ),
        program="v*k",
        meanings=_AFTERWARDS,
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
        meanings=_AFTERWARDS,
    ),
    Family(
        path="gives_each",
        roles={"k": span(2, 10), "b": span(2, 12)},
        clauses=(
            (
                "[{A?} [gives|gave|handed|brought|sent] {b} [{item} |of them |]to each of "
                "[{A.his} {k} {group}|{k} {group}]|{A?} [gives|gave|handed] each of {A.his} {k} "
                "{group} {b}[| {item}| of them]|{k} {group} [get|got|take|took] {b} [{item} |of "
                "them |]each[| from {A.him}]|each of {k} {group} [gets|got|takes] {b}[| {item}| "
                "of them]]"
            ),
        ),
        program="v-k*b",
        meanings=_AFTERWARDS,
    ),
    Family(
        path="gives_percent",
        roles={"p": percent()},
        clauses=(
            (
                "[{A?} [gives away|gave away|sold|used|donated|lost|gave {C}|threw away] "
                "{p.digits}[%| percent] of [them|the {item}|{A.his} {item}]|{p.digits}[%| "
                "percent] of [them|the {item}] [are|were] [sold|given away|lost|used|broken]]"
            ),
        ),
        program="v-v*p/100",
        meanings=_AFTERWARDS,
    ),
    Family(
        path="gives_both",
        roles={"b": below("v"), "c": below("v")},
        clauses=(
            (
                "[{A?} [gives|gave|handed|sold|sent] {b} [{item} |of them |]to {C} and {c} to "
                "{D}|{A?} [gives|gave] {C} {b}[| {item}| of them] and {D} {c}|{C} "
                "[gets|got|takes|took] {b} of them[,| and] {D} [gets|got|takes|took] {c}|{b} "
                "[{item} |of them |]go to {C} and {c} to {D}]"
            ),
        ),
        program="v-b-c",
        meanings=_AFTERWARDS,
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
        meanings=_AFTERWARDS,
    ),
)
