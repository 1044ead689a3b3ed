"""Problems about mixtures, money in other units, ratios, percentages and growth."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import (
    Family,
    below,
    computed,
    one_of,
    span,
)

_NUTS: Final = "[nuts|coffee|tea|rice|candy|flour|seed|sugar]"
_POUND: Final = "[pound|kilogram]"

MIXTURES: Final = (
    Family(
        path="mix.price",
        roles={"x": span(2, 20), "p": span(2, 20), "y": span(2, 20), "q": span(2, 20)},
        clauses=(
            (
                f"[{{A}} [mixes|mixed|blends] {{x}} pounds of {_NUTS} at ${{p.money}} [a|per] "
                f"pound "
                f"with {{y}} pounds [of another kind |]at ${{q.money}} [a|per] pound|a "
                f"[shop|store] "
                f"[mixes|blends] {{x}} pounds of {_NUTS} that [costs|sells for] ${{p.money}} a "
                f"pound "
                "and {y} pounds that [costs|sells for] ${q.money} a pound]"
            ),
        ),
        ask=(
            "[what is the whole mixture worth|how much is the mix worth in all|what does the "
            "blend cost in total]"
        ),
        program="a=x*p;b=y*q;a+b",
        meanings={"a": "what is the first part worth", "b": "what is the second part worth"},
    ),
    Family(
        path="mix.average_price",
        roles={
            "x": span(1, 9),
            "y": span(1, 9),
            "m": span(3, 20),
            "p": span(2, 25),
            "q": computed(lambda k: (k["m"] * (k["x"] + k["y"]) - k["x"] * k["p"]) / k["y"]),
        },
        clauses=(
            (
                f"{{A}} [mixes|mixed|blends|blended] {{x}} [kilograms|kilos] of {_NUTS} "
                f"[at|for|that "
                "cost] ${p.money} a [kilogram|kilo] with {y} [kilograms|kilos] [at|for|that cost] "
                "${q.money} a [kilogram|kilo]"
            ),
        ),
        ask=(
            "[how much does one kilogram of the mixture cost|what is the price of the mix per "
            "kilogram]"
        ),
        program="a=x*p;b=y*q;c=a+b;d=x+y;c/d",
    ),
    Family(
        path="mix.solution",
        roles={"w": span(10, 400, 10), "r": one_of(5, 10, 20, 25, 30, 40, 50, 60)},
        clauses=(
            (
                "[a bottle holds {w} [milliliters|ml|liters] of a solution [that is|with] "
                "{r.digits}"
                "[%| percent] [salt|acid|alcohol|sugar]|{A} has {w} [milliliters|ml|liters] of a "
                "[drink|mixture|solution], {r.digits}[%| percent] of which is [juice|salt|syrup]|"
                "{w} [grams|pounds|kilograms] of [an alloy|a mixture|a feed] [contain|are] "
                "{r.digits}[%| percent] [copper|corn|sand]]"
            ),
        ),
        ask="how much of it is something else",
        program="a=w*r/100;w-a",
    ),
    Family(
        path="mix.diluted",
        needs_all=False,
        roles={
            "u": span(2, 30),
            "k": one_of(2, 3, 4, 5, 10),
            "t": computed(lambda k: k["u"] * k["k"]),
        },
        clauses=(
            (
                "[a [drink|paint|cleaner] is mixed from one part [syrup|color|soap] and {k} parts "
                "water|for every cup of [syrup|juice|soap], {A} adds {k} cups of water]"
            ),
            (
                "[{A} [uses|used|takes|has] {u} cups of [it|the first]|there are {u} cups of the "
                "first]"
            ),
        ),
        ask="how many cups [of the drink |]are there [in all|in total|altogether][| in the end]",
        program="a=u*k;u+a",
        meanings={"a": "how many cups of water are needed"},
    ),
    Family(
        path="money.exchange",
        roles={"r": span(2, 30), "x": span(5, 400, 5)},
        clauses=(
            (
                "[one dollar is worth {r} [pesos|crowns|rupees|francs]|a dollar buys {r} [pesos"
                "|crowns|rupees]|the bank gives {r} [pesos|crowns|rupees] for [a|each|every] "
                "dollar]"
            ),
            "{A} [changes|changed|exchanges|wants to change|brings] ${x.money}",
        ),
        ask="how [much|much money] [in the other currency |]does {A?} get",
        program="x*r",
        shuffled=True,
    ),
    Family(
        path="money.exchange_back",
        roles={
            "r": span(2, 30),
            "d": span(3, 90),
            "b": span(2, 60),
            "x": computed(lambda k: k["r"] * (k["d"] + k["b"])),
        },
        clauses=(
            (
                "[a dollar is worth {r} [pesos|crowns|rupees]|{r} [pesos|crowns|rupees] make one "
                "dollar|{A} gets a dollar for every {r} [pesos|crowns|rupees]]"
            ),
            "{A} [has|brings home|came back with] {x} of them and [changes|exchanges] them all",
            "{A?} [spends|pays|gives {C}] ${b.money}[| of it| right away]",
        ),
        ask="how many dollars [does {A?} have left|are left|remain]",
        program="a=x/r;a-b",
        needs_all=False,
        meanings={"a": "how many dollars does {A} get"},
    ),
    Family(
        path="money.coins",
        roles={"q": span(2, 40), "d": span(2, 40), "n": span(2, 40)},
        clauses=(
            (
                "[{A} [has|had|found|saved|counted|brought] {q} quarters[,| and] {d} dimes and "
                "{n} nickels|in {A}'s [jar|pocket|piggy bank|purse] there [are|were] {q} "
                "quarters, {d} dimes and {n} nickels|{A.his} [mother|uncle|aunt|teacher] "
                "[gave|sent] {A} {q} quarters, {d} dimes, and {n} nickels|{A}'s [jar|purse] "
                "[holds|held] {q} quarters, {d} dimes and {n} nickels]"
            ),
        ),
        ask=(
            "how many cents [is that|does {A} have|are the coins worth][| in total| in all| "
            "altogether]"
        ),
        program="a=25*q;b=10*d;c=5*n;e=a+b;e+c",
        meanings={
            "a": "how many cents are the quarters worth",
            "b": "how many cents are the dimes worth",
            "c": "how many cents are the nickels worth",
        },
    ),
    Family(
        path="money.pairs",
        roles={"k": span(2, 30), "q": computed(lambda k: 2 * k["k"]), "b": below("q", 1)},
        clauses=(
            (
                "{A} [has|owns|bought|packed|washed|got] {k} pairs of [socks|gloves|shoes|mittens"
                "|boots|slippers]"
            ),
            "{A?} [lost|gave away|threw away|cannot find] {b} [single ones|of the single pieces]",
        ),
        ask="how many single [ones|pieces] [are left|does {A?} still have]",
        program="a=2*k;a-b",
        needs_all=False,
        meanings={"a": "how many single pieces were there at first"},
    ),
    Family(
        path="money.bills",
        roles={"x": span(2, 30), "y": span(2, 30), "k": one_of(5, 10, 20, 50)},
        clauses=(
            (
                "[{A} [has|had|got|counts|saved|found] {x} ${k.digits} bills and {y} "
                "[one-dollar|single-dollar|$1] bills|in {A}'s [wallet|purse|drawer] there "
                "[are|were] {x} ${k.digits} bills and {y} [$1|one-dollar] bills|{A} [paid|pays] "
                "with {x} ${k.digits} bills and {y} [single dollars|one-dollar bills]]"
            ),
        ),
        ask=(
            "[how much money is that[| in total| altogether| in all]|how many dollars is that[| "
            "in all]|what is the total amount|what do they add up to]"
        ),
        program="a=x*k;a+y",
    ),
)
