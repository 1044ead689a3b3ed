"""Trees fitted to judged programs say what the library's own say, and order right above wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.ensemble import GradientBoostingClassifier

from engine.adapters.verifier_file import load_shape_model
from engine.training.datasets.file import write_examples
from engine.training.emission.chain import WRONG_SYSTEM
from engine.training.errors import DatasetError
from engine.training.verifier import shape_fit
from engine.training.verifier.eval_command import evaluate
from engine.training.verifier.shape_command import fit
from engine.training.verifier.shape_fit import fit_shape, measure_shape, shape_of_chain
from engine.training.verifier.slot_fit import slots_of_chain
from engine.verify.agreement import list_agreement
from tests.unit.engine.training.verifier.made_up import make_chains


def test_the_trees_say_what_the_library_says(monkeypatch):
    fitted = []

    class Kept(GradientBoostingClassifier):
        def fit(self, *given, **more):
            fitted.append(self)
            return super().fit(*given, **more)

    monkeypatch.setattr(shape_fit, "GradientBoostingClassifier", Kept)
    chains = make_chains(60, seed=1)
    model = fit_shape(chains, name="made-up", seed=0)
    rows = [
        (*shape_of_chain(chain), *list_agreement(slots_of_chain(chain), model.words))
        for chain in chains
    ]
    expected = fitted[0].predict_proba(np.array(rows))[:, 1]

    assert [model.trees.at(row) for row in rows] == pytest.approx(expected.tolist(), abs=2e-3)


def test_the_trees_meet_no_agreement_with_words_that_knew_the_question(monkeypatch):
    known = {}
    real_fit, real_list = shape_fit.fit_words, shape_fit.list_agreement
    judged = []

    def fit_words(chains, slots):
        words = real_fit(chains, slots)
        known[id(words)] = {chain.question for chain in chains}
        return words

    def list_agreement(slots, words):
        judged.append(known[id(words)])
        return real_list(slots, words)

    monkeypatch.setattr(shape_fit, "fit_words", fit_words)
    monkeypatch.setattr(shape_fit, "list_agreement", list_agreement)
    chains = make_chains(30, seed=1)
    fit_shape(chains, name="made-up", seed=0)

    assert len(judged) == len(chains)
    for chain, questions in zip(chains, judged, strict=True):
        assert questions
        assert chain.question not in questions


def test_planted_slips_weigh_a_quarter_of_all(monkeypatch):
    weighed = []

    class Kept(GradientBoostingClassifier):
        def fit(self, shapes, labels, weights):
            weighed.append(weights)
            return super().fit(shapes, labels, weights)

    monkeypatch.setattr(shape_fit, "GradientBoostingClassifier", Kept)
    chains = make_chains(60, seed=1)
    wrong = [index for index, chain in enumerate(chains) if not chain.is_right][:6]
    for index in wrong:
        chains[index] = replace(chains[index], system=WRONG_SYSTEM)
    fit_shape(chains, name="made-up", seed=0)

    assert sum(weighed[0][wrong]) == pytest.approx(0.25 * sum(weighed[0]))


def test_what_shows_in_the_arithmetic_is_learnt():
    # The wrong chains take away where the right ones add.
    model = fit_shape(make_chains(80, seed=2), name="made-up", seed=0)
    figures = measure_shape(model, make_chains(30, seed=3))

    assert figures["within_question_auroc"] > 0.99


def test_chains_that_are_all_right_are_refused():
    right = [chain for chain in make_chains(5, seed=1) if chain.is_right]
    with pytest.raises(DatasetError, match="all chains are right"):
        fit_shape(right, name="made-up", seed=0)


def test_the_command_writes_what_a_worker_reads(tmp_path):
    train, dev, out = tmp_path / "train.jsonl", tmp_path / "dev.jsonl", tmp_path / "shape.json"
    write_examples(train, make_chains(60, seed=4))
    write_examples(dev, make_chains(10, seed=5))
    words = ["--chains", str(train), "--dev", str(dev), "--out", str(out), "--name", "made-up"]
    said = json.loads(CliRunner().invoke(fit, words, catch_exceptions=False).stdout)
    model = load_shape_model(out)

    assert model is not None
    assert said["verifier"] == model.version
    assert said["within_question_auroc"] > 0.9
    assert model.fitting.systems == ("one@0.8", "two@1")


def test_that_no_chain_is_left_to_fit_is_said_in_a_line(tmp_path):
    path = tmp_path / "chains.jsonl"
    write_examples(path, make_chains(5, seed=4))
    words = ["--chains", str(path), "--dev", str(path), "--out", str(tmp_path / "shape.json")]
    done = CliRunner().invoke(fit, words)

    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "Error: every training chain asks a question of --dev: nothing is left to fit"
    ]


def test_its_worth_is_shown_like_any_verifiers(tmp_path):
    train, dev, out = tmp_path / "train.jsonl", tmp_path / "dev.jsonl", tmp_path / "shape.json"
    write_examples(train, make_chains(60, seed=4))
    write_examples(dev, make_chains(20, seed=5))
    words = ["--chains", str(train), "--dev", str(dev), "--out", str(out)]
    CliRunner().invoke(fit, words, catch_exceptions=False)
    report = tmp_path / "report.json"
    words = ["--shape", str(out), "--chains", str(dev), "--samples", "4", "--no-baselines"]
    CliRunner().invoke(evaluate, [*words, "--out", str(report)], catch_exceptions=False)
    found = json.loads(report.read_text())

    assert found["verifier"].startswith("shape@")
    assert found["unseen_questions"]["within_question_auroc"]["mean"] > 0.9


def test_one_verifier_is_evaluated_at_a_time(tmp_path):
    chains = tmp_path / "chains.jsonl"
    write_examples(chains, make_chains(5, seed=5))
    done = CliRunner().invoke(evaluate, ["--chains", str(chains)])

    assert done.exit_code == 2
    assert "one of the two" in done.output
