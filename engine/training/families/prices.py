"""Problems about prices, discounts and profit."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import (
    Family,
    above,
    below,
    computed,
    divisor,
    one_of,
    percent,
    price,
    span,
)

PRICES: Final = (
    Family(
        path="price.unit",
        roles={
            "n": span(2, 12),
            "p": span(2, 20),
            "c": computed(lambda k: k["n"] * k["p"]),
            "t": span(3, 40),
        },
        clauses=(
            (
                "[{n} {item} [cost|sell for|are sold for|come to] [a total of |]${c.money}|{A} "
                "[paid|pays|spent] ${c.money} [for|on] {n} {item}|the price of {n} {item} is "
                "${c.money}|you can buy {n} {item} for ${c.money}|{A} [bought|buys|ordered|got] "
                "{n} {item} for ${c.money}[| in all]|for ${c.money}, {A} [gets|got|bought] {n} "
                "{item}|a {place} [sells|offers|sold] {n} {item} for ${c.money}]"
            ),
        ),
        ask=(
            "[how much [do|would|will] {t} {item} cost[| at the same price| at that rate]|what "
            "is the price of {t} {item}|what [do|would|will] {t} {item} cost|how much [is|are] "
            "{t} {item}[| at that price]|at this rate, how much would {t} {item} cost]"
        ),
        program="u=c/n;u*t",
    ),
    Family(
        path="price.basket",
        roles={"n": span(2, 15), "p": price(1, 25), "m": span(2, 15), "q": price(1, 25)},
        clauses=(
            (
                "[{A} [bought|buys|orders|ordered|picked] {n} {item} [for|at] ${p.money} each "
                "and {m} {item2} [for|at] ${q.money} each|{item} cost ${p.money} each and "
                "{item2} cost ${q.money} each. {A} [buys|bought|wants|orders] {n} {item} and {m} "
                "{item2}|{A} [buys|bought] {n} {item} and {m} {item2}. [each|one] {item.one} "
                "costs ${p.money} and [each|one] {item2.one} [costs |]${q.money}|at ${p.money} "
                "[apiece|each], {A} [buys|bought] {n} {item}, and at ${q.money} [apiece|each] "
                "{m} {item2}|a {place} sells {item} for ${p.money} and {item2} for ${q.money} "
                "each. {A} [gets|takes] {n} {item} and {m} {item2}]"
            ),
        ),
        ask="how much [did|does|will] {A?} [spend|pay][| in total| in all| altogether]",
        program="u=n*p;w=m*q;u+w",
        whole=False,
    ),
    Family(
        path="price.change",
        roles={"n": span(2, 9), "p": price(1, 9), "t": one_of(10, 20, 20, 50, 50, 100, 100)},
        clauses=(
            (
                "[{A} [bought|buys] {n} {item} [for|at|that cost] ${p.money} each|{A} "
                "[wants|buys] {n} {item}, and each [costs|is] ${p.money}]"
            ),
            "{A?} [paid|pays] with [a ${t.digits} bill|${t.digits}]",
        ),
        ask="how much [change|money] [does|did|will|should] {A?} [get back|receive|get in return]",
        program="u=n*p;t-u",
        whole=False,
    ),
    Family(
        path="price.discount",
        needs_all=False,
        roles={"x": span(10, 400, 5), "p": percent()},
        clauses=(
            (
                "[{item2.a}|a [coat|phone|bike|TV|tablet|game|bed]] [costs|is priced at"
                "|sells for|originally cost|has a price of] ${x.money}"
            ),
            (
                "[the store [gives|offers] a {p.digits}[%| percent] discount|it is [on "
                "sale|sold|reduced] [for|by|at] {p.digits}[%| percent] [off|off the "
                "price]|{A} has a coupon for {p.digits}[%| percent] off]"
            ),
        ),
        ask=(
            "[how much does it cost after the discount|what is the [sale|new"
            "|final] price[| in dollars]|how much [does|will|did] {A} pay[| for "
            "it]]"
        ),
        program="d=x*p/100;x-d",
        whole=False,
    ),
    Family(
        path="price.added",
        needs_all=False,
        roles={"x": span(10, 400, 5), "p": percent()},
        clauses=(
            (
                "[the [bill|meal|dinner|order] [was|cost|came to] ${x.money}|{A}'s "
                "[dinner|lunch|bill|order] [cost|was] ${x.money}]"
            ),
            (
                "[{A} [leaves|left|adds|added] a {p.digits}[%| percent] tip|there is a "
                "{p.digits}[%| percent] [tax|service charge|delivery fee]|a [tax|fee"
                "|tip] of {p.digits}[%| percent] is added]"
            ),
        ),
        ask=(
            "[how much [did|does|will] {A} pay [in total|in all|altogether]|what "
            "is the total [cost|price|bill]]"
        ),
        program="d=x*p/100;x+d",
        whole=False,
    ),
    Family(
        path="price.profit",
        roles={"n": span(3, 90), "c": price(1, 12), "p": above("c", 15)},
        clauses=(
            "{A} [buys|bought|makes|made] {n} {item} [for|at a cost of|at] ${c.money} each",
            (
                "{A?} [sells|sold] [them|each|all of them|each of them] for ${p.money}["
                "| each| apiece]"
            ),
        ),
        ask=(
            "[how much profit [does|did|will] {A?} make|what is {A.his} [total "
            "|]profit|how much money does {A?} [gain|make after costs]]"
        ),
        program="d=p-c;d*n",
        whole=False,
    ),
    Family(
        path="price.saving",
        roles={"p": price(3, 30), "q": below("p", 2), "n": span(2, 20)},
        clauses=(
            (
                "[{item2.a} costs ${p.money} at [the mall|one store|the first shop] and "
                "${q.money} at [the market|another store|the second shop]|one store [sells|has] "
                "{item2} for ${p.money} each, another for ${q.money}|at [the mall|one store], "
                "{item2} cost ${p.money} each, and at [the market|another] only ${q.money}|the "
                "price of {item2.a} is ${p.money} in one place and ${q.money} in another]"
            ),
            "{A} [buys|bought|needs|wants|orders] {n}[ {item2}|  of them]",
        ),
        ask=(
            "how much [money |][does|will|would|can] {A?} save by buying [them|all "
            "of them] at the cheaper [store|place]"
        ),
        program="d=p-q;d*n",
        whole=False,
    ),
    Family(
        path="price.reverse",
        roles={
            "n": span(2, 9),
            "p": span(2, 15),
            "m": span(2, 9),
            "q": span(2, 20),
            "t": computed(lambda k: k["n"] * k["p"] + k["m"] * k["q"]),
        },
        clauses=(
            (
                "[{A} [bought|buys|ordered] {n} {item} and {m} {item2}[| at the {place}] for [a "
                "total of |]${t.money}[| in all]|{n} {item} and {m} {item2} cost ${t.money} "
                "[together|in total|altogether]|for {n} {item} and {m} {item2}, {A} [paid|pays] "
                "${t.money}]"
            ),
            (
                "[each {item.one} [costs|cost|was|is]|one {item.one} [costs|cost]|the price of "
                "[each|one] {item.one} is] ${p.money}"
            ),
        ),
        ask=(
            "[how much [does|did] [each|one|a single] {item2.one} cost|what is the price of "
            "[one|each] {item2.one}|what did each {item2.one} cost]"
        ),
        program="u=n*p;w=t-u;w/m",
    ),
    Family(
        path="price.tickets",
        roles={"x": span(2, 60), "a": span(4, 25), "y": span(2, 90), "b": below("a", 2)},
        clauses=(
            (
                "[adult tickets [cost|are] ${a.money} and child tickets [cost |are "
                "|]${b.money}|tickets [for|to] the [show|game|concert|{place}] [are|cost] "
                "${a.money} for adults and ${b.money} for children|[each|an] adult pays "
                "${a.money} and [each|a] child ${b.money}]"
            ),
            (
                "[{x} adults and {y} children [came|went|bought tickets|visited]|there were {x} "
                "adults and {y} children|{y} children and {x} adults [came|went]]"
            ),
        ),
        ask=(
            "how much [money |][was collected|did they pay|was made|did the "
            "tickets cost][| in total| altogether]"
        ),
        program="u=x*a;w=y*b;u+w",
        shuffled=True,
    ),
    Family(
        path="price.rent",
        roles={"f": span(10, 80), "r": price(1, 5), "m": span(5, 120)},
        clauses=(
            (
                "[[renting a [car|bike|truck|boat]|a [taxi|phone plan|gym|plumber]] [costs|is] "
                "${f.money} plus ${r.money} [per|for each|for every] {use.one}|for a [rented "
                "|][car|truck|boat], one pays ${f.money} at first and ${r.money} [per|for "
                "each|for every] {use.one}]"
            ),
            "[{A} [used|uses|takes|needs] it for {m} {use}|it is {m} {use} for {A}]",
        ),
        ask=(
            "[how much [did|does|will] {A?} [pay|have to pay|owe|spend][| in total| in all]|what "
            "is {A}'s [bill|total cost]|what does {A?} have to pay]"
        ),
        program="u=r*m;f+u",
        whole=False,
    ),
    Family(
        path="price.installments",
        roles={"x": span(100, 2000, 50), "d": below("x", 20), "n": divisor("x", 2, 12)},
        clauses=(
            "{A} buys a [phone|laptop|sofa|car|TV|bed] [for|that costs] ${x.money}",
            (
                "{A?} pays ${d.money} [now|up front|at once] and [the rest|the "
                "remaining amount] in {n} equal [monthly |]payments"
            ),
        ),
        ask=(
            "[how much is each[| monthly] payment|how large is [one|each] payment|what does {A?} "
            "pay each time|how much does {A?} pay each time]"
        ),
        program="u=x-d;u/n",
        whole=False,
    ),
)
