"""Problems about seats, shelves, steps and other stocks in equal rows, of which some are gone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from engine.training.blueprint import Draw, Family, below, computed, multiple, one_of, span

_IN_ALL: Final = "[in all|altogether|in total]"
_HALL: Final = "the [theater|cinema|auditorium|playhouse]"
_GUESTS: Final = "[people|guests|visitors|fans]"
_RIDERS: Final = "[passengers|people]"
_CARS: Final = "[cars|coaches]"
_FRUIT: Final = "[apples|oranges|pears|peaches|plums|lemons|mangoes|melons]"
_BAD: Final = "[rotten|bad|spoiled|moldy]"
_GOODS: Final = "[books|jars|bottles|folders|games|{item}]"
_TOWER: Final = "[a|the] [tower|lighthouse|castle|monument]"
_SEEDS: Final = "[bean |pumpkin |sunflower |carrot |]seeds"
_FAILED: Final = "[did not come up|never came up|failed to sprout|did not sprout]"
_PLAYERS: Final = "[children|students|players|kids]"
_BOXES: Final = "[boxes|cartons|crates|bags|baskets|trays]"
_FIRST: Final = "the [gym|big tent|church|cafeteria]"
_SECOND: Final = "the [barn|garden|library|small tent]"
_PLACES: Final = "[both|the two] places"


def _product(first: str, second: str) -> Draw:
    """The product of two numbers that were drawn before it."""
    return computed(lambda known: known[first] * known[second])


def _boxes(known: Mapping[str, Fraction]) -> Fraction:
    """So many boxes of k that boxes of m come out even; 0 rejects what is no exchange."""
    k, m = int(known["k"]), int(known["m"])
    part = math.gcd(k, m)
    old, new = m // part * int(known["u"]), k // part * int(known["u"])
    return Fraction(old if old != new and min(old, new) > 1 else 0)


STOCKS: Final = (
    Family(
        path="stock.seats",
        shuffled=True,
        roles={"r": span(5, 30), "s": span(6, 30), "q": _product("r", "s"), "t": below("q", 12)},
        clauses=(
            (
                f"[{_HALL} has {{r}} rows [of {{s}} seats[| each]|with {{s}} seats in "
                f"[each|every] row]|there are {{r}} rows in {_HALL}, and each [row|of them] has "
                f"{{s}} seats|the seats in {_HALL} stand in {{r}} rows of {{s}}[| each]|{_HALL} "
                f"was built with {{r}} rows, and every row has {{s}} seats|each row of {_HALL} "
                "has {s} seats. there are {r} [rows|such rows][| in all]]"
            ),
            (
                f"[{{t}} {_GUESTS} [came to|attended|watched] the show[|, and each of them took a "
                f"seat]|{{t}} {_GUESTS} came[ to the show|] and [sat down|took their seats]|the "
                f"show [was seen|was watched] by {{t}} {_GUESTS}|{{t}} [of the |]seats were "
                "[taken|filled] [at|for] the show]"
            ),
        ),
        ask=(
            "[how many [of the |]seats [stayed|remained|were left] empty|how many [empty|free] "
            "seats were there[| at the show]|how many seats were [not taken|left over]|how many "
            "seats did nobody [use|take]|what was the number of empty seats]"
        ),
        program="a=r*s;a-t",
        meanings={"a": "how many seats are there [in all|altogether]"},
    ),
    Family(
        path="stock.train",
        needs_all=False,
        roles={"c": span(2, 14), "s": span(16, 90), "q": _product("c", "s"), "p": below("q", 10)},
        clauses=(
            (
                f"[a [train|night train|fast train] has {{c}} {_CARS} with {{s}} seats [each|in "
                f"each]|a train is made up of {{c}} {_CARS}, and each of them has {{s}} seats|[an "
                f"engine|a locomotive] pulls a train of {{c}} {_CARS} with seats for {{s}} "
                f"{_RIDERS} in each|{{c}} {_CARS} with {{s}} seats each make up a train|each car "
                "of a train has {s} seats. the train has {c} cars[| in all]|a train is {c} cars "
                "long. [every|each] car has {s} seats]"
            ),
            (
                "[{p} [passengers|people|travelers] [are sitting|have sat down|have found a "
                f"seat|have taken a seat] on the train|{{p}} {_RIDERS} have [taken a seat|sat "
                "down] [on the train |]so far|{p} [of the |]seats on the train are [already "
                "|][taken|occupied]]"
            ),
        ),
        ask=(
            f"[how many more {_RIDERS} can [sit down|take a seat|find a seat|get a seat][| on the "
            f"train]|for how many more {_RIDERS} are there seats on the train|how many seats on "
            f"the train are [still free|still empty|not taken]|how many more {_RIDERS} does the "
            "train have seats for]"
        ),
        program="a=c*s;a-p",
        meanings={"a": "how many seats does the train have [in all|altogether]"},
    ),
    Family(
        path="stock.album",
        needs_all=False,
        roles={"p": span(8, 60), "k": span(2, 9), "l": span(2, 40)},
        clauses=(
            (
                "[{A}'s album has {p} pages with {k} pictures [each|on each|on every page]|{A} "
                "has an album of {p} pages, and there are {k} pictures on each [page|of them]|{A} "
                "[filled|has filled] {p} pages of an album with {k} pictures each|there are {p} "
                "pages in {A}'s album, each [with|showing] {k} pictures|each page of {A}'s album "
                "has {k} pictures on it. there are {p} pages|{p} pages with {k} pictures each "
                "make up {A}'s album|{A} glued {k} pictures on each page of an album with {p} "
                "pages]"
            ),
            (
                "[[another |]{l} loose pictures are [kept |]in the back of the album|there are "
                "[also |]{l} loose [pictures|ones] in the back of the album|{A?} also keeps {l} "
                "loose [pictures|ones] in the album|{l} [more|other] pictures [lie|are] loose "
                "between the last pages of the album|{l} more pictures are not glued in but lie "
                "loose in the album|the back of the album holds {l} more pictures, all of them "
                "loose]"
            ),
        ),
        ask=(
            f"[how many pictures are there in {{A}}'s album {_IN_ALL}|how many pictures are in "
            f"the album {_IN_ALL}|how many pictures [are in the album|does the album hold] with "
            "the loose ones|how many pictures does {A} have in the album, the loose ones "
            "included|what is the total number of pictures in the album]"
        ),
        program="a=p*k;a+l",
        meanings={"a": "how many pictures are [fixed|glued] on the pages"},
    ),
    Family(
        path="stock.crates_bad",
        needs_all=False,
        roles={"c": span(3, 40), "k": span(12, 80), "b": span(2, 9)},
        clauses=(
            (
                f"[{{A}} [bought|got|unpacked|ordered] {{c}} crates with {{k}} {_FRUIT} [each|in "
                f"each]|there are {{c}} crates of {_FRUIT}, and each [crate|of them] holds "
                f"{{k}}|{{c}} crates with {{k}} {_FRUIT} each were [delivered|brought] to the "
                f"{{place}}|a truck [brought|delivered] {{c}} crates of {{k}} {_FRUIT} each|a "
                f"[farmer|grocer] has {{c}} crates of {_FRUIT}, {{k}} in each|each crate holds "
                f"{{k}} {_FRUIT}, and there are {{c}} crates|there are {{c}} crates. each of them "
                f"holds {{k}} {_FRUIT}]"
            ),
            (
                f"[in [each|every] crate {{b}} of the fruits are {_BAD}|{{b}} [of the |]fruits in "
                f"[each|every] crate [are {_BAD}|have gone bad]|[each|every] crate has {{b}} "
                f"{_BAD} fruits in it|there are {{b}} {_BAD} fruits in [each|every one] of the "
                f"crates|of the fruits in [each|every] crate, {{b}} are {_BAD}]"
            ),
        ),
        ask=(
            f"[how many good fruits are there in the crates {_IN_ALL}|how many good fruits do the "
            f"crates hold {_IN_ALL}|how many of the fruits in the crates are [still |]good "
            f"{_IN_ALL}|what is the total number of good fruits in the crates|how many good "
            "fruits are [left |]in all the crates together]"
        ),
        program="a=k-b;a*c",
        meanings={"a": "how many good fruits are there in each crate"},
    ),
    Family(
        path="stock.shelves",
        needs_all=False,
        roles={"k": span(4, 40), "q": span(2, 15), "n": _product("k", "q"), "s": span(2, 20)},
        clauses=(
            (
                f"[{{n}} [new |]{_GOODS} [have to|must|are to] be put on [empty |]shelves that "
                "[hold|take] {k} each|[{A}|a shop|a school|a club] gets {n} [new "
                f"|]{_GOODS} and puts them on empty shelves, {{k}} on each|{{n}} {_GOODS} are "
                "[set|arranged] on empty shelves, {k} on each|{A} fills empty shelves with {n} "
                f"{_GOODS}, {{k}} to a shelf|there are {{n}} {_GOODS} to put away, and every "
                "empty shelf holds {k} of them]"
            ),
            (
                "[{s} other shelves [are|were] already [full|filled]|{s} other shelves had been "
                "filled [before that|earlier]|there are [also |]{s} other shelves that are "
                "[already |]full|{s} other shelves are full of [other|old|older] things|older "
                "things already fill {s} other shelves]"
            ),
        ),
        ask=(
            f"[how many full shelves [will there be|are there] then[| {_IN_ALL}]|how many shelves "
            f"[are|will be] [full|filled] {_IN_ALL} [after that|when everything is put away]|how "
            f"many shelves are then full {_IN_ALL}|what is the total number of full shelves "
            "[then|in the end]]"
        ),
        program="a=n/k;a+s",
        meanings={"a": "how many empty shelves are filled"},
    ),
    Family(
        path="stock.stairs",
        needs_all=False,
        roles={"f": span(3, 30), "s": span(8, 24), "q": _product("f", "s"), "c": below("q", 5)},
        clauses=(
            (
                f"[{_TOWER} has {{f}} floors with {{s}} steps [each|to each floor]|the stairs to "
                f"the top of {_TOWER} have {{f}} flights of {{s}} steps[| each]|to get to the top "
                f"of {_TOWER}, {{A}} has to climb {{f}} floors of {{s}} steps each|there are "
                f"{{s}} steps to each floor of {_TOWER}. it has {{f}} floors|{{f}} flights of "
                f"stairs, each with {{s}} steps, lead to the top of {_TOWER}|{_TOWER} has {{f}} "
                "floors, and the stairs of each floor have {s} steps|{A} [climbs|is climbing] to "
                f"the top of {_TOWER} with {{f}} floors of {{s}} steps each]"
            ),
            (
                "[[so far|by now|up to now] {A?} has [climbed|gone up] {c} [steps|of the "
                "steps]|after {c} steps {A?} [is resting|takes a break|stops to rest]|{c} steps "
                "[are|are already|lie|already lie] behind {A}]"
            ),
        ),
        ask=(
            "[how many [more |]steps [are left|remain] to the top|how many [more |]steps must {A} "
            "[still climb|still go up] to [reach|get to] the top|how many steps from the top is "
            "{A}|how many steps does {A?} still have to climb to [reach|get to] the top|how many "
            "steps are there still between {A} and the top]"
        ),
        program="a=f*s;a-c",
        meanings={"a": "how many steps are there [from the bottom |]to the top"},
    ),
    Family(
        path="stock.germinated",
        needs_all=False,
        roles={"m": one_of(2, 3, 4, 5, 6, 8, 10), "r": span(3, 24), "k": multiple("m", 2, 8)},
        clauses=(
            (
                f"[{{A}} [planted|sowed] {{r}} rows of {{k}} {_SEEDS}[| each]|in [the|a] garden, "
                f"{{r}} rows of {{k}} {_SEEDS} were [sown|planted]|{{A}} put {{k}} {_SEEDS} into "
                "each of {r} rows|there were {r} rows in [a|the] [garden|field], and {k} "
                f"{_SEEDS} were planted in each|{{r}} rows were [sown|planted] with {{k}} "
                f"{_SEEDS} each|a gardener sowed {{r}} rows of {_SEEDS}, {{k}} [to a row|in "
                f"each]|{{k}} {_SEEDS} went into each row, and {{A}} made {{r}} rows|in each of "
                f"{{r}} rows, {{A}} [planted|sowed] {{k}} {_SEEDS}]"
            ),
            (
                f"[[one seed in|one out of every|one in every] {{m}} {_FAILED}|{{m.part}} of [all "
                f"|]the seeds {_FAILED}|for every {{m}} planted seeds, one did not [come "
                "up|sprout]|birds ate {m.part} of the seeds, and [the others|the rest] came up]"
            ),
        ),
        ask=(
            "[how many plants [came up|grew]|how many seeds [came up|sprouted|grew into "
            "plants]|how many of the seeds [came up|did come up|became plants]|how many plants "
            "grew from the seeds|what was the number of plants that [came up|grew]]"
        ),
        program="a=r*k;b=a/m;a-b",
        meanings={"a": "how many seeds were planted", "b": "how many seeds did not grow"},
    ),
    Family(
        path="stock.teams",
        needs_all=False,
        roles={"k": span(3, 12), "q": span(4, 20), "n": _product("k", "q"), "t": below("q", 2)},
        clauses=(
            (
                f"[{{n}} {_PLAYERS} [formed|made] teams of {{k}}|{{n}} {_PLAYERS} were "
                f"[split|divided|put] into teams of {{k}}[| each]|{{n}} {_PLAYERS} came to a "
                "contest and formed teams of {k}|at a [tournament|sports day|contest], {n} "
                f"{_PLAYERS} [formed|made] teams with {{k}} in each|each team at a "
                f"[tournament|contest] had {{k}} members. there were {{n}} {_PLAYERS} in these "
                f"teams|[a|the] [coach|teacher] [put|divided] {{n}} {_PLAYERS} into teams of "
                f"{{k}}|teams of {{k}} were made out of {{n}} {_PLAYERS}]"
            ),
            (
                "[{t} [of the |]teams [lost and went home|went home [at noon|later|after the "
                "first round]]|{t} teams left after a [while|game|round]|{t} teams dropped out in "
                "the first round|the first round sent {t} teams home|{t} of the teams were sent "
                "home]"
            ),
        ),
        ask=(
            "[how many teams [are left|remain|were left|remained][| after that]|how many teams "
            "[stayed|stayed until the end]|how many of the teams [are left|remained|stayed]|what "
            "is the number of teams that [remain|are left]]"
        ),
        program="a=n/k;a-t",
        meanings={"a": "how many teams were there at first"},
    ),
    Family(
        path="stock.exchange_boxes",
        roles={"k": span(3, 24), "m": span(3, 20), "u": span(1, 5), "b": computed(_boxes)},
        clauses=(
            (
                f"[{{A}} [has|had|bought|got] {{b}} {_BOXES} of {{k}} {{item}} each|there are "
                f"{{b}} {_BOXES} with {{k}} {{item}} in each|{{b}} {_BOXES} hold {{k}} {{item}} "
                f"each|a [shop|store|school] has {{b}} {_BOXES} of {{item}}, {{k}} in each|each "
                f"of {{b}} {_BOXES} holds {{k}} {{item}}|{{A}}'s {{item}} are in {{b}} {_BOXES}, "
                f"{{k}} in each|{{b}} {_BOXES} of {{k}} {{item}} each arrive at the {{place}}]"
            ),
            (
                "[all the {item} [are|must be|have to be|are to be] [repacked|packed again|moved] "
                "into new boxes [of {m}|that hold {m} each|with {m} in each]|somebody "
                "[puts|packs|moves] all the {item} into new boxes of {m}[| each]|all the {item} "
                "are taken out and packed again, {m} to a new box]"
            ),
        ),
        ask=(
            "[how many new boxes are needed[| for all the {item}]|how many new boxes [does that "
            "take|are filled|will be full|are there in the end]|what is the number of new boxes]"
        ),
        program="a=b*k;a/m",
        meanings={"a": "how many {item} are there [in all|altogether]"},
    ),
    Family(
        path="stock.two_rooms",
        needs_all=False,
        roles={"r": span(6, 20), "s": span(5, 20), "n": span(28, 120), "x": span(2, 25)},
        clauses=(
            (
                f"[in {_FIRST}, there are {{r}} rows of {{s}} chairs, and in {_SECOND}, there are "
                f"{{n}}[ more|] chairs|{_FIRST} [has|holds] {{r}} rows of {{s}} chairs[| each]. "
                f"in {_SECOND}, there are {{n}} chairs|{{A}} [set up|put|put up] {{r}} rows of "
                f"{{s}} chairs in {_FIRST} and {{n}} chairs in {_SECOND}|{{r}} rows with {{s}} "
                f"chairs each stand in {_FIRST}, and {{n}} other chairs stand in {_SECOND}|there "
                f"are {{n}} chairs in {_SECOND} and {{r}} rows of {{s}} chairs in {_FIRST}]"
            ),
            (
                "[{x} of [the|these] chairs are broken|{x} of the chairs [have a broken "
                "leg|cannot be used]|{x} of these chairs turn out to be broken|{A?} finds {x} "
                "broken chairs among them|there are {x} broken chairs among [them|these]]"
            ),
        ),
        ask=(
            f"[how many usable chairs are there in {_PLACES} {_IN_ALL}|how many chairs in "
            f"{_PLACES} can be used {_IN_ALL}|what is the total number of usable chairs in "
            f"{_PLACES}|how many chairs in the two places together are [usable|fit to use|not "
            f"broken]|how many usable chairs do the two places have {_IN_ALL}]"
        ),
        program="a=r*s;b=a+n;b-x",
        meanings={"a": "how many chairs stand in the rows", "b": "how many chairs are there"},
    ),
)
