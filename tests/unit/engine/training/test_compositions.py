"""What a held-out family puts together is composed nowhere, and its relations are, apart."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest

from engine.training.families.ages import AGES
from engine.training.families.catalogue import COMPOSITIONS, HELD_OUT, SINGLES
from engine.training.families.ladders import LADDERS
from engine.training.families.nests import NESTS
from engine.training.families.origins import ORIGINS
from engine.training.families.outlines import OUTLINES
from engine.training.families.pairs import PAIRS
from engine.training.families.wholes import WHOLES
from engine.training.template import COMPOSED_RATIO, draw_template

HELD = {family.path: family for family in SINGLES if family.path in HELD_OUT}
# A sum that is multiplied, directly: `b=x+y;b*k`.
MULTIPLE_OF_SUM = re.compile(r"(\w)=\w\+\w;(?:.*[;=(])?\1\*")
# Going back from the end: a gain is taken off, then a loss is put back: `a=d-c;a+b`.
LOSS_AFTER_GAIN = re.compile(r"(\w)=\w-\w;(?:\w=)?\1\+")
DISTANCES = re.compile(r"\b(laps?|tracks?|miles?|meters?|kilometers?|runs?|walks?|swims?)\b")
BOOKS = re.compile(r"\b(books?|novel|story|reads?|reading)\b")
AUDIENCE = re.compile(r"\b(adults?|child|children|tickets?|entrance|admission|show|concert)\b")
FRACTION = re.compile(r"\{(\w)\.part\}")
FENCES = re.compile(r"\bfenc(e|ed|es|ing)\b")


def text(family):
    return " ".join([*family.clauses, family.ask])


def paths(families):
    return [family.path for family in families]


def test_no_ladder_has_a_multiple_of_what_was_just_increased():
    assert MULTIPLE_OF_SUM.search(HELD["group.three_more"].program)
    assert not [f.path for f in LADDERS if MULTIPLE_OF_SUM.search(f.program)]
    assert {"ladder.more.more.last", "ladder.times.more.last"} <= set(paths(LADDERS))


def test_no_beginning_is_asked_where_a_gain_directly_follows_a_loss():
    assert LOSS_AFTER_GAIN.search(HELD["number.before"].program)
    assert not [f.path for f in ORIGINS if LOSS_AFTER_GAIN.search(f.program)]
    assert {"origin.things_gain_loss", "origin.bus_gain_loss"} <= set(paths(ORIGINS))


def test_no_age_in_some_years_is_that_of_a_multiple():
    assert not [f.path for f in AGES if re.search(r"times_(sum_)?later$", f.path)]
    assert {"age_of.times_ago", "age_of.older_later"} <= set(paths(AGES))


def test_no_two_fractions_of_a_whole_leave_a_rest():
    fractions = [f for f in WHOLES if len(set(FRACTION.findall(text(f)))) > 1]
    assert {re.sub(r"^.*_", "", f.path) for f in fractions} == {"sum", "difference"}
    assert not [f.path for f in fractions if re.search(r"\bn-", f.program)]


def test_no_square_has_a_price_or_a_fence():
    squares = [f for f in OUTLINES if "square" in text(f)]
    assert len(squares) >= 6
    assert not [f.path for f in squares if "$" in text(f) or FENCES.search(text(f))]
    assert [f for f in OUTLINES if "$" in text(f)]


def test_no_nest_is_of_distances_or_books():
    assert DISTANCES.search(text(HELD["rate.laps"]))
    assert BOOKS.search(text(HELD["rate.pages"]))
    told = [f for f in NESTS if DISTANCES.search(text(f)) or BOOKS.search(text(f))]
    assert not paths(told)


def test_no_pair_is_of_adults_and_children():
    assert AUDIENCE.search(text(HELD["price.tickets"]))
    assert not [f.path for f in PAIRS if AUDIENCE.search(text(f))]


@pytest.mark.parametrize("families", COMPOSITIONS, ids=lambda found: found[0].path.split(".")[0])
def test_every_kind_of_composition_is_drawn_as_often_as_the_others(families):
    rng = Random(5)
    prefix = families[0].path.partition(".")[0]
    assert all(family.path.startswith(f"{prefix}.") for family in families)
    drawn = Counter(draw_template(rng).path.partition(".")[0] for _ in range(4_000))
    expected = 4_000 * COMPOSED_RATIO / len(COMPOSITIONS)
    assert 0.7 * expected < drawn[prefix] < 1.3 * expected
