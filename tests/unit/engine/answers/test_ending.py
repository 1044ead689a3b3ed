from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.answers.ending import has_ended
from engine.domain.profile import AnswerProtocol


@pytest.mark.parametrize(
    ("text", "is_over"),
    [
        ("So it is 5.\nAnswer: 5", True),
        ("**Answer:** Paris", True),
        ("Final answer: x + 1", True),
        (r"Hence \boxed{7}.", True),
        ("#### 12", True),
        ("The answer is 42.", True),
        ("Answer:\n\n42", True),
        ("The answer is the sum of both.", False),
        ("To find the answer: first we compute 3 * 4.", False),
        ("First, halve 48.", False),
        ("Answer:", False),
        ("", False),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_prose_ends_with_an_answer_not_with_talk_of_one(text, is_over):
    assert has_ended(text, AnswerProtocol.MARKED) is is_over


@pytest.mark.parametrize(
    ("text", "is_over"), [("v=1;a=v+1<ans>a", True), ("v=1;a=v+1", False)], ids=["tag", "none"]
)
def test_a_program_ends_with_its_tag(text, is_over):
    assert has_ended(text, AnswerProtocol.PROGRAM) is is_over


@given(st.text(), st.sampled_from(AnswerProtocol))
def test_any_text_can_be_asked_about(text, protocol):
    assert has_ended(text, protocol) in {True, False}
