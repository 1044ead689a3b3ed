"""A program's slots hold each number it uses or leaves out, beside the words about it."""

from __future__ import annotations

from math import comb

from hypothesis import given
from hypothesis import strategies as st

from engine.verify.operand import Relation, Role
from engine.verify.slot import MOST_TOLD, SlotKind, list_slots

QUESTION = "Ann has 12 cups, buys 7 more and breaks 3. Each holds 2.5 litres. How many are left?"


def fillers(program, kind, question=QUESTION):
    return [slot.filler for slot in list_slots(question, program) if slot.kind is kind]


def test_numbers_used_and_left_out_have_a_slot_each():
    slots = [s for s in list_slots(QUESTION, "a=12+7;b=a-3<ans>b") if s.kind is SlotKind.NUMBER]

    assert [s.filler for s in slots] == [Role.ADDEND, Role.ADDEND, Role.SUBTRAHEND, Role.UNUSED]
    assert ">0more" in slots[1].cues
    assert "<0breaks" in slots[2].cues
    assert ">litres" in slots[3].cues


def test_a_number_out_of_nowhere_has_no_words():
    (last,) = [s for s in list_slots(QUESTION, "a=12*99") if "untold" in s.cues]

    assert last.cues == ("untold", "untold 99")


def test_pairs_hold_the_words_of_both_and_of_what_is_asked():
    (pair,) = [s for s in list_slots(QUESTION, "a=12-3") if s.kind is SlotKind.PAIR]

    assert pair.filler == Relation.DIFFERENCE
    assert {"1>cups", "2<0breaks", "? left", "? how many", "apart 2"} <= set(pair.cues)


def test_the_answers_name_says_which_operator_answers():
    assert list_slots(QUESTION, "a=12-3<ans>a") == list_slots(QUESTION, "a=12-3")
    assert fillers("a=12*7;b=a-3<ans>a", SlotKind.ASKED) == ["*"]


def test_what_is_done_often_has_one_slot():
    assert fillers("a=12+12;b=a+12", SlotKind.NUMBER)[:2] == [Role.ADDEND, Role.UNUSED]


def test_what_is_asked_is_held_against_the_last_operator():
    assert fillers("a=12+7;b=a-3", SlotKind.ASKED) == ["-"]
    assert fillers("a=12", SlotKind.ASKED) == [""]


def test_a_program_that_cannot_be_read_has_no_slots():
    assert list_slots(QUESTION, "a=12**3") == ()
    assert list_slots(QUESTION, "") == ()


def test_a_question_of_many_numbers_has_no_more_pairs_than_are_allowed():
    numbers = [str(10 + n) for n in range(60)]
    question = f"Add {', '.join(numbers)}. What is it?"

    assert len(fillers(f"a={'+'.join(numbers[:20])}", SlotKind.PAIR, question)) == comb(
        MOST_TOLD, 2
    )


@given(
    question=st.text(max_size=60),
    program=st.one_of(st.text(max_size=40), st.from_regex(r"a=[0-9]{1,2}([-+*/][0-9]{1,2}){0,4}")),
)
def test_every_text_has_slots_or_none(question, program):
    assert all(slot.cues or slot.kind is SlotKind.ASKED for slot in list_slots(question, program))
