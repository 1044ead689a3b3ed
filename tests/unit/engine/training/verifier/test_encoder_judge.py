"""An encoder judges each beginning as a text of its own."""

from __future__ import annotations

import pytest
import torch

from engine.training.verifier.judge_folder import new_encoder_judge
from engine.training.verifier.settings import VerifierSettings
from tests.unit.engine.training.verifier.made_up import make_chain

SHORT = make_chain("Ann has 2 cups.", ("a=2+3",), 1)
LONG = make_chain("Ben has 2 pens and a friend has twice as many of them.", ("a=2*2", "b=a+2"), 0)


@pytest.fixture
def encoder(encoder_folder):
    return new_encoder_judge(encoder_folder, VerifierSettings(), device="cpu")


def test_a_text_scores_the_same_whatever_stands_beside_it(encoder):
    # The tokenizer pads on the left by itself, where an encoder reads.
    (alone,) = encoder.score([SHORT])
    together, _ = encoder.score([SHORT, LONG])
    assert together.whole == pytest.approx(alone.whole, abs=1e-6)


def test_the_last_step_is_judged_by_what_it_comes_to(encoder):
    score = encoder.score([LONG])[0]
    assert len(score.steps) == 2
    assert score.steps[-1] == score.whole


def test_wholes_count_as_much_as_all_steps(encoder):
    batch = encoder.collate(
        [encoder.join([encoder.encode(SHORT)]), encoder.join([encoder.encode(LONG)])]
    )
    assert batch["targets"].tolist() == [1.0, 0.0, 0.0]
    assert batch["weights"].tolist() == [0.5, 1.0, 0.5]


def test_the_loss_is_that_of_the_scores(encoder):
    encoder.model.eval()
    batch = encoder.collate([encoder.join([encoder.encode(SHORT)])])
    with torch.no_grad():
        loss = float(encoder.loss(encoder.model, batch))
    (score,) = encoder.score([SHORT])
    assert loss == pytest.approx(-torch.tensor(score.whole).log().item(), abs=1e-5)
