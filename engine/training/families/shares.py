"""Short problems about equal groups: boxes of things, things shared out, what is left of them."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, below, computed, divisor, span
from engine.training.families.basics import HAD, LOST

SHARES: Final = (
    Family(
        path="basic.groups",
        roles={"k": span(2, 25), "n": span(2, 40), "w": span(2, 50)},
        clauses=(
            (
                "[{A} [has|bought|packed|filled|carried] {k} {box} [of {item} with {n}[| {item}] "
                "in "
                "each|with {n} {item} in each|, each with {n} {item}]|there are {k} {box} with "
                "{n} "
                "{item} in [each|every one]|each {box.one} holds {n} {item}, and {A} has {k} {box}"
                "|{k} {group} [brought|have|found] {n} {item} each]"
                "[|. {A} also has {w} {item2}|. there are {w} {item2} as well]"
            ),
        ),
        ask=(
            "how many {item} [are there|is that|are there in total|are there altogether"
            "|do the {box} hold|does this make]"
        ),
        program="k*n",
    ),
    Family(
        path="basic.share",
        roles={"n": span(6, 400), "k": divisor("n", 2, 20), "w": span(2, 60)},
        clauses=(
            (
                "[{A} [has|had|bought|baked|picked] {n} {item}[| and {w} {item2}]|there are {n} "
                "{item}[| and {w} {item2}]]"
            ),
            (
                "[{A.he} [puts|put|packs|packed|splits|divided] the {item} [equally |evenly "
                "|]into "
                "{k} {box}|the {item} are [shared equally|split evenly|divided equally] among {k} "
                "[{group}|people|children]|{k} {group} [get|share|receive] the {item} in equal "
                "parts|{k} {box} [hold|contain] all the {item}, the same number in each]"
            ),
        ),
        ask="how many {item} are [there for each|in each one|in each part]",
        program="n/k",
    ),
    Family(
        path="basic.how_many_groups",
        roles={"n": span(6, 400), "k": divisor("n", 2, 20), "w": span(2, 60)},
        clauses=(
            (
                "[{A} [has|had|bought|baked|picked] {n} {item}[| and {w} {item2}]|there are {n} "
                "{item}[| and {w} {item2}] [at the {place}|to pack]]"
            ),
            (
                "[{A} [wants to put|puts|packs|places] {k} {item} [in|into] each {box.one}|each "
                "{box.one} [holds|has room for|takes] {k} {item}|the {item} go into {box} of {k}]"
            ),
        ),
        ask="how many {box} [are needed|does {A} need|can be filled|will there be]",
        program="n/k",
    ),
    Family(
        path="basic.two_groups",
        roles={"k": span(2, 15), "n": span(2, 30), "m": span(2, 15), "p": span(2, 30)},
        clauses=(
            (
                "[{A} [has|bought|ordered|packed] {k} {box} of {item} and {m} {box} of {item2}. "
                "each {box.one} of {item} [has|holds|contains] {n} and each {box.one} of {item2} "
                "[has|holds|contains] {p}|there are {k} {box} with {n} {item} [each|in each] and "
                "{m} {box} with {p} {item2} [each|in each]|{A} [put|packed] {n} {item} into each "
                "of {k} {box} and {p} {item2} into each of {m} {box}|{k} {box} hold {n} {item} "
                "each, and {m} others hold {p} {item2} each]"
            ),
        ),
        ask=(
            "how many [things|items|{item} and {item2}] [are there|is that|are there altogether"
            "|are there in total|does {A} have in all]"
        ),
        program="a=k*n;b=m*p;a+b",
        meanings={"a": "how many {item} are there", "b": "how many {item2} are there"},
    ),
    Family(
        path="basic.groups_left",
        needs_all=False,
        roles={
            "k": span(2, 15),
            "n": span(2, 30),
            "q": computed(lambda k: k["k"] * k["n"]),
            "b": below("q"),
        },
        clauses=(
            (
                "[{A} [has|had|bought] {k} {box} [with|of] {n} {item}[| each]|there are {k} {box} "
                "with {n} {item} each [in {A}'s room|at the {place}]|{A} [has|had|bought] {k} "
                "{box} "
                "of {item}, {n} in each]"
            ),
            f"{{A?}} {LOST}",
        ),
        ask="how many {item} [are left|does {A?} have [left|now]|remain|are there now]",
        program="a=k*n;a-b",
        meanings={"a": "how many {item} [were there|did {A} have] at first"},
    ),
    Family(
        path="basic.rest_shared",
        needs_all=False,
        roles={
            "k": span(2, 10),
            "s": span(2, 30),
            "b": span(2, 60),
            "x": computed(lambda k: k["k"] * k["s"] + k["b"]),
        },
        clauses=(
            f"{{A}} {HAD} {{x}} {{item}}",
            (
                "{A?} [kept {b}[| of them] for {A.his} [mother|sister]|used {b}[| of them]|lost "
                "{b}"
                "[| of them]|gave {b}[| of them] to {C}|threw {b}[| of them] away]"
            ),
            (
                "[the rest were [shared|split] [equally|evenly] among {k} {group}|{A?} put the "
                "[rest|others|remaining {item}] into {k} {box}, the same number in each]"
            ),
        ),
        ask="how many {item} [are|were] there [for|in] each[| one]",
        program="a=x-b;a/k",
        meanings={"a": "how many {item} were left"},
    ),
    Family(
        path="basic.sum_shared",
        needs_all=False,
        roles={
            "k": span(2, 9),
            "s": span(2, 30),
            "t": computed(lambda k: k["k"] * k["s"]),
            "x": below("t"),
            "y": computed(lambda k: k["t"] - k["x"]),
        },
        clauses=(
            (
                "[{A} [has|picked|bought|found] {x} {item} and {B} [has|picked|bought|found] {y}"
                "[| {item}]|{A} [picked|bought|found] {x} {item} in the morning and {y} in the "
                "[afternoon|evening]|there are {x} {item} in one {box.one} and {y} in another]"
            ),
            (
                "[they are [put|packed] into {k} {box}, the same number in each|the {item} are "
                "[shared|split] [equally|evenly] among {k} {group}|{k} {group} share them equally]"
            ),
        ),
        ask="how many {item} [are there for each|go to each|are in each part]",
        program="a=x+y;a/k",
        meanings={"a": "how many {item} are there in all"},
    ),
)
