"""The words that generated problems are about: people, things, containers and places."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from engine.domain.number_word import ONES, TENS

# A tenth of the names and things are invented, so that a model learns to copy words that it has
# never seen instead of keying on them.
INVENTED_RATIO: Final = 0.1
# The slots of persons in a sentence form.
PEOPLE: Final = "ABCDE"

_WOMEN_RATIO: Final = 0.5


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_WOMEN: Final = _listed(
    "Natalia Betty Julie Maria Anna Lisa Emma Olivia Sophia Mia Grace Ruth Carla Diana Ella Fatima"
    " Hana Ines Jane Karen Lucy Megan Nora Priya Rosa Sara Tina Wendy Yuki Zoe Alice Bella Clara"
    " Dora Elsa Freya Gina Helen Iris Joy Kate Lena Mary Nina Paula Rachel Sandra Tara Amy Jenny"
    " Susan Melissa Cindy Martha"
)
_MEN: Final = _listed(
    "James Tom Kevin Ryan Mark John Peter Paul Adam Ben Carl David Eric Frank George Henry Ivan"
    " Jack Ken Leo Mike Nick Oscar Pedro Raj Sam Tony Victor Will Yusuf Alex Bob Chris Dan Ed Fred"
    " Greg Hugo Ian Josh Luis Max Noah Omar Robert Steve Tim Andrew Jerry Bill Joe Randy Jared"
    " Toby"
)
_THINGS: Final = _listed(
    "apples oranges pears peaches bananas lemons mangoes plums tomatoes potatoes carrots onions"
    " eggs cookies cupcakes muffins donuts pies cakes candies lollipops chocolates sandwiches"
    " pizzas burgers marbles stickers stamps coins cards books comics magazines notebooks pencils"
    " pens crayons markers erasers rulers folders envelopes letters postcards photos paintings"
    " balloons balls toys dolls puzzles blocks kites beads buttons ribbons necklaces bracelets"
    " rings shells rocks flowers roses tulips daisies trees seeds plants chairs tables lamps"
    " pillows blankets towels shirts socks hats scarves gloves jackets bottles cups plates bowls"
    " spoons candles bricks nails screws tickets tokens badges shirts bags clips keys DVDs videos"
)
_CONTAINERS: Final = _listed(
    "boxes bags baskets packs crates jars cartons trays bins sacks cases packets shelves drawers"
    " bundles buckets"
)
_PLACES: Final = _listed(
    "store market school library park farm bakery shop museum zoo fair bookstore supermarket mall"
    " office garden factory warehouse camp theater"
)
_GROUPS: Final = _listed(
    "friends classmates cousins neighbors students children sisters brothers kids"
)
_ANIMALS: Final = _listed(
    "cats dogs goats horses chickens ducks rabbits cows pigs sheep turtles fish"
)
_MEASURES: Final = _listed(
    "hours minutes days weeks months years miles kilometers meters feet yards inches gallons"
    " liters pounds ounces grams kilograms cups spoons cans scoops points pages people dollars"
    " floors rows degrees machines workers visitors passengers teams classes rooms"
    " games tests kilos"
)
_KEPT: Final = {
    "far": ("miles", "kilometers"),
    "long": ("feet", "meters", "yards"),
    "size": ("liters", "gallons"),
    "period": ("days", "weeks", "months"),
    "while": ("hours", "minutes", "days"),
    "use": ("miles", "hours", "minutes", "days"),
    "task": ("exercises", "songs", "pages", "letters", "problems", "pictures"),
    "scoop": ("cups", "pounds", "cans", "scoops", "ounces", "spoons"),
    "kind": ("red", "old", "large", "broken", "new", "green"),
    "gone": ("sold", "given away", "removed", "thrown away"),
}
_SYLLABLES: Final = _listed(
    "ba be bo da de do fa fi ga go ha jo ka ki ko la le lo ma mi mo na ne no pa po ra re ri ro sa"
    " se so ta ti to va ve vi wa yo za zo"
)
_ENDINGS: Final = _listed("n l r s x k m t")
# A plural is made by `s` alone, so no invented thing ends in a sibilant.
_THING_ENDINGS: Final = _listed("n l r k m t p")
_IRREGULAR: Final = {
    "children": "child",
    "people": "person",
    "feet": "foot",
    "inches": "inch",
    "classes": "class",
    "houses": "house",
    "sheep": "sheep",
    "fish": "fish",
    "scarves": "scarf",
    "shelves": "shelf",
    "knives": "knife",
    "tomatoes": "tomato",
    "potatoes": "potato",
    "mangoes": "mango",
    "cookies": "cookie",
    "pies": "pie",
    "movies": "movie",
    "boxes": "box",
    "glasses": "glass",
    "brushes": "brush",
}
_PLURALS: Final = frozenset((*_THINGS, *_CONTAINERS, *_GROUPS, *_ANIMALS, *_MEASURES))
_SPELT: Final = {value: word for word, value in (*ONES.items(), *TENS.items())} | {
    100: "one hundred"
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody a problem speaks of, with the pronouns that fit."""

    name: str
    subject: str
    owner: str
    object_: str


def draw_person(rng: Random) -> Person:
    """Draw a name, one in ten of them invented."""
    woman = rng.random() < _WOMEN_RATIO
    if rng.random() < INVENTED_RATIO:
        name = _invented(rng).capitalize()
    else:
        name = rng.choice(_WOMEN if woman else _MEN)
    if woman:
        return Person(name=name, subject="she", owner="her", object_="her")
    return Person(name=name, subject="he", owner="his", object_="him")


def draw_people(rng: Random) -> dict[str, Person]:
    """Draw somebody for each slot of a person, no two of one name."""
    people: dict[str, Person] = {}
    taken: set[str] = set()
    for slot in PEOPLE:
        person = draw_person(rng)
        while person.name in taken:
            person = draw_person(rng)
        taken.add(person.name)
        people[slot] = person
    return people


def draw_thing(rng: Random) -> str:
    """Draw a countable thing in the plural, one in ten of them invented."""
    if rng.random() < INVENTED_RATIO:
        return _invented(rng, endings=_THING_ENDINGS, shortest=2) + "s"
    return rng.choice(_THINGS)


def draw_container(rng: Random) -> str:
    """Draw something that holds things, in the plural."""
    return rng.choice(_CONTAINERS)


def draw_place(rng: Random) -> str:
    """Draw a place where things are sold, kept or done."""
    return rng.choice(_PLACES)


def draw_group(rng: Random) -> str:
    """Draw a group of people, in the plural."""
    return rng.choice(_GROUPS)


def draw_animal(rng: Random) -> str:
    """Draw a kind of animal, in the plural."""
    return rng.choice(_ANIMALS)


def draw_kept_words(rng: Random) -> dict[str, str]:
    """Draw the units and the like that one problem keeps to from its facts to its question."""
    return {slot: rng.choice(units) for slot, units in _KEPT.items()}


def singular(plural: str) -> str:
    """The singular of a word of this module."""
    if plural in _IRREGULAR:
        return _IRREGULAR[plural]
    if plural.endswith("ies"):
        return plural[:-3] + "y"
    if plural.endswith(("ches", "shes", "xes", "sses")):
        return plural[:-2]
    return plural.removesuffix("s")


def is_plural(word: str) -> bool:
    """Whether a word is the plural of something that problems count; invented ones are not."""
    return word in _PLURALS


def with_article(word: str) -> str:
    """The word after `a` or `an`."""
    return f"an {word}" if word[0].lower() in "aeiou" else f"a {word}"


def spell(number: int) -> str | None:
    """A number in words where people write it so: up to twenty, and tens up to a hundred."""
    return _SPELT.get(number)


def _invented(rng: Random, *, endings: tuple[str, ...] = _ENDINGS, shortest: int = 1) -> str:
    n_syllables = max(shortest, rng.choice((1, 2, 2, 3)))
    stem = "".join(rng.choice(_SYLLABLES) for _ in range(n_syllables))
    return stem + rng.choice(endings)
