"""The judge of shapes keeps the port's promises without a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.adapters.shape_verifier import UNFINISHED, ShapeVerifier
from engine.adapters.verifier_file import load_shape_model
from engine.bench.trial_run import NeverCancelled
from engine.ports import CancelReason, Claim

SHIPPED = Path(__file__).parents[3] / "models/svend-mini/svend-shape.json"
QUESTION = "Ann has 48 cups and buys half as many in May. She gives 10 away. How many are left?"


@pytest.fixture(scope="module")
def verifier():
    return ShapeVerifier(load_shape_model(SHIPPED))


def whole(program, answer):
    return Claim(problem=QUESTION, steps=(program,), answer=answer)


async def test_a_program_with_a_number_out_of_nowhere_is_less_probable(verifier):
    right, wrong = await verifier.judge(
        [whole("a=48/2;b=48+a;c=b-10<ans>c", "62"), whole("a=48/99<ans>a", "16/33")],
        NeverCancelled(),
    )

    assert 0 < wrong.score < right.score < 1


async def test_judgements_come_in_the_order_of_the_claims_and_cost_nothing(verifier):
    claims = [whole(f"a=48+{n}<ans>a", str(48 + n)) for n in range(40)]
    together = await verifier.judge(claims, NeverCancelled())
    alone = [(await verifier.judge([one], NeverCancelled()))[0] for one in claims]

    assert list(together) == alone
    assert {(one.model_calls, one.tokens.tokens_out) for one in together} == {(0, 0)}


async def test_steps_and_their_joint_are_the_same_program(verifier):
    steps = Claim(problem=QUESTION, steps=("a=48/2", "b=48+a", "c=b-10<ans>c"), answer="62")
    one, other = await verifier.judge(
        [whole("a=48/2;b=48+a;c=b-10<ans>c", "62"), steps], NeverCancelled()
    )

    assert one.score == other.score


async def test_a_path_without_an_answer_is_left_unscored(verifier):
    (judged,) = await verifier.judge([whole("a=48/2", None)], NeverCancelled())

    assert (judged.score, judged.error) == (None, UNFINISHED)


async def test_what_was_cancelled_is_left_unscored(verifier):
    class Cancelled(NeverCancelled):
        def reason(self):
            return CancelReason.CANCEL

    (judged,) = await verifier.judge([whole("a=1<ans>a", "1")], Cancelled())

    assert judged.score is None


def test_the_version_names_the_artefact(verifier):
    assert verifier.version.startswith("shape:svend-mini-shape@")
