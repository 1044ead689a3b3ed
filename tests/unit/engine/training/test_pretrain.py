"""A run learns, stops at its budget, and goes on where it was stopped."""

from __future__ import annotations

import json
import logging

import pytest
import torch

from engine.training.base_run import train_base
from engine.training.model_folder import ModelShape, load_folder, new_model
from engine.training.pretrain import Pretraining, PretrainSettings, rate_factor
from engine.training.row_format import END
from engine.training.team import Team
from engine.training.tokenizer import token_id

TINY = ModelShape(
    width=64, inner_width=64, n_layers=1, n_heads=2, n_key_value_heads=1, head_width=32
)


@pytest.fixture(autouse=True)
def small_run(monkeypatch):
    monkeypatch.setattr("engine.training.pretrain._LOG_STEPS", 1)
    monkeypatch.setattr("engine.training.sampling.MAX_NEW_TOKENS", 4)


def settings(max_steps):
    return PretrainSettings(
        minutes=60,
        max_steps=max_steps,
        micro_tokens=512,
        tokenizer_rows=2_000,
        shard_rows=256,
        n_dev_problems=1,
        shape=TINY,
    )


def test_the_rate_rises_and_falls_to_a_floor():
    assert rate_factor(0, 0.1) == pytest.approx(0.01)
    assert rate_factor(0.05, 0.1) == pytest.approx(0.5)
    assert rate_factor(0.1, 0.1) == pytest.approx(1)
    assert rate_factor(0.55, 0.1) == pytest.approx(0.525)
    assert rate_factor(1, 0.1) == rate_factor(2, 0.1) == pytest.approx(0.05)


def test_the_shipped_shape_has_about_six_million_parameters(tokenizer):
    assert 6_000_000 < new_model(tokenizer, ModelShape(), seed=0).num_parameters() < 7_000_000


def test_a_run_ends_at_its_steps_and_leaves_a_model(corpus_paths, tmp_path):
    out = tmp_path / "out"
    train_base(corpus_paths, settings(2), work_dir=tmp_path / "work", out_dir=out, n_processes=1)
    model, tokenizer = load_folder(out, device="cpu")
    assert len(tokenizer) == model.config.vocab_size
    assert model.config.eos_token_id == token_id(tokenizer, END)
    assert json.loads((out / "config.json").read_text())["dtype"] == "bfloat16"
    profile = json.loads((out / "svend-profile.json").read_text())
    assert profile["stop"] == [END]
    assert profile["answer_protocol"] == "program"
    assert (out / "model.safetensors").stat().st_mode & 0o777 == 0o644


def test_a_stopped_run_goes_on(corpus, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    Pretraining(corpus, settings(2), tmp_path, Team()).run()
    Pretraining(corpus, settings(3), tmp_path, Team()).run()
    messages = [record.getMessage() for record in caplog.records]
    assert "resumed step=2" in messages
    assert [m.split()[0] for m in messages if m.startswith("step=")] == [
        "step=1",
        "step=2",
        "step=3",
    ]


def test_a_spent_budget_trains_no_more(corpus, tmp_path):
    Pretraining(corpus, settings(1), tmp_path, Team()).run()
    before = load_folder(tmp_path, device="cpu")[0].state_dict()
    Pretraining(corpus, settings(1), tmp_path, Team()).run()
    after = load_folder(tmp_path, device="cpu")[0].state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_team_of_two_trains_one_model(corpus_paths, tmp_path):
    out = tmp_path / "out"
    train_base(corpus_paths, settings(2), work_dir=tmp_path / "work", out_dir=out, n_processes=2)
    state = torch.load(tmp_path / "work" / "state.pt", weights_only=True)
    assert state["progress"]["step"] == 2
    assert (out / "model.safetensors").exists()
