"""A verifier is written in every form, and each form gives its score."""

from __future__ import annotations

import json
import logging

import pytest
import torch
from click.testing import CliRunner
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from engine.adapters.verifier_file import load_verifier_profile
from engine.ports import Claim
from engine.training.datasets.file import write_examples
from engine.training.export.commands import export
from engine.training.export.forms import Form
from engine.training.verifier.encoder_judge import EncoderJudge
from engine.training.verifier.judge_folder import (
    load_judge,
    new_encoder_judge,
    new_language_judge,
)
from engine.training.verifier.settings import VerifierSettings
from tests.unit.engine.training.verifier import made_up

CHAINS = made_up.make_chains(6, seed=1)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    tokenizer = made_up.make_tokenizer()
    made_up.write_base(folder / "base", tokenizer)
    made_up.write_encoder(folder / "plain", tokenizer)
    judge = new_language_judge(folder / "base", VerifierSettings(seed=3), device="cpu")
    with torch.no_grad():
        # A new adapter changes nothing; this one does.
        for name, parameter in judge.model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.3)
    judge.save(folder / "adapter")
    new_encoder_judge(folder / "plain", VerifierSettings(), device="cpu").save(folder / "encoder")
    write_examples(folder / "chains.jsonl", CHAINS)
    return folder


def run(folder, name, forms, *more):
    arguments = ["--verifier", str(folder / name), "--out", str(folder / f"{name}-forms"), *more]
    for form in forms:
        arguments += ["--form", form.value]
    arguments += ["--chains", str(folder / "chains.jsonl")]
    return CliRunner().invoke(export, arguments)


@pytest.fixture(scope="module")
def written(folder):
    """The report of every form of the adapter."""
    result = run(folder, "adapter", list(Form), "--base", str(folder / "base"))
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_classifier_scores_as_the_verifier(written):
    assert written["classifier_drift"]["largest"] < 1e-5
    assert written["classifier_drift"]["n"] == len(CHAINS)


def test_the_graph_scores_as_the_classifier(written):
    assert written["onnx"]["drift"]["largest"] < 1e-4


def test_eight_bits_are_smaller_and_their_drift_is_told(written):
    assert written["int8"]["bytes"] < written["onnx"]["bytes"]
    assert 0 < written["int8"]["drift"]["largest"] < 0.1


def test_the_written_classifier_and_its_profile_give_the_verifiers_score(written, folder):
    place = folder / "adapter-forms" / "classifier"
    judge = load_judge(folder / "adapter", base=folder / "base", device="cpu")
    profile = load_verifier_profile(place / "svend-verifier-profile.json")
    model = AutoModelForSequenceClassification.from_pretrained(place).eval()
    tokenizer = AutoTokenizer.from_pretrained(place)
    for chain, expected in zip(CHAINS, judge.score(CHAINS), strict=True):
        whole = (*chain.steps[:-1], f"{chain.steps[-1]}<ans>b")
        text = profile.render_text(Claim(problem=chain.question, steps=whole))
        with torch.inference_mode():
            score = model(**tokenizer(text, return_tensors="pt")).logits.sigmoid()
        assert float(score) == pytest.approx(expected.whole, abs=1e-5)


def test_the_merged_model_is_a_verifier_without_its_base(written, folder):
    place = folder / "adapter-forms" / "merged"
    judge = load_judge(folder / "adapter", base=folder / "base", device="cpu")
    merged = load_judge(place, base=None, device="cpu")
    for one, other in zip(judge.score(CHAINS), merged.score(CHAINS), strict=True):
        assert one.whole == pytest.approx(other.whole, abs=1e-5)


def test_an_encoder_is_written_as_it_is(folder):
    result = run(folder, "encoder", [Form.CLASSIFIER, Form.INT8])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["classifier_drift"]["largest"] < 1e-5
    assert report["onnx"]["drift"]["largest"] < 1e-4
    assert isinstance(load_judge(folder / "encoder", base=None, device="cpu"), EncoderJudge)
    profile = load_verifier_profile(
        folder / "encoder-forms" / "classifier" / "svend-verifier-profile.json"
    )
    assert profile.template == "{problem}\n\n{steps}"


def test_the_exporter_says_nothing_of_each_weight(folder, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    result = run(folder, "encoder", [Form.ONNX], "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert not [one for one in caplog.records if one.name.startswith("onnx")]


def test_an_encoder_has_no_score_a_token(folder):
    result = run(folder, "encoder", [Form.TOKENS])
    assert result.exit_code == 1
    assert "neither merged nor per token" in result.stderr


def test_an_adapter_needs_its_base(folder):
    result = run(folder, "adapter", [Form.MERGED])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "--base" in result.stderr
