"""Problems about what runs in or out: tanks, candles, batteries, snow, queues, pills, buses."""

from __future__ import annotations

from typing import Final

from engine.training.blueprint import Family, below, computed, span

_LIQUID: Final = "{size} of [water|oil|milk|juice]"
_TANK: Final = "[tank|barrel|vat|drum]"
_POOL: Final = "[tank|pool|barrel|basin|trough]"
_BURNS: Final = "[candle|torch|stick of incense|wax candle]"
_POT: Final = "[pot|tank|kettle|bath]"
_NOW: Final = "[{n.digits}%|{n} percent]"
_THEN: Final = "[{m.digits}%|{m} percent]"
_DEVICE: Final = "[phone|laptop|tablet|camera|drone]"
_TEXT: Final = "[report|story|letter|novel|speech]"
_PILLS: Final = "[pills|tablets|capsules|vitamins]"
_PER_HOUR: Final = "[per|every|each] hour"
_PER_MINUTE: Final = "[per|every|each] minute"
_PER_WHILE: Final = "[per|every|each] {while.one}"

FLOWS: Final = (
    Family(
        path="flow.leak",
        roles={"n": span(30, 240), "r": span(2, 20), "t": span(2, 12)},
        clauses=(
            (
                f"[a {_TANK} [contains {{n}} {_LIQUID}|has {{n}} {_LIQUID} in it]|there are {{n}} "
                f"{_LIQUID} in a {_TANK}|{{n}} {_LIQUID} are [in|kept in|stored in] a {_TANK}|"
                f"{{A}} [has put|has poured] {{n}} {_LIQUID} into [a|an old] {_TANK}|{{A}} owns a "
                f"{_TANK} with {{n}} {_LIQUID} in it]"
            ),
            (
                f"[it [loses|leaks] {{r}} {{size}} {_PER_WHILE}|[every|each] {{while.one}}, {{r}} "
                "{size} [leak|run|drip] out[| of it]|{r} {size} [leak out|are lost|drip out] "
                f"{_PER_WHILE}|a [crack|hole] in it lets out {{r}} {{size}} {_PER_WHILE}|through "
                f"a [crack|hole], it loses {{r}} {{size}} {_PER_WHILE}]"
            ),
        ),
        ask=(
            "[how many {size} [are left|remain|will be left|will remain] after {t} {while}|after "
            "{t} {while}, how many {size} [are left|remain|will be left]|how much is left after "
            "{t} {while}, in {size}|when {t} {while} have passed, how many {size} are left]"
        ),
        program="a=r*t;n-a",
        meanings={"a": "how many {size} are lost in that time"},
    ),
    Family(
        path="flow.net",
        needs_all=False,
        roles={"r": span(4, 40), "s": below("r", 2), "t": span(2, 30), "c": span(40, 450)},
        clauses=(
            (
                f"[an empty {_POOL} [holds up to|has room for|can take] {{c}} {{size}}|a {_POOL} "
                f"[with room for|that can hold] {{c}} {{size}} is empty[| at first]|a {_POOL} has "
                "room for {c} {size} and is empty[| at first]|{A} wants to fill an empty "
                f"{_POOL} that holds {{c}} {{size}}|when full, [a|an old] {_POOL} holds {{c}} "
                "{size}. it is empty [now|at first]]"
            ),
            (
                f"[a [tap|pipe|hose] brings in {{r}} {{size}} {_PER_MINUTE}|[every|each] minute, "
                "[{r} {size} of water flow in|a [tap|pipe|hose] brings in {r} {size}]|{r} {size} "
                f"of water [flow|run|pour] in {_PER_MINUTE}|water [flows|runs] in at {{r}} "
                f"{{size}} {_PER_MINUTE}]"
            ),
            (
                f"[at the same time, {{s}} {{size}} [leak|run|flow] out {_PER_MINUTE}|{{s}} "
                f"{{size}} are also lost {_PER_MINUTE}|[every|each] minute, {{s}} {{size}} also "
                f"[leak|run] out|{{s}} {{size}} [leak|run] out {_PER_MINUTE} at the same time|a "
                f"[crack|hole] lets out {{s}} {{size}} {_PER_MINUTE}]"
            ),
        ),
        ask=(
            "[how many more {size} [would fit in|is there room for] after {t} minutes|after {t} "
            "minutes, [how many {size} are missing until it is full|how many more {size} would "
            "fit in|for how many more {size} is there room]|how many {size} are [still |]missing "
            "to make it full after {t} minutes|how many {size} of room are left after {t} minutes]"
        ),
        program="a=r-s;b=a*t;c-b",
        meanings={"a": "how many {size} stay a minute", "b": "how many {size} are in it then"},
    ),
    Family(
        path="flow.candle",
        roles={
            "l": span(2, 15),
            "r": span(2, 4),
            "t": span(2, 9),
            "n": computed(lambda k: k["l"] + k["r"] * k["t"]),
        },
        clauses=(
            (
                f"[a {_BURNS} is {{n}} centimeters long[| at first]|{{A}} lights a {_BURNS} [of "
                f"{{n}} centimeters|that is {{n}} centimeters long]|a new {_BURNS} [measures|has "
                f"a length of] {{n}} centimeters|the length of a new {_BURNS} is {{n}} "
                f"centimeters|at first, a {_BURNS} [is {{n}} centimeters long|measures {{n}} "
                "centimeters]]"
            ),
            (
                "[it [burns down|burns down by|gets shorter by|loses|shrinks by] {r} centimeters "
                f"{_PER_HOUR}|[every|each] hour, it [gets {{r}} centimeters shorter|burns down "
                f"{{r}} centimeters]|it gets {{r}} centimeters shorter {_PER_HOUR}|{{r}} "
                "centimeters of it burn away [every|each|per] hour|in an hour, the flame [uses up|"
                "burns up] {r} centimeters of it]"
            ),
        ),
        ask=(
            "[after how many hours [is it {l} centimeters long|are {l} centimeters left|does it "
            "measure {l} centimeters]|how many hours [does|will] it take until [it is [only |]{l} "
            "centimeters long|only {l} centimeters are left]|how many hours does it burn until "
            "{l} centimeters are left|for how many hours [does|must] it burn until it is {l} "
            "centimeters long]"
        ),
        program="a=n-l;a/r",
        meanings={"a": "how many centimeters burn away in that time"},
    ),
    Family(
        path="flow.battery",
        roles={
            "m": span(5, 28),
            "r": span(2, 9),
            "t": span(2, 8),
            "n": computed(lambda k: k["m"] + k["r"] * k["t"]),
        },
        clauses=(
            (
                f"[the battery of [a|{{A}}'s] {_DEVICE} [is|stands] at {_NOW}|the battery of "
                f"{{A}}'s {_DEVICE} shows {_NOW}|[a|{{A}}'s] {_DEVICE} is charged to {_NOW}|{{A}} "
                f"starts to use a {_DEVICE} whose battery is at {_NOW}]"
            ),
            (
                f"[the charge [falls|drops|goes down] by {{r}} percentage points {_PER_HOUR}|"
                "[every|each] hour[| of use], the charge [falls|drops|goes down] by {r} "
                "percentage points|[every|each] hour of use takes [{r.digits}%|{r} percent] of a "
                "full charge|it uses [up |][{r.digits}%|{r} percent] of a full charge "
                f"{_PER_HOUR}|the number on the display goes down by {{r}} {_PER_HOUR}]"
            ),
        ),
        ask=(
            "[after how many hours [is the battery at|does the battery show|will the battery be "
            f"at] {_THEN}|how many hours [does|will] it take until [the battery is at|the battery "
            f"shows] {_THEN}|how many hours pass until the battery [is at|shows] {_THEN}]"
        ),
        program="a=n-m;a/r",
        meanings={"a": "how many percentage points are used in that time"},
    ),
    Family(
        path="flow.temperature",
        needs_all=False,
        roles={"n": span(30, 120), "r": span(2, 9), "t": span(2, 9)},
        clauses=(
            (
                f"[the water in [a|{{A}}'s] {_POT} [is|is at] {{n}} degrees|the temperature of "
                f"the water in a {_POT} is {{n}} degrees|a thermometer in the water of a {_POT} "
                f"shows {{n}} degrees|{{A}} fills a {_POT} with water at {{n}} degrees|there is "
                f"water at {{n}} degrees in [a|{{A}}'s] {_POT}]"
            ),
            (
                "[the water [cools|cools down|cools off] by {r} degrees [[an|every|each] hour for "
                "{t} hours|[a|every|each] minute for {t} minutes]|the water gets {r} degrees "
                "[colder|cooler] [every|each] [hour for {t} hours|minute for {t} minutes]|for "
                "[{t} hours, the water cools by {r} degrees every hour|{t} minutes, the water "
                "cools by {r} degrees every minute]|over {t} [hours, the water loses "
                "{r} degrees each hour|minutes, the water loses {r} degrees each minute]]"
            ),
        ),
        ask=(
            "[what is the temperature of the water [then|after that|at the end|in the end]|how "
            "many degrees warm is the water [then|after that|in the end]|how warm is the water "
            "[then|after that|in the end], in degrees|what temperature does the water have [then|"
            "after that|at the end]]"
        ),
        program="a=r*t;n-a",
        meanings={"a": "by how many degrees does the water cool in all"},
    ),
    Family(
        path="flow.snow",
        needs_all=False,
        roles={"r": span(2, 6), "t": span(2, 10), "m": span(2, 20)},
        clauses=(
            (
                f"[{{r}} inches of snow fell on bare ground {_PER_HOUR} for {{t}} hours|for {{t}} "
                f"hours, {{r}} inches of snow fell on bare ground {_PER_HOUR}|it snowed on bare "
                f"ground for {{t}} hours, {{r}} inches {_PER_HOUR}|snow fell on [the|{{A}}'s] "
                "bare [yard|field|roof] at [a rate of |]{r} inches [an|per] hour for {t} hours|a "
                f"storm brought {{r}} inches of snow {_PER_HOUR} to bare ground and lasted {{t}} "
                f"hours|the ground was bare. then {{r}} inches of snow fell {_PER_HOUR} for {{t}} "
                "hours]"
            ),
            (
                "[{m} inches [of the snow |]melted [later|after that|the next day|in the sun the "
                "next day]|the sun [melted|took away] {m} inches of the snow [later|after that|"
                "the next day]|the snow melted by {m} inches [later|after that|the next day]]"
            ),
        ),
        ask=(
            "[how many inches of snow [are left|are on the ground now|were left|remain]|how many "
            "inches deep is the snow [now|in the end]|how deep is the snow [now|then], in inches|"
            "what is the depth of the snow [now|in the end], in inches]"
        ),
        program="a=r*t;a-m",
        meanings={"a": "how many inches of snow fell in all"},
    ),
    Family(
        path="flow.queue",
        roles={"n": span(20, 120), "r": span(3, 12), "s": below("r", 2), "t": span(2, 15)},
        clauses=(
            (
                "[{n} people [wait|are waiting|stand|are standing] in line [at|outside] the "
                "{place}|there are {n} people [in line|waiting in line] [at|outside] the {place}|"
                "a line of {n} people has formed [at|outside] the {place}|the line [at|outside] "
                "the {place} has {n} people in it|[outside|at] the {place}, {n} people [are "
                "waiting|wait|stand] in line]"
            ),
            (
                "[[every|each] minute, {r} people are served and leave, and {s} [more|new] people "
                "join|[every|each] minute, the line loses {r} people at the front and {s} [more|"
                "new] people join[| it]|each minute, {s} [more|new] people join the line and {r} "
                "[people |]are served and leave|{r} people leave the line and {s} new people join "
                f"it {_PER_MINUTE}|the line gets {{r}} people shorter at the front and {{s}} "
                "people longer at the back every minute]"
            ),
        ),
        ask=(
            "[how many people [are|will be] [in line|in the line|waiting] after {t} minutes|after "
            "{t} minutes, how many people [are|will be] [in line|waiting]|what is the number of "
            "people in line after {t} minutes|how many people are in line {t} minutes later]"
        ),
        program="a=r-s;b=a*t;n-b",
        meanings={"a": "how many fewer people wait each minute", "b": "how many fewer wait then"},
    ),
    Family(
        path="flow.typing",
        needs_all=False,
        roles={"n": span(50, 900, 10), "r": span(15, 80), "s": span(15, 80), "t": span(2, 30)},
        clauses=(
            (
                f"[a {_TEXT} already has {{n}} words|there are already {{n}} words in a {_TEXT}|"
                f"{{n}} words of a {_TEXT} are already [typed|written|done]|the first {{n}} words "
                f"of a {_TEXT} are [already |][typed|written]|so far, a {_TEXT} [is {{n}} words "
                "long|has {n} words]]"
            ),
            (
                f"[{{A}} types {{r}} words {_PER_MINUTE} and {{B}} types {{s}}|[every|each] "
                "minute, {A} types {r} words and {B} [types |]{s}|{A} can type {r} words "
                f"{_PER_MINUTE}, and {{B}} can type {{s}}|{{A}}'s typing speed is {{r}} words a "
                "minute, and {B}'s is {s}]"
            ),
            (
                "[the two [of them |]go on with the text for {t} minutes[| at the same time]|both "
                "of them [add to it|go on typing it] for {t} minutes|both {A} and {B} type new "
                "words for {t} minutes|for {t} minutes, they both [add to it|go on typing it]|"
                "each of them adds to the text for {t} minutes]"
            ),
        ),
        ask=(
            "[how many words does the [whole |]text have [then|after that|in the end]|how many "
            "words long is the [whole |]text [then|after that|in the end]|how long is the text "
            "[then|after that|in the end], in words|how many words [are|will be] in the text "
            "[then|after that|in the end]]"
        ),
        program="a=r+s;b=a*t;n+b",
        meanings={"a": "how many words is that a minute", "b": "how many words do they add"},
    ),
    Family(
        path="flow.doses",
        needs_all=False,
        roles={
            "k": span(2, 6),
            "d": span(3, 30),
            "u": span(2, 30),
            "n": computed(lambda k: k["u"] + k["k"] * k["d"]),
        },
        clauses=(
            (
                f"[a [full|new] bottle [holds|contains|has] {{n}} {_PILLS}|{{A}} [bought|got|was "
                f"given] a bottle [of|with] {{n}} {_PILLS}|there were {{n}} {_PILLS} in a bottle[|"
                f" at first]|a bottle had {{n}} {_PILLS} in it[| at first]]"
            ),
            (
                "[{u} of them [are already gone|have already been taken|are already used up|were "
                "taken last [week|month]]|{A.he} has already [taken|used] {u} of them|so far, {u} "
                "of them have been [taken|used]|{A.he} [took|used] {u} of them last [week|month]]"
            ),
            (
                "[from now on, [{A?} takes {k} of the rest|{k} of the rest are taken] [every|"
                "each] day|[every|each] day, {A?} takes {k} of the rest|{A?} [takes|uses] {k} of "
                "the rest [a|every|each] day|{k} of the rest [are|must be] taken [every|each] day]"
            ),
        ),
        ask=(
            "[[how|for how] many days will the rest last|how many more days [does|will] it "
            "take until the bottle is empty|for how many [more |]days is the rest enough|after "
            "how many more days is the bottle empty]"
        ),
        program="a=n-u;a/k",
        meanings={"a": "how many are still in the bottle"},
    ),
    Family(
        path="flow.bus",
        needs_all=False,
        roles={"n": span(8, 50), "p": below("n", 2), "q": span(2, 20), "r": span(2, 25)},
        clauses=(
            (
                "[a [bus|tram|train] [started|set off|began its trip] with {n} passengers[| on "
                "board]|{n} passengers were on a [bus|tram|train] [at first|when it set off]|"
                "there were {n} passengers on a [bus|tram|train] [at first|when it set off]|a "
                "[bus|tram|train] carried {n} passengers at first]"
            ),
            (
                "[at [the first|the next|one] stop, {p} [of them|passengers] got off and {q} "
                "[new passengers |new ones |]got on|{p} [of them|passengers] got off at [the "
                "first|the next|one] stop, [and|where] {q} [new passengers |new ones |]got on]"
            ),
            (
                "[at the [following stop|stop after that], {r} passengers got off[| and nobody "
                "got on]|{r} passengers got off [at the following stop|at the stop after that|one "
                "stop later]|one stop later, {r} passengers [left|got off][| and nobody got on]]"
            ),
        ),
        ask=(
            "[how many passengers [are|were] on board [then|after that|in the end]|how many "
            "passengers [are|were] left on board [then|after that|in the end]|what [is|was] the "
            "number of passengers on board [then|after that|in the end]]"
        ),
        program="a=n-p;b=a+q;b-r",
        meanings={"a": "how many passengers stayed", "b": "how many passengers rode on"},
    ),
)
