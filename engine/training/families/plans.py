"""Problems about time plans, speeds and shapes."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, below, computed, divisor, one_of, span

PLANS: Final = (
    Family(
        path="time.parts",
        roles={"k": span(2, 9), "m": span(5, 50), "b": span(2, 20)},
        clauses=(
            (
                "[{A} [does|has|gives|takes] {k} [lessons|classes|exercises|interviews] of {m} "
                "minutes "
                "each|each of {A}'s {k} [lessons|classes|meetings|songs] [takes|lasts] {m} "
                "minutes]"
            ),
            (
                "[there is one break of {b} minutes|{A?} [rests|waits|takes a break] for {b} "
                "minutes "
                "[in between|at noon|once]|{b} minutes are [lost|needed] for a break]"
            ),
        ),
        ask=(
            "how [many minutes|long in minutes] [is that|does it all take|does everything "
            "take][| in total| together]"
        ),
        program="a=k*m;a+b",
        needs_all=False,
        meanings={"a": "how many minutes do they take without the break"},
    ),
    Family(
        path="time.hours_minutes",
        roles={"h": span(2, 9), "m": span(5, 55, 5), "b": span(10, 90, 5)},
        clauses=(
            (
                "[a [film|flight|trip|game|show] [takes|lasts] {h} hours and {m} minutes|{A} "
                "[works|sleeps"
                "|practices|drives] for {h} hours and {m} minutes]"
            ),
            (
                "[{b} minutes of [it|that] are [over|gone|advertising|breaks]|{b} minutes [of it "
                "|]have passed]"
            ),
        ),
        ask="how many minutes are [left|not]",
        program="a=60*h;c=a+m;c-b",
        needs_all=False,
        meanings={"a": "how many minutes are the hours", "c": "how many minutes is that in all"},
    ),
    Family(
        path="time.early",
        needs_all=False,
        roles={"t": span(60, 240, 5), "a": span(10, 50, 5), "b": span(5, 30, 5)},
        clauses=(
            (
                "[{A} has {t} minutes [before|until] the [train|bus|show|game] "
                "[leaves|starts|begins]|the [train|bus|show] [leaves|starts] in {t} minutes]"
            ),
            (
                "[packing takes {a} minutes and the way [to the {place} |]takes {b}[| "
                "minutes]|{A?} needs "
                "{a} minutes to get [ready|dressed] and {b} minutes [for the way|to get there]]"
            ),
        ),
        ask="how many minutes [does {A} have left|are left|remain]",
        program="c=t-a;c-b",
    ),
    Family(
        path="time.weeks_days",
        roles={"w": span(2, 20), "d": span(1, 6), "x": span(2, 20)},
        clauses=(
            (
                "[{A} [was away|stayed|traveled|worked there] for {w} weeks and {d} days|a "
                "[trip|course"
                "|camp] [lasts|takes] {w} weeks and {d} days]"
            ),
            (
                "[{A?} [writes|reads|uses|needs|spends] {x} [pages|cups|dollars] [a|every|each] "
                "day|each day [costs|brings] {x} [dollars|points]]"
            ),
        ),
        ask="what is that [in all|in total|altogether|for the whole time]",
        program="a=7*w;b=a+d;b*x",
        meanings={"a": "how many days are the weeks", "b": "how many days is that in all"},
    ),
    Family(
        path="speed.meet",
        roles={
            "r": span(3, 70),
            "s": span(3, 70),
            "t": span(2, 9),
            "d": computed(lambda k: (k["r"] + k["s"]) * k["t"]),
        },
        clauses=(
            (
                "[two [cars|trains|cyclists|ships] are {d} {far} apart and "
                "[move|travel|drive]"
                " toward each other|{A} and {B} live {d} {far} apart and start "
                "toward each "
                "other at the same time]"
            ),
            (
                "[one [goes|travels|moves] {r} {far} an hour, the other {s}|their "
                "speeds are "
                "{r} and {s} {far} per hour]"
            ),
        ),
        ask="[how many hours does it take until they meet|after how many hours do they meet]",
        program="a=r+s;d/a",
        meanings={"a": "how much closer do they come in an hour"},
    ),
    Family(
        path="speed.gap",
        roles={
            "s": span(3, 60),
            "e": span(2, 30),
            "r": computed(lambda k: k["s"] + k["e"]),
            "t": span(2, 12),
        },
        clauses=(
            (
                "[two [cars|trains|runners|ships] start at the same [place|time] in the same "
                "direction|{A} "
                "and {B} [leave|start from] the {place} together and [ride|drive|walk] the same "
                "way]"
            ),
            (
                "[one [goes|moves|travels] {r} {far} an hour, the other {s}|their "
                "speeds are "
                "{r} and {s} {far} per hour]"
            ),
        ),
        ask="how far apart are they after {t} hours",
        program="a=r-s;a*t",
        meanings={"a": "how much does the gap grow in an hour"},
    ),
    Family(
        path="speed.average",
        roles={
            "t": span(2, 9),
            "r": span(3, 80),
            "d": computed(lambda k: k["t"] * k["r"]),
            "b": below("d", 2),
            "c": computed(lambda k: k["d"] - k["b"]),
        },
        clauses=(
            (
                "[{A} [drives|rode|travels|walks] {b} {far} [before|until] noon and "
                "{c} "
                "[{far} |][after it|afterwards]|a trip has a part of {b} "
                "{far} and"
                " [one|a part] of {c}[| more]]"
            ),
            "[the whole trip takes {t} hours|it takes {t} hours in all]",
        ),
        ask="what is the average speed[| per hour]",
        program="a=b+c;a/t",
        meanings={"a": "how long is the whole trip"},
    ),
    Family(
        path="speed.return",
        roles={
            "r": span(3, 60),
            "t": span(2, 9),
            "d": computed(lambda k: k["r"] * k["t"]),
            "u": divisor("d", 2, 12),
        },
        clauses=(
            (
                "[{A} [drives|rides|cycles|sails] to [{B}|the {place}] at {r} {far} "
                "[an|per] "
                "hour and [gets there|arrives] after {t} hours|it takes {A} {t} hours to reach "
                "the {place}"
                " at {r} {far} an hour]"
            ),
            "[the way back takes {u} hours|{A?} [comes|gets] back in {u} hours]",
        ),
        ask="[how fast is the way back per hour|what is the speed on the way back]",
        program="a=r*t;a/u",
        meanings={"a": "how long is the way"},
    ),
    Family(
        path="shape.volume",
        roles={"x": span(2, 20), "y": span(2, 20), "h": span(2, 15)},
        clauses=(
            (
                "[a [box|tank|pool|room|crate] is {x} {long} long, {y} [{long} "
                "|]"
                "wide and {h} [{long} |][high|deep|tall]|a [tank|pool|box] "
                "measures {x} by {y} "
                "by {h} {long}]"
            ),
        ),
        ask="[what is its volume|how many cubic units does it hold|what is the volume of it]",
        program="a=x*y;a*h",
        meanings={"a": "what is the area of the floor"},
    ),
    Family(
        path="shape.side",
        roles={
            "y": span(2, 60),
            "x": span(2, 60),
            "p": computed(lambda k: 2 * k["x"] + 2 * k["y"]),
        },
        clauses=(
            (
                "[the perimeter of a [rectangle|garden|field|room] is {p} {long}|it "
                "takes {p} "
                "{long} of fence to go around a [rectangular |][garden|field|yard]]"
            ),
            (
                "[it is {x} [{long} |]long|its length is {x}[| {long}]|one "
                "side [is|measures] {x}[| {long}]]"
            ),
        ),
        ask="[how wide is it|what is its width|how long is the other side]",
        program="a=p/2;a-x",
        meanings={"a": "how long are both sides together"},
    ),
    Family(
        path="shape.tiles",
        roles={
            "s": one_of(2, 3, 4, 5),
            "u": span(2, 12),
            "w": span(2, 12),
            "x": computed(lambda k: k["s"] * k["u"]),
            "y": computed(lambda k: k["s"] * k["w"]),
        },
        clauses=(
            (
                "[a [floor|wall|patio|sheet] is {x} {long} long and {y} {long} "
                "wide|{A} wants to cover a [floor|wall|patio] of {x} by {y} "
                "{long}]"
            ),
            (
                "[it is covered with|{A?} uses|there are] square [tiles|stones|cards] with sides "
                "of {s}[| {long}]"
            ),
        ),
        ask="how many of them are needed",
        program="a=x/s;b=y/s;a*b",
        meanings={"a": "how many fit along one side", "b": "how many fit along the other side"},
    ),
)
