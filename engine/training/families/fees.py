"""Problems about fees: parking, taxis, parcels, hotels, memberships, deposits, shared bills."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Final

from engine.training.blueprint import Draw, Family, above, below, computed, one_of, span

_DOLLAR_CENTS: Final = 100


def _one_of_cents(*values: int) -> Draw:
    """One of the amounts listed, in dollars."""

    def draw(rng: Random, _: Mapping[str, Fraction]) -> Fraction:
        return Fraction(rng.choice(values), _DOLLAR_CENTS)

    return draw


# Where a clause about somebody follows a tariff, that somebody is `{B}`: what `{A}` does may be
# told as something that happened afterwards.
FEES: Final = (
    Family(
        path="fee.parking",
        roles={"p": span(4, 12), "q": below("p", 2), "h": span(3, 12)},
        clauses=(
            (
                "[parking[| at the {place}] costs ${p.money} for the first hour and ${q.money} "
                "for [each|every] [further|extra] hour|a [garage|parking lot] [charges|asks] "
                "${p.money} for the first hour and ${q.money} for [each|every] hour after [that"
                "|the first]|the first hour of parking [costs|is] ${p.money}, and [each|every] "
                "[further|additional] hour [costs|is] ${q.money}|in a [garage|parking lot], the "
                "first hour costs ${p.money}. after that, [each|every] hour costs ${q.money}]"
            ),
            (
                "[{B} [parks|parked] for {h} hours[| in all| altogether]|{B}'s [car|van|truck] "
                "[stays|stayed|is parked|was parked] for {h} hours[| in all]]"
            ),
        ),
        ask=(
            "[how much does {B} [owe|have to pay][| in all| altogether| for the parking]|what is "
            "the [total|whole] parking fee|what does {B} have to pay[| for parking]|how much is "
            "the parking fee[| in all]]"
        ),
        program="a=h-1;b=a*q;p+b",
        meanings={"a": "how many hours follow the first", "b": "how much do the later hours cost"},
    ),
    Family(
        path="fee.taxi_reverse",
        roles={
            "b": span(2, 9),
            "r": span(2, 6),
            "n": span(2, 30),
            "t": computed(lambda k: k["b"] + k["r"] * k["n"]),
        },
        clauses=(
            (
                "[a [taxi|cab] ride costs ${b.money} plus ${r.money} [per|for each|for every] "
                "{far.one}|a [taxi|cab] [driver|company] [charges|asks] a fixed fee of ${b.money} "
                "and ${r.money} [per|for each] {far.one}|the [base|starting|fixed] fee of a [taxi"
                "|cab] is ${b.money}, and [each|every] {far.one} [adds|costs another] ${r.money}"
                "|[each|every] {far.one} in a [taxi|cab] costs ${r.money}, and a fee of "
                "${b.money} is added once per ride]"
            ),
            (
                "[{B} paid ${t.money} for [one|a] ride|{B}'s ride [cost|came to] ${t.money} [in "
                "all|altogether]|the driver got ${t.money} from {B} for a ride]"
            ),
        ),
        ask=(
            "[how many {far} [long |]was the ride|how many {far} did {B} [go|ride]|how far did "
            "{B} go, in {far}|how many {far} did the ride cover|how long was the ride in {far}]"
        ),
        program="a=t-b;a/r",
        meanings={"a": "how much did the {far} alone cost"},
    ),
    Family(
        path="fee.postage",
        needs_all=False,
        roles={"n": span(2, 12), "p": span(3, 25), "f": span(2, 15), "c": span(2, 10)},
        clauses=(
            (
                "[{A} [sends|mails|ships|has to send] {n} [parcels|packages] at ${p.money} [each"
                "|apiece]|{A} has {n} [parcels|packages] to [send|mail|ship], and each one costs "
                "${p.money}|sending a [parcel|package] costs ${p.money}, and {A} sends {n}[| of "
                "them]|{n} [parcels|packages] are sent by {A} for ${p.money} each|there are {n} "
                "[parcels|packages] for {A} to [send|mail], at ${p.money} each]"
            ),
            (
                "[there is [also |]a flat [pickup|handling] fee of ${f.money} for [all of them "
                "together|the whole order]|a [flat|fixed] [pickup|delivery|handling] fee of "
                "${f.money} is added once to the bill]"
            ),
            (
                "[{A?} [has|uses] a coupon for ${c.money} off [the total|the whole bill]|a coupon "
                "takes ${c.money} off [the total|the whole bill]]"
            ),
        ),
        ask=(
            "[how much does {A} [pay|have to pay][| in all| altogether| in the end]|what does {A} "
            "have to pay[| in all| in the end]|what is the final [bill|price|amount]]"
        ),
        program="a=n*p;b=a+f;b-c",
        meanings={
            "a": "how much are they without the fee",
            "b": "how much is it before the coupon",
        },
    ),
    Family(
        path="fee.late",
        roles={
            "n": span(2, 9),
            "d": span(2, 20),
            "c": _one_of_cents(25, 50, 50, 75, 100, 100, 150, 200, 300),
        },
        clauses=(
            (
                "[{B} [returns|returned|brings back|brought back] {n} [borrowed|rented] [books"
                "|games|DVDs] {d} days late|{n} [borrowed|rented] [books|games|tools|DVDs] [are"
                "|were] returned {d} days late by {B}|{B} [keeps|kept] {n} [borrowed|rented] "
                "[books|tools] for {d} days too long|{n} [books|games] that {B} borrowed came "
                "back {d} days late|{B} had {n} [borrowed|rented] [books|games|tools]. all of "
                "them went back {d} days late]"
            ),
            (
                "[the [fine|charge|late fee] is ${c.money} [per|a] day for [each|every] late item"
                "|[each|every] late item costs ${c.money} [a|per] day|a late fee of ${c.money} [a"
                "|per] day is [charged|due] for [each|every] item|[each|every] day of delay costs "
                "${c.money} per item]"
            ),
        ),
        ask=(
            "[how much does {B} [owe|have to pay][| in all| in late fees| for the delay]|what do "
            "the late fees come to[| in all| altogether]|how much are the late fees [in all"
            "|altogether]|what is the [total|whole] late fee|how much money is due for the delay]"
        ),
        program="a=d*c;a*n",
        whole=False,
        shuffled=True,
        meanings={"a": "how much is due for one item"},
    ),
    Family(
        path="fee.hotel",
        needs_all=False,
        roles={"n": span(2, 10), "p": span(40, 180, 5), "g": span(2, 5), "b": span(4, 15)},
        clauses=(
            (
                "[{A} [books|takes|rents] a hotel room for {n} nights at ${p.money} [a|per] night"
                "|a hotel room costs ${p.money} [a|per] night, and {A} [books|takes] it for {n} "
                "nights|{A} [stays|wants to stay] at a hotel for {n} nights. the room costs "
                "${p.money} [a|per|for each] night|the price of {A}'s hotel room is ${p.money} [a"
                "|per] night, and the stay lasts {n} nights]"
            ),
            (
                "[the room is shared by {g} [guests|people]|{g} [guests|people] [stay in|sleep in"
                "|share] the room[| every night]]"
            ),
            (
                "[breakfast [costs|is] ${b.money} per [person|guest] per night|[each|every] guest "
                "also pays ${b.money} per night for breakfast|breakfast for one [person|guest] "
                "costs another ${b.money} [a|per|for each] night]"
            ),
        ),
        ask=(
            "[how much does the whole stay cost[| with breakfast]|what is the price of the room "
            "and all the breakfasts|what does the whole stay cost, breakfast included|how [large"
            "|much] is the hotel bill with all the breakfasts|what is the [total|whole] hotel "
            "bill, breakfast included]"
        ),
        program="a=n*p;c=g*b;d=c*n;a+d",
        meanings={
            "a": "how much does the room alone cost for all the nights",
            "c": "how much do the breakfasts cost per night",
            "d": "how much do all the breakfasts cost",
        },
    ),
    Family(
        path="fee.power",
        roles={
            "x": span(100, 500, 10),
            "y": above("x", 150),
            "c": _one_of_cents(10, 15, 20, 20, 25, 30, 40, 50),
        },
        clauses=(
            (
                "[{B} used {y} kilowatt hours[| of power] this month and {x} last month|{B} used "
                "{x} kilowatt hours[| of power] last month. this month it [was|is] {y}|{B}'s "
                "meter shows {y} kilowatt hours for this month and {x} for last month|{B}'s "
                "[house|shop] [used|needed] {y} kilowatt hours this month and {x} last month"
                "|{B}'s use of [electricity|power] [rose|went up] to {y} kilowatt hours this "
                "month from {x} last month]"
            ),
            (
                "[[a|each] kilowatt hour costs ${c.money}|the price [of a|per] kilowatt hour is "
                "${c.money}|[power|electricity] costs ${c.money} [per|a|for each] kilowatt hour"
                "|the power company charges ${c.money} [per|for each] kilowatt hour]"
            ),
        ),
        ask=(
            "[how much more does {B} pay for this month than for last month|how many dollars more "
            "is this month's bill than last month's|what is the difference [in cost between the "
            "two months|between the two monthly bills]|how much higher than last month's is this "
            "month's bill|how much more does this month's use cost than last month's]"
        ),
        program="a=y-x;a*c",
        whole=False,
        shuffled=True,
        meanings={"a": "how many more kilowatt hours are there this month"},
    ),
    Family(
        path="fee.membership",
        roles={"s": span(2, 15), "n": span(4, 40), "m": span(20, 250)},
        clauses=(
            (
                "[a [gym|zoo|museum|pool] membership costs ${m.money} and saves ${s.money} on "
                "[each|every] visit|members of a [gym|museum|pool] pay a fee of ${m.money} once "
                "and then ${s.money} less than others for [each|every] visit|a visit to the [gym"
                "|zoo|museum|pool] is ${s.money} cheaper for members, and a membership costs "
                "${m.money}|members of a gym get ${s.money} off [each|every] visit, and joining "
                "costs ${m.money}]"
            ),
            (
                "[{B} [becomes a member|joins] and goes {n} times|{B} goes {n} times as a member"
                "|{B} joins and makes {n} visits|{n} visits are made by {B} as a member]"
            ),
        ),
        ask=(
            "[how much does {B} save [in all|altogether] after the cost of the membership|what "
            "does {B} save [in all|altogether] once the membership is paid for|how much less does "
            "{B} pay [in all|altogether] than without the membership]"
        ),
        program="a=s*n;a-m",
        meanings={"a": "how much does {B} save on the visits alone"},
    ),
    Family(
        path="fee.deposit",
        roles={
            "n": span(4, 30),
            "m": span(2, 8),
            "d": _one_of_cents(10, 25, 50, 50, 100, 100, 200),
            "e": one_of(3, 4, 5, 6),
            "w": computed(lambda k: k["n"] * k["d"] + k["m"] * k["e"]),
            "t": above("w", 40),
        },
        clauses=(
            (
                "[{A} [returns|takes back|brings back|hands in] {n} [|empty ]bottles and {m} "
                "crates|{n} [|empty ]bottles and {m} crates are [returned|handed in] by {A}|{A} "
                "has {n} [|empty ]bottles and {m} crates and returns them all]"
            ),
            (
                "[the deposit is ${d.money} [on|for] [a|each] bottle and ${e.money} [on|for] [a"
                "|each] crate|{A?} gets ${d.money} back for [each|every] bottle and ${e.money} "
                "for [each|every] crate|the store [gives|pays] ${d.money} for each bottle and "
                "${e.money} for each crate]"
            ),
            (
                "[{A?} [uses|spends] all the deposit money on [groceries|drinks] that [cost|come "
                "to] ${t.money}|all the deposit money goes toward {A}'s [purchase|bill] of "
                "${t.money}|{A?} buys [groceries|drinks|food] for ${t.money} and uses all the "
                "deposit money to pay]"
            ),
        ),
        ask=(
            "[how much does {A} still have to pay|how much is [left|still left] to pay|what is "
            "still left to pay|how many dollars are still [to be paid|left to pay]|what does {A} "
            "still have to pay]"
        ),
        program="a=n*d;b=m*e;c=a+b;t-c",
        whole=False,
        meanings={
            "a": "how much do the bottles bring",
            "b": "how much do the crates bring",
            "c": "how much is the deposit money in all",
        },
    ),
    Family(
        path="fee.shared_bill",
        needs_all=False,
        roles={
            "k": span(3, 9),
            "q": span(8, 40),
            "t": span(2, 20),
            "x": computed(lambda k: k["k"] * k["q"] - k["t"] if k["q"] > k["t"] else Fraction(0)),
        },
        clauses=(
            (
                "[{k} [friends|coworkers|cousins|people] have [dinner|lunch] together, and the "
                "[meal|food] costs ${x.money}|[dinner|lunch|a meal] for {k} [friends|coworkers"
                "|cousins|people] [costs|comes to] ${x.money}|a group of {k} [friends|coworkers"
                "|people] has a [meal|dinner|lunch] that costs ${x.money}]"
            ),
            (
                "[they [leave|give] a tip of ${t.money}|they tip the [waiter|waitress] ${t.money}"
                "|the [waiter|waitress] gets a tip of ${t.money}|a tip of ${t.money} is added]"
            ),
            (
                "[they split [everything|the whole amount|the total] [equally|evenly]|each of "
                "them pays the same share of the [total|whole amount]]"
            ),
        ),
        ask=(
            "[how much does each [person |]pay|what is each person's share|how many dollars does "
            "each person pay|how much is one share|what does each person [pay|have to pay]]"
        ),
        program="a=x+t;a/k",
        meanings={"a": "how much is to be paid in all"},
    ),
    Family(
        path="fee.commission",
        roles={
            "b": span(100, 900, 50),
            "c": span(5, 60),
            "n": span(2, 30),
            "t": computed(lambda k: k["b"] + k["c"] * k["n"]),
        },
        clauses=(
            (
                "[a [shop|store|company] pays {B} ${b.money} a month [plus|and another] "
                "${c.money} for [each|every] sale|{B} [earns|gets] a [fixed|flat] pay of "
                "${b.money} a month plus ${c.money} for [each|every] sale|{B}'s [fixed|flat"
                "|basic] pay is ${b.money} a month, and [each|every] sale adds ${c.money}|for "
                "[each|every] sale, {B} gets ${c.money} on top of a [fixed|flat] pay of "
                "${b.money} a month]"
            ),
            (
                "[{B} [earned|made|was paid] ${t.money} [in all|in total|altogether] last month"
                "|{B}'s [total|whole] pay [for last month was|last month came to] ${t.money}]"
            ),
        ),
        ask=(
            "[how many sales did {B} make[| last month| in that month]|how many sales were there "
            "last month|for how many sales was {B} paid last month|how many sales did {B} have "
            "last month|how many sales were made by {B}]"
        ),
        program="a=t-b;a/c",
        meanings={"a": "how much did the sales bring {B} last month"},
    ),
)
