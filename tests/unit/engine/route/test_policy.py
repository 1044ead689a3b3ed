"""The policy: agreement first, the verifier's word where there is one, the text last."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.answer import Answer
from engine.domain.route import Crossroads
from engine.domain.standing import Evidence, Standing, VoteClass
from engine.route.difficulty import QuestionKind, estimate_difficulty, find_kind
from engine.route.policy import AgreementPolicy, measure_entropy

PARTS = ("adaptive", "guided", "tools", "tree")


def _standing(*counts, n_abstained=0, score=None):
    votes = tuple(
        VoteClass(
            answer=Answer(text=str(i), key=str(i), class_id=str(i), canonicaliser="test/1"),
            n_votes=n,
            weight=n,
            first_rank=i,
        )
        for i, n in enumerate(counts)
    )
    n_ended = sum(counts) + n_abstained
    return Standing(
        answer=votes[0].answer if votes else None,
        votes=votes,
        rule="pooled",
        n_ended=n_ended,
        n_abstained=n_abstained,
        n_planned=n_ended,
        vote_share=counts[0] / n_ended if votes else None,
        is_decided=True,
        n_needed=0,
        why="",
        evidence=() if score is None else (Evidence(class_id="0", n_scored=1, mean_score=score),),
    )


def _choose(standing, *, taken=("pilot",), left=PARTS, text="How many are 2 and 3?"):
    at = Crossroads(text=text, standing=standing, taken=taken, open=left)
    return AgreementPolicy().choose(at).choice


@pytest.mark.parametrize(
    ("standing", "choice"),
    [
        (_standing(4), None),
        (_standing(4, score=0.9), None),
        (_standing(4, score=0.2), "adaptive"),
        (_standing(3, 1), "adaptive"),
        (_standing(2, 2), "guided"),
        (_standing(2, 1, 1, n_abstained=1), "guided"),
        (_standing(1, 1, 1, 1), "tools"),
        (_standing(n_abstained=4), "tools"),
    ],
)
def test_less_agreement_calls_for_a_heavier_search(standing, choice):
    assert _choose(standing) == choice


def test_what_is_not_open_is_passed_over():
    assert _choose(_standing(1, 1, 1, 1), left=("tree", "adaptive")) == "tree"
    assert _choose(_standing(1, 1, 1, 1), left=()) is None


def test_a_majority_is_enough_after_a_second_search():
    taken = ("pilot", "adaptive")

    assert _choose(_standing(7, 3), taken=taken) is None
    assert _choose(_standing(4, 6), taken=taken) == "guided"


def test_a_hard_text_is_not_answered_on_agreement_alone():
    text = "Prove that " + "the sum of 3 and 4 equals 7, and that of 5 and 6 equals 11, " * 12

    assert _choose(_standing(4), text=text) == "adaptive"
    assert _choose(_standing(4, score=0.9), text=text) is None


def test_entropy_counts_each_abstention_apart():
    assert measure_entropy(_standing(4)) == 0
    assert measure_entropy(_standing(1, 1)) == 1
    assert measure_entropy(_standing(2, n_abstained=2)) == 1.5


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How many apples are left?", QuestionKind.NUMBER),
        ("There are 7 birds. Is 7 a prime?", QuestionKind.YES_NO),
        ("Which is largest? A) 3 B) 4 C) 5", QuestionKind.CHOICE),
        ("Simplify (x+1)^2 - x^2.", QuestionKind.EXPRESSION),
        ("Prove that 2 divides n(n+1).", QuestionKind.PROOF),
        ("Write a function that sorts a list.", QuestionKind.CODE),
    ],
)
def test_a_question_tells_what_it_asks_for(text, kind):
    assert find_kind(text) is kind


@given(st.text(max_size=300))
def test_any_text_has_a_difficulty(text):
    assert 0 <= estimate_difficulty(text).estimate <= 1


@pytest.mark.parametrize("unit", ["A. ", "! is ", "? ", "B) A) ", "1,1."])
def test_no_text_takes_long_to_look_at(unit):
    # Would take minutes if a pattern looked from each place to the end.
    assert 0 <= estimate_difficulty(unit * 5_000).estimate <= 1
