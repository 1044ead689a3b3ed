"""An answer in a unit of another kind is wrong; everything else about units is left open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.unit_verifier import UnitVerifier
from engine.domain.verdict import Verdict
from engine.ports import CancelReason, Claim
from engine.verify.unit_claim import compare_dimensions, find_unit_claim
from tests.contract.verifier.test_verifier import judge
from tests.fakes.tokens import HeldToken

FAR = "A train goes 60 km/h for 2 hours. How far does it go, in metres?"
POWERS = st.dictionaries(st.sampled_from(["m", "s", "kg"]), st.sampled_from([-2, -1, 1, 2]))


async def check(problem: str, answer: str | None, cancel=None):
    asked = Claim(problem=problem, steps=("So.",), answer=answer)
    (judged,) = await judge(UnitVerifier(), asked, cancel=cancel)
    return judged


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        (FAR, "120 seconds"),
        (FAR, "60 km/h"),
        ("How many metres does it go?", "5 kg"),
        ("How many kilometres per hour does it go?", "3 hours"),
        ("How many square metres does the carpet cover?", "12 m"),
        ("What is the speed of the car in km/h?", "40 km"),
        ("Find the mass of the stone in grams.", "4 litres"),
        ("How many minutes does she wait?", "15 km"),
    ],
)
async def test_a_unit_of_another_kind_is_wrong(problem, answer):
    judged = await check(problem, answer)
    assert (judged.verdict, judged.score) == (Verdict.WRONG, 0.0)


@pytest.mark.parametrize(
    ("problem", "answer"),
    [
        (FAR, "120000"),
        (FAR, "120 km"),
        (FAR, None),
        (FAR, "12 K"),
        ("How many kilometres per hour does it go?", "60 km"),
        ("How many miles in an hour does he go?", "60 mph"),
        ("How many feet of cloth are left?", "9 square feet"),
        ("What is the area of the yard in inches?", "9 m^2"),
        ("How many pounds does it push with?", "20 N"),
        ("How many years pass?", "30 days"),
        ("By how many degrees does it change?", "20 kelvin"),
        ("How many clips are left?", "5 kg"),
        ("What is the area of a square with sides measured in metres?", "9 m^2"),
        ("How many hours and how many metres?", "5 kg"),
        ("How long is it in metres? What is its mass?", "5 kg"),
        ("How many minutes does she wait?", "5 m"),
        ("How many people are there in total?", "5 m"),
    ],
)
async def test_what_leaves_room_for_doubt_is_unchecked(problem, answer):
    judged = await check(problem, answer)
    assert (judged.verdict, judged.score) == (Verdict.UNCHECKED, None)


async def test_a_cancelled_check_is_unchecked():
    judged = await check(FAR, "60 km/h", HeldToken(CancelReason.CANCEL))
    assert judged.verdict is Verdict.UNCHECKED


@given(POWERS, POWERS, st.booleans())
def test_dimensions_never_confirm(asked, found, is_count):
    assert compare_dimensions(asked, found, is_count=is_count) is not Verdict.RIGHT


@given(POWERS, POWERS, st.booleans())
def test_the_comparison_of_dimensions_has_no_direction(asked, found, is_count):
    back = compare_dimensions(found, asked, is_count=is_count)
    assert compare_dimensions(asked, found, is_count=is_count) is back


@given(POWERS, st.booleans())
def test_the_same_dimension_is_no_evidence(powers, is_count):
    assert compare_dimensions(powers, powers, is_count=is_count) is Verdict.UNCHECKED


@given(st.text(max_size=300).map(lambda text: f"How many {text}"))
def test_any_text_may_ask(problem):
    found = find_unit_claim(problem)
    assert found is None or 0 < len(found.words) <= 4


@pytest.mark.parametrize("piece", ["how many metres ", " in ", "a", " ", "a ", "how ", ". "])
def test_long_problems_are_read_in_bounded_work(piece):
    assert find_unit_claim((piece * 4_000)[:4_000] + "!") is None
