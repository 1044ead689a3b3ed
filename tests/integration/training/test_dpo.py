"""`svend train dpo`: the chosen turn gains, and the run ends when it loses instead."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import load_file

from engine.training.record import find_record
from engine.training.tune.callback import read_metrics

QUICK = ("--max-tokens", "64", "--micro-rows", "8", "--batch-rows", "8", "--log-steps", "1")
ADAPTER = "adapter_model.safetensors"


@pytest.fixture(scope="module")
def trained(run_train, tiny_base, pair_file, tmp_path_factory):
    out = tmp_path_factory.mktemp("dpo") / "out"
    words = ("dpo", "--base", tiny_base, "--data", pair_file, "--dev", pair_file, "--out", out)
    run_train(*words, *QUICK, "--max-steps", "12", "--save-steps", "6", "--learning-rate", "5e-3")
    return out


def test_the_margin_of_the_chosen_turn_rises(trained):
    rows = [row for row in read_metrics(trained / "metrics.jsonl") if "rewards/margins" in row]
    margins = [row["rewards/margins"] for row in rows]
    assert margins[0] == pytest.approx(0, abs=1e-6)
    assert margins[-1] > 0.1
    assert find_record(trained).metrics["eval_rewards/accuracies"] > 0.9


def test_the_anchor_keeps_the_chosen_turn_likely(trained):
    rows = [row for row in read_metrics(trained / "metrics.jsonl") if "logps/chosen" in row]
    assert rows[-1]["logps/chosen"] > rows[0]["logps/chosen"]


def test_only_the_adapter_is_written_and_no_reference(trained):
    assert all("lora_" in name for name in load_file(trained / ADAPTER))
    assert not [path for path in trained.iterdir() if path.name == "ref"]


def test_a_run_stops_when_the_chosen_turns_become_less_likely(
    run_train, tiny_base, write_rows, tmp_path
):
    # The turns differ in their last letter alone, so that both can only fall together.
    rows = [
        {"prompt": f"{n}:", "chosen": "zzzzzzzzzza", "rejected": "zzzzzzzzzzb"} for n in "abcd"
    ]
    path, out = write_rows("alike.jsonl", rows * 4), tmp_path / "out"
    own = ("--anchor-weight", "0", "--max-drop", "0.000001", "--beta", "0.1")
    output = run_train(
        "dpo",
        "--base",
        tiny_base,
        "--data",
        path,
        "--out",
        out,
        *QUICK,
        *own,
        "--learning-rate",
        "2e-2",
        "--max-steps",
        "40",
    )
    record = find_record(out)
    assert record.n_steps < 40
    assert "log-probability fell" in record.stopped
    assert record.stopped in output


def test_a_second_stage_is_held_to_the_first(run_train, tiny_base, trained, pair_file, tmp_path):
    out = tmp_path / "out"
    words = ("dpo", "--base", tiny_base, "--data", pair_file, "--out", out, *QUICK)
    run_train(*words, "--from-adapter", trained, "--max-steps", "2", "--learning-rate", "5e-3")
    rows = [row for row in read_metrics(out / "metrics.jsonl") if "rewards/margins" in row]
    # The reference is the first stage, not the base: at the beginning nothing is gained on it.
    assert rows[0]["rewards/margins"] == pytest.approx(0, abs=1e-5)
    before, after = load_file(trained / ADAPTER), load_file(out / ADAPTER)
    assert set(before) == set(after)
    assert not all(torch.equal(before[name], after[name]) for name in before)


def test_every_weight_is_trained_against_a_second_model(run_train, tiny_base, pair_file, tmp_path):
    out = tmp_path / "out"
    words = ("dpo", "--full", "--base", tiny_base, "--data", pair_file, "--out", out, *QUICK)
    run_train(*words, "--max-steps", "4", "--learning-rate", "1e-3")
    rows = [row for row in read_metrics(out / "metrics.jsonl") if "rewards/margins" in row]
    assert rows[0]["rewards/margins"] == pytest.approx(0, abs=1e-6)
    assert rows[-1]["rewards/margins"] > 0
    assert (out / "model.safetensors").exists()


def test_the_control_learns_the_chosen_turns_alone(run_train, tiny_base, pair_file, tmp_path):
    out = tmp_path / "out"
    words = ("dpo", "--control", "rejection-sampling", "--base", tiny_base, "--data", pair_file)
    run_train(*words, "--out", out, *QUICK, "--max-steps", "3", "--learning-rate", "1e-2")
    record = find_record(out)
    rows = [row for row in read_metrics(out / "metrics.jsonl") if "loss" in row]
    assert record.method == "rejection-sampling"
    assert "rewards/margins" not in rows[0]
    assert rows[-1]["loss"] < rows[0]["loss"]
