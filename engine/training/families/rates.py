"""Problems about rates, time, distance, work and measures."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import (
    Family,
    above,
    below,
    computed,
    divisor,
    multiple,
    one_of,
    price,
    span,
)

_VEHICLE: Final = "[car|bus|train|truck|bike|boat|ship]"
_DRIVES: Final = "[drives|drove|travels|rides|traveled|walks|runs]"

RATES: Final = (
    Family(
        path="rate.distance",
        roles={"r": span(3, 90), "t": span(2, 14)},
        clauses=(
            (
                f"[{{A}} {_DRIVES} [at|at a speed of] {{r}} {{far}} [per|an] "
                f"hour for {{t}} hours|a {_VEHICLE} [goes|travels|moves] {{r}} "
                "{far} [per|every|in an] hour. it [runs|travels|goes] for {t} "
                "hours]"
            ),
        ),
        ask=(
            "[how [far does [{A}|it] go|many {far} [are|were] covered|far is the trip|many {far} "
            "is that|long is the way[| in {far}]]|what is the distance|what distance is covered]"
        ),
        program="r*t",
    ),
    Family(
        path="rate.two_legs",
        needs_all=False,
        roles={"r": span(3, 80), "t": span(2, 9), "q": span(3, 80), "u": span(2, 9)},
        clauses=(
            f"{{A}} {_DRIVES} [at|] {{r}} {{far}} per hour for {{t}} hours",
            (
                "[then|after that][,|] {A.he} [goes|continues|went on] [at|] {q} "
                "{far} per hour for [another |]{u} hours"
            ),
        ),
        ask=(
            "[how far did {A} go in total|what is the total distance|how long is "
            "the whole trip in {far}]"
        ),
        program="a=r*t;b=q*u;a+b",
    ),
    Family(
        path="rate.time",
        roles={"r": span(4, 80), "t": span(2, 12), "d": computed(lambda k: k["r"] * k["t"])},
        clauses=(
            ("[the {place} is {d} {far} away|{A} [has to|must|wants to] [travel|go] {d} {far}]"),
            "{A} [goes|travels|drives] [at|] {r} {far} [per|an] hour",
        ),
        ask="how [many hours|long] [does|will] [it|the trip] take[| {A}]",
        program="d/r",
        shuffled=True,
    ),
    Family(
        path="rate.work",
        roles={"r": span(2, 60), "k": span(2, 12), "t": span(2, 15)},
        clauses=(
            (
                "[{k} [machines|workers|people] [work|are at work] in the {place}|the "
                "{place} has {k} [machines|workers]]"
            ),
            "each [one|of them] [makes|packs|paints|produces] {r} {item} [an|per|every] hour",
        ),
        ask="how many {item} [do they make|are made|do they produce] in {t} hours",
        program="a=r*k;a*t",
    ),
    Family(
        path="rate.scaled",
        roles={
            "t": span(2, 9),
            "r": span(2, 40),
            "n": computed(lambda k: k["t"] * k["r"]),
            "u": span(2, 30),
        },
        clauses=(
            (
                "[{A} [makes|paints|packs|sorts|checks|made|packed|sorted] {n} {item2} in {t} "
                "{while}|a [machine|worker|team] [makes|packs|prints|checks] {n} {item2} in {t} "
                "{while}|in {t} {while}, {A} [makes|packs|sorts|paints] {n} {item2}|it takes {A} "
                "{t} {while} to [make|pack|sort|paint] {n} {item2}|{n} {item2} are "
                "[packed|made|sorted|checked] in {t} {while}]"
            ),
        ),
        ask=(
            "[how many [of them |{item2} ]can be [done|made|finished] in {u} {while}[| at "
            "[this|the same] rate]|how many {item2} is that in {u} {while}[| at [this|the same] "
            "rate]|in {u} {while}, how many {item2} can be done[| at this rate]]"
        ),
        program="a=n/t;a*u",
    ),
    Family(
        path="rate.fill",
        needs_all=False,
        roles={"r": span(3, 60), "s": below("r"), "t": span(2, 30)},
        clauses=(
            (
                "[[water|rain] [flows|runs] into a [tank|pool|barrel] at {r} {size} "
                "[per|a|every] minute|[each|every] minute, {r} {size} of water [flow|run] into a "
                "[tank|pool|barrel]]"
            ),
            (
                "[{s} {size} [per|a|every] minute [leak|run] out|it leaks {s} {size} "
                "[per|a|every] minute|at the same time {s} {size} a minute [leak|run] out]"
            ),
        ),
        ask=("how [much water is|many {size} are] in it after {t} minutes"),
        program="a=r-s;a*t",
    ),
    Family(
        path="rate.supply",
        roles={
            "k": span(2, 8),
            "p": span(2, 8),
            "t": span(2, 30),
            "n": computed(lambda k: k["k"] * k["p"] * k["t"]),
        },
        clauses=(
            "{A} [has|keeps|feeds|owns] {k} {animal}",
            (
                "[each of them [eats|needs|gets] {p} {scoop} of food [a|per|each|every] day|each "
                "{animal.one} [eats|needs|gets] {p} {scoop} of food [a|per|each|every] day|every "
                "day, each [of them |{animal.one} ][eats|needs] {p} {scoop} of food]"
            ),
            "[{A?} [has|bought|got] {n} {scoop} of food|there are {n} {scoop} of food[| left]]",
        ),
        ask=(
            "[how many days will the food last|for how many days is that enough|after how many "
            "days is the food gone|how long, in days, does the food last]"
        ),
        program="a=k*p;n/a",
    ),
    Family(
        path="rate.feed",
        roles={"k": span(2, 20), "p": span(2, 9), "t": span(2, 30)},
        clauses=(
            "{A} [has|keeps|feeds|owns] {k} {animal}[| on {A.his} farm| at home]",
            (
                "[each of them [eats|needs|gets] {p} {scoop} of food [a|per|each|every] day|each "
                "{animal.one} [eats|needs|gets] {p} {scoop} of food [a|per|each|every] day|every "
                "day, each [of them |{animal.one} ][eats|needs] {p} {scoop} of food]"
            ),
        ),
        ask=(
            "how [many {scoop} of|much] food [does {A} need|do they eat|do the {animal} eat|is "
            "needed|is eaten] in {t} days"
        ),
        program="a=k*p;a*t",
    ),
    Family(
        path="rate.week",
        roles={"x": span(2, 40), "y": span(2, 40)},
        clauses=(
            (
                "[{A} [sells|makes|reads|bakes|cleans|uses] {x} {item} [on each weekday"
                "|every day from Monday to Friday|a day on weekdays] and {y} {item} "
                "[on each day of the weekend|a day on weekends|on both Saturday and "
                "Sunday each]]"
            ),
        ),
        ask=(
            "[how many {item} [is that|does that make] in [a|one|a whole] week|in a week, how "
            "many {item} is that|what is the number of {item} in one week]"
        ),
        program="a=5*x;b=2*y;a+b",
    ),
    Family(
        path="rate.minutes",
        roles={"h": span(2, 12), "r": span(2, 30)},
        clauses=(
            (
                "[{A} [can [make|fold|type|pack|check|sort] |makes |packs |folds |sorts ]{r} "
                "{item} [per|a|every|in one|each] minute|[in one|in a|every|each] minute, {A} "
                "[makes|packs|folds|sorts] {r} {item}|a machine [makes|packs|prints] {r} {item} "
                "[per|a|every|each] minute]"
            ),
        ),
        ask=(
            "[how many {item} [is that|are done|does that make] in {h} hours|in {h} hours, how "
            "many {item} is that|how many {item} are [finished|ready] after {h} hours]"
        ),
        program="a=60*h;a*r",
    ),
    Family(
        path="rate.weekly",
        roles={"x": span(2, 60), "k": span(2, 12)},
        clauses=(
            (
                "[{A} [spends|saves|pays|earns|gets|puts aside|makes] ${x.money} "
                "[a|every|each|per] day[| on food| for lunch]|[each|every] day, {A} "
                "[spends|saves|pays|earns|makes] ${x.money}]"
            ),
        ),
        ask=(
            "[how much [money |]is that in {k} weeks|what does that come to in {k} weeks|how "
            "many dollars is that in {k} weeks|in {k} weeks, how much is that|how much does that "
            "make in {k} weeks]"
        ),
        program="a=x*7;a*k",
    ),
    Family(
        path="rate.monthly",
        roles={"x": span(5, 300), "k": span(2, 6)},
        clauses=(
            (
                "[{A} [spends|saves|pays|earns|gets|puts aside] ${x.money} [a|every|each|per] "
                "month[| on rent| on gas| for music lessons]|[each|every] month, {A} "
                "[spends|saves|pays|earns] ${x.money}]"
            ),
        ),
        ask=(
            "[how much [money |]is that in [{k} years|a period of {k} years]|what does that come "
            "to in {k} years|how many dollars is that in {k} years|in {k} years, how much is that]"
        ),
        program="a=x*12;a*k",
    ),
    Family(
        path="rate.dozen",
        needs_all=False,
        roles={"k": span(2, 15), "q": computed(lambda k: k["k"] * 12), "b": below("q")},
        clauses=(
            (
                "[{A} [buys|bought|has|baked|ordered] {k} dozen {item}|there [are|were] {k} "
                "dozen {item} [in the {box.one}|on the table]|{k} dozen {item} [belong|belonged] "
                "to {A}]"
            ),
            (
                "[{A?} [gives away|gave away|uses|used|sold|sells|loses] {b}[| of them]|{b} [of "
                "them |][are|were] [sold|used|given away|broken]]"
            ),
        ),
        ask="how many {item} [are left|does {A?} have left|remain]",
        program="a=k*12;a-b",
    ),
    Family(
        path="rate.pages",
        needs_all=False,
        roles={
            "d": span(2, 9),
            "x": span(5, 60),
            "s": computed(lambda k: k["d"] * k["x"]),
            "t": above("s", 200),
        },
        clauses=(
            "{A} is reading a [book|novel|story] [with|of|that has] {t} pages",
            (
                "[{A?} [reads|read] {x} pages [a|each|every|per] day for {d} days|for {d} days "
                "{A.he} [reads|read] {x} pages [a|each|every] day]"
            ),
        ),
        ask="how many pages [are left|does {A?} have left|remain|are left to read]",
        program="a=d*x;t-a",
    ),
    Family(
        path="rate.fuel",
        roles={
            "m": span(10, 50),
            "g": span(2, 20),
            "p": price(2, 6),
            "d": computed(lambda k: k["m"] * k["g"]),
        },
        clauses=(
            "{A}'s [car|truck|van] [goes|gets|drives] {m} miles [per|on a|on each] gallon",
            "[gas|a gallon of gas] costs ${p.money}[| per gallon| a gallon]",
        ),
        ask="how much does [it cost|the gas cost|{A} pay] to [drive|go] {d} miles",
        program="a=d/m;a*p",
        whole=False,
        shuffled=True,
    ),
    Family(
        path="rate.saving",
        needs_all=False,
        roles={
            "x": span(5, 60),
            "n": span(2, 20),
            "s": span(5, 100),
            "t": computed(lambda k: k["s"] + k["x"] * k["n"]),
        },
        clauses=(
            "{A} wants [to buy |]{item2.a} [for|that costs] ${t.money}",
            "{A?} [already has|has saved] ${s.money}",
            "{A?} [saves|can save|earns] ${x.money} [a|each|every|per] week",
        ),
        ask=(
            "[how many [more |]weeks [does|will] {A?} need[| to save]|in how many weeks can {A?} "
            "buy it|how many weeks will it take[| until {A?} has enough]|for how many [more "
            "|]weeks must {A?} save]"
        ),
        program="a=t-s;a/x",
    ),
    Family(
        path="rate.recipe",
        roles={
            "s": span(2, 8),
            "r": span(2, 9),
            "c": computed(lambda k: k["s"] * k["r"]),
            "t": multiple("s", 2, 6),
        },
        clauses=(
            (
                "[[a|the|{A}'s] recipe [for {s} people|that serves {s} people|for {s}] "
                "[needs|uses|calls for|takes] {c} {scoop} of [flour|sugar|rice|milk]|to "
                "[cook|bake] for {s} people, {A} [needs|uses] {c} {scoop} of "
                "[flour|sugar|rice|milk]|{c} {scoop} of [flour|sugar|rice|milk] are enough for "
                "{s} people]"
            ),
        ),
        ask="how many {scoop} [are needed|does {A} need|will {A} use] [for|to serve] {t} people",
        program="a=c/s;a*t",
    ),
    Family(
        path="rate.laps",
        roles={"n": span(2, 15), "m": one_of(100, 200, 400, 250, 50, 300), "d": span(2, 7)},
        clauses=(
            (
                "[{A} [runs|swims|walks|cycles] {n} laps [of|, each] {m.digits} meters[| "
                "long]|{A} [runs|swims|walks] {n} times around a track of {m.digits} meters|a "
                "lap is {m.digits} meters, and {A} [runs|walks|swims] {n}[| of them]]"
            ),
            (
                "[{A?} does [this|so] {d} [days|times] a week|this happens on {d} days [a|of "
                "the] week]"
            ),
        ),
        ask=(
            "[how many meters does {A?} [run|go|cover] [a|in a|each] week|how many meters is "
            "that [a|in a|each] week|what distance, in meters, is that per week]"
        ),
        program="a=n*m;a*d",
    ),
    Family(
        path="rate.share_time",
        roles={"t": span(2, 8), "q": computed(lambda k: k["t"] * 60), "k": divisor("q", 2, 30)},
        clauses=(
            "{A} [studies|works|practices|trains|has time] for {t} hours[| a day| on Monday]",
            (
                "[{A?} [needs|takes|spends] {k} minutes [for|on] [each|every|one] "
                "{task.one}|[each|every|one] {task.one} takes {A.him} {k} "
                "minutes|[each|every|one] {task.one} takes {k} minutes]"
            ),
        ),
        ask="how many {task} [can {A?} [do|finish|get done]|is that|can be done]",
        program="a=60*t;a/k",
    ),
)
