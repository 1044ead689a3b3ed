"""A run learns, stops at its budget, and goes on where it was stopped."""

from __future__ import annotations

import json
import logging

import pytest
import torch

from engine.training.base_run import train_base
from engine.training.errors import TrainingError
from engine.training.metrics import read_metrics
from engine.training.model_folder import ModelShape, load_folder, new_model, read_shape
from engine.training.optimizer import OptimizerKind
from engine.training.pretrain import DevelopmentSet, Pretraining, rate_factor
from engine.training.row_format import END
from engine.training.settings import PRESETS, PretrainSettings, shape_of
from engine.training.shard import encode
from engine.training.team import Team
from engine.training.tokenizer import token_id

TINY = ModelShape(
    width=64, inner_width=64, n_layers=1, n_heads=2, n_key_value_heads=1, head_width=32
)


@pytest.fixture(autouse=True)
def small_run(monkeypatch):
    monkeypatch.setattr("engine.training.pretrain._LOG_STEPS", 1)
    monkeypatch.setattr("engine.training.sampling.MAX_NEW_TOKENS", 4)


def settings(max_steps, **given):
    return PretrainSettings(
        **{
            "minutes": 60,
            "max_steps": max_steps,
            "micro_tokens": 512,
            "tokenizer_rows": 500,
            "shard_rows": 128,
            "n_dev_problems": 1,
            "is_fed_aside": False,
            "shape": TINY,
            **given,
        }
    )


class OneShard:
    """A feed that gives one shard again and again, and remembers what it was asked for."""

    def __init__(self, shard):
        self.shard = shard
        self.asked = []

    def shards(self, first, stride):
        self.asked.append((first, stride))
        while True:
            yield self.shard


@pytest.fixture(scope="module")
def feed(tokenizer):
    row = "<q>Ann has 3 pins and finds 4. How many has she?<prog>a=3+4<ans>a</s>"
    return OneShard(encode(tokenizer.backend_tokenizer, [row] * 64))


def steps_in(folder):
    return [line["step"] for line in read_metrics(folder / "metrics.jsonl") if "loss" in line]


def test_the_rate_rises_and_falls_to_a_floor():
    assert rate_factor(0, 0.1) == pytest.approx(0.01)
    assert rate_factor(0.05, 0.1) == pytest.approx(0.5)
    assert rate_factor(0.1, 0.1) == pytest.approx(1)
    assert rate_factor(0.55, 0.1) == pytest.approx(0.525)
    assert rate_factor(1, 0.1) == rate_factor(2, 0.1) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("preset", "low", "high"),
    [pytest.param("cpu", 6e6, 7e6, id="cpu"), pytest.param("gpu", 30e6, 36e6, id="gpu")],
)
def test_the_presets_have_the_sizes_they_name(tokenizer, preset, low, high):
    with torch.device("meta"):
        model = new_model(tokenizer, PRESETS[preset].shape, seed=0)
    assert low < model.num_parameters() < high


def test_a_shape_keeps_its_proportions():
    assert shape_of(n_layers=8, width=256) == ModelShape()
    assert shape_of(n_layers=2, width=192).n_key_value_heads == 3


def test_a_run_learns_its_rows(tokenizer, tmp_path, feed):
    given = settings(100, peak_rate=1e-2)
    Pretraining(tokenizer, given, tmp_path, Team()).run(feed)
    losses = [line["loss"] for line in read_metrics(tmp_path / "metrics.jsonl")]
    assert losses[0] > 6
    assert losses[-1] < 0.1


def test_a_stopped_run_goes_on_with_other_shards(tokenizer, tmp_path, caplog, feed):
    caplog.set_level(logging.INFO)
    feed.asked.clear()
    Pretraining(tokenizer, settings(2), tmp_path, Team()).run(feed)
    Pretraining(tokenizer, settings(3), tmp_path, Team()).run(feed)
    assert "resumed step=2" in [record.getMessage() for record in caplog.records]
    assert steps_in(tmp_path) == [1, 2, 3]
    (first, _), (second, _) = feed.asked
    assert second > first


def test_what_a_kill_tore_beside_the_state_does_not_matter(tokenizer, tmp_path, feed):
    Pretraining(tokenizer, settings(1), tmp_path, Team()).run(feed)
    (tmp_path / "model.safetensors").write_bytes(b"torn")
    (tmp_path / "state.pt.partial").write_bytes(b"torn")
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('\n{"step": 1, "lo')
    Pretraining(tokenizer, settings(2), tmp_path, Team()).run(feed)
    assert steps_in(tmp_path) == [1, 2]


@pytest.fixture
def first(tokenizer, tmp_path, feed):
    """A folder in which one step has been taken."""
    folder = tmp_path / "first"
    folder.mkdir()
    Pretraining(tokenizer, settings(1, peak_rate=1e-2), folder, Team()).run(feed)
    return folder


def test_a_run_begins_with_the_weights_it_is_given(tokenizer, tmp_path, first):
    given, _ = load_folder(first, device="cpu")
    run = Pretraining(tokenizer, settings(1, start=first), tmp_path, Team())
    taken = run.model.state_dict()
    assert all(torch.equal(value, taken[name]) for name, value in given.state_dict().items())


def test_a_run_that_goes_on_keeps_its_own_weights(tokenizer, tmp_path, feed, first):
    from_first = settings(3, peak_rate=1e-2, start=first)
    Pretraining(tokenizer, from_first, tmp_path, Team()).run(feed)
    own = torch.load(tmp_path / "state.pt", weights_only=True)["model"]
    run = Pretraining(tokenizer, from_first, tmp_path, Team())
    assert all(torch.equal(value, own[name]) for name, value in run.model.state_dict().items())


def test_muon_takes_up_its_momentum(tokenizer, tmp_path, feed):
    given = settings(2, optimizer=OptimizerKind.MUON)
    Pretraining(tokenizer, given, tmp_path, Team()).run(feed)
    before = torch.load(tmp_path / "state.pt", weights_only=True)["moments"]
    Pretraining(tokenizer, given, tmp_path, Team()).run(feed)
    after = torch.load(tmp_path / "state.pt", weights_only=True)["moments"]
    (was, _), (found, _) = before, after
    assert was["state"].keys() == found["state"].keys() != set()
    for name, kept in was["state"].items():
        assert torch.equal(kept["momentum_buffer"], found["state"][name]["momentum_buffer"])


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"optimizer": OptimizerKind.MUON}, id="another optimiser"),
        pytest.param({"start": "first"}, id="begun with other weights"),
    ],
)
def test_the_checkpoint_of_another_run_is_refused(corpus_paths, tokenizer, tmp_path, first, other):
    work = tmp_path / "work"
    places = {"work_dir": work, "out_dir": tmp_path / "out", "n_processes": 1}
    train_base(corpus_paths, settings(1), **places)
    given = {name: first if name == "start" else value for name, value in other.items()}
    with pytest.raises(TrainingError, match="give another --work-dir"):
        train_base(corpus_paths, settings(2, **given), **places)


def test_a_pack_of_another_vocabulary_is_refused(corpus_paths, tmp_path, first):
    (tmp_path / "pack" / "tokenizer").mkdir(parents=True)
    (tmp_path / "pack" / "tokenizer" / "tokenizer.json").write_text("{}")
    places = {"work_dir": tmp_path / "work", "out_dir": tmp_path / "out", "n_processes": 1}
    with pytest.raises(TrainingError, match="another tokenizer"):
        train_base(corpus_paths, settings(1, start=first), **places, packed=tmp_path / "pack")


def test_a_model_with_other_positions_is_not_begun_with(corpus_paths, tmp_path, first):
    config = json.loads((first / "config.json").read_text())
    config["rope_parameters"]["rope_theta"] = 5e5
    (first / "config.json").write_text(json.dumps(config))
    places = {"work_dir": tmp_path / "work", "out_dir": tmp_path / "out", "n_processes": 1}
    with pytest.raises(TrainingError, match="holds no model as"):
        train_base(corpus_paths, settings(1, start=first), **places)


def test_a_base_is_trained_on_from_a_folder(corpus_paths, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    train_base(corpus_paths, settings(1), work_dir=tmp_path / "a", out_dir=first, n_processes=1)
    wide = settings(1, shape=ModelShape(), start=first)
    train_base(corpus_paths, wide, work_dir=tmp_path / "b", out_dir=second, n_processes=1)
    assert read_shape(second) == TINY
    vocabularies = {(folder / "tokenizer.json").read_bytes() for folder in (first, second)}
    assert len(vocabularies) == 1


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json", "model.safetensors"])
def test_what_is_no_model_is_not_begun_with(corpus_paths, tmp_path, missing):
    start = tmp_path / "start"
    train_base(corpus_paths, settings(1), work_dir=tmp_path / "a", out_dir=start, n_processes=1)
    (start / missing).unlink()
    places = {"work_dir": tmp_path / "work", "out_dir": tmp_path / "out"}
    with pytest.raises(TrainingError, match=r"holds no|there is no tokenizer"):
        train_base(corpus_paths, settings(1, start=start), **places, n_processes=1)


def test_a_spent_budget_trains_no_more(tokenizer, tmp_path, feed):
    Pretraining(tokenizer, settings(1), tmp_path, Team()).run(feed)
    before = load_folder(tmp_path, device="cpu")[0].state_dict()
    Pretraining(tokenizer, settings(1), tmp_path, Team()).run(feed)
    after = load_folder(tmp_path, device="cpu")[0].state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_the_measured_speed_sets_the_number_of_steps(tokenizer, tmp_path, monkeypatch, feed):
    monkeypatch.setattr("engine.training.pretrain._MEASURED_S", 0.0)
    given = settings(None, minutes=0.05, measures_steps=True)
    run = Pretraining(tokenizer, given, tmp_path, Team())
    run.run(feed)
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    assert state["progress"]["step"] == state["progress"]["n_steps"] > 11


def test_development_sets_are_answered_at_the_end(tokenizer, tmp_path, feed, corpus):
    problems = tuple(held.problem for held in corpus.mawps_dev)
    development = (DevelopmentSet(name="mawps", problems=problems),)
    Pretraining(tokenizer, settings(1), tmp_path, Team(), development=development).run(feed)
    last = read_metrics(tmp_path / "metrics.jsonl")[-1]
    assert last == {"step": 1, "set": "mawps", "right": 0, "of": 2}


def test_a_team_of_two_trains_one_model(corpus_paths, tmp_path):
    out, work = tmp_path / "out", tmp_path / "work"
    train_base(corpus_paths, settings(2), work_dir=work, out_dir=out, n_processes=2)
    assert torch.load(work / "state.pt", weights_only=True)["progress"]["step"] == 2
    model, tokenizer = load_folder(out, device="cpu")
    assert len(tokenizer) == model.config.vocab_size
    assert model.config.eos_token_id == token_id(tokenizer, END)
    assert json.loads((out / "config.json").read_text())["dtype"] == "bfloat16"
    profile = json.loads((out / "svend-profile.json").read_text())
    assert profile["stop"] == [END]
    assert profile["answer_protocol"] == "program"
    assert (out / "model.safetensors").stat().st_mode & 0o777 == 0o644
