"""A classifier made of a language model gives the language model's score."""

from __future__ import annotations

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from engine.domain.errors import InvalidInputError
from engine.ports import Claim
from engine.training.export.classifier import Scope, to_classifier
from engine.training.export.forms import claim_template
from engine.training.verifier.claim_text import MarkLayout, encode
from engine.training.verifier.judge_folder import load_language
from engine.training.verifier.language_judge import LanguageJudge
from engine.verify.profile import VerifierProfile
from tests.unit.engine.training.verifier import made_up

CHAIN = made_up.make_chain("Ann has 12 cups. How many?", ("a=12+7", "b=a*2"), 2)


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    folder = made_up.write_base(tmp_path_factory.mktemp("base"), made_up.make_tokenizer())
    loaded = load_language(folder, base=None)
    return LanguageJudge(loaded.model, loaded.tokenizer, loaded.layout)


@torch.inference_mode()
def test_a_text_scores_as_the_word_for_yes(judge):
    classifier = to_classifier(judge.model, judge.label_ids, Scope.TEXT)
    ids = torch.tensor([encode(judge.tokenizer, judge.whole_text(CHAIN))])
    score = float(classifier(input_ids=ids).logits.sigmoid())
    assert score == pytest.approx(judge.score([CHAIN])[0].whole, abs=1e-6)


@torch.inference_mode()
def test_the_last_token_scores_as_the_text(judge):
    classifier = to_classifier(judge.model, judge.label_ids, Scope.TOKEN)
    ids = torch.tensor([encode(judge.tokenizer, judge.whole_text(CHAIN))])
    scores = classifier(input_ids=ids).logits.sigmoid()[0, :, 0]
    assert float(scores[-1]) == pytest.approx(judge.score([CHAIN])[0].whole, abs=1e-6)
    assert classifier.score.bias is None


def test_the_classifier_shares_nothing_with_the_model(judge):
    before = judge.score([CHAIN])
    classifier = to_classifier(judge.model, judge.label_ids, Scope.TEXT)
    with torch.no_grad():
        for parameter in classifier.parameters():
            parameter.zero_()
    assert judge.score([CHAIN]) == before


def test_logits_that_are_capped_are_refused(judge):
    judge.model.config.final_logit_softcapping = 30.0
    with pytest.raises(InvalidInputError, match="more than a matrix"):
        to_classifier(judge.model, judge.label_ids, Scope.TEXT)
    judge.model.config.final_logit_softcapping = None


def test_a_model_whose_end_pads_it_needs_no_token_for_padding():
    config = GPT2Config(vocab_size=8, n_embd=8, n_layer=1, n_head=1, n_positions=8)
    config.eos_token_id, config.bos_token_id, config.pad_token_id = [3, 4], 1, None
    classifier = to_classifier(GPT2LMHeadModel(config), (1, 2), Scope.TEXT)
    assert classifier.config.pad_token_id == 3


def test_the_profile_puts_a_claim_as_the_layout_does(judge):
    profile = VerifierProfile(
        template=claim_template(MarkLayout(), judge.tokenizer), step_mark=";", marks_last=False
    )
    claim = Claim(problem="Q?", steps=("a=1+2", "b=a*2<ans>b"))
    layout = MarkLayout().render("Q?", claim.steps, is_whole=True)
    assert profile.render_text(claim) == layout
