"""Each method goes on from the checkpoint that a broken-off run has left."""

from __future__ import annotations

import shutil

import pytest
import torch
from safetensors.torch import load_file

from engine.training.record import find_record
from engine.training.tune.callback import read_metrics

ADAPTER = "adapter_model.safetensors"
SIZE = ("--max-tokens", "64", "--micro-rows", "8", "--batch-rows", "8", "--log-steps", "1")
STEPS = ("--max-steps", "6", "--save-steps", "2", "--learning-rate", "1e-2")


@pytest.mark.parametrize("method", ["dpo", "reward", "grpo"])
def test_a_broken_off_run_goes_on_to_the_same_end(
    run_train, tiny_base, chat_file, pair_file, tmp_path, method
):
    out = tmp_path / "out"
    data = chat_file if method == "grpo" else pair_file
    own = ("--samples", "4", "--max-completion-tokens", "8") if method == "grpo" else ()
    words = (method, "--base", tiny_base, "--data", data, "--out", out, *SIZE, *STEPS, *own)
    run_train(*words, "--keep-checkpoints")
    straight, n_tokens = load_file(out / ADAPTER), find_record(out).metrics["num_tokens"]
    # As a kill behind the fourth step would leave it.
    (out / "run.json").unlink()
    (out / ADAPTER).unlink()
    shutil.rmtree(out / "checkpoints" / "checkpoint-6")

    run_train(*words)
    steps = [row["step"] for row in read_metrics(out / "metrics.jsonl") if "loss" in row]
    assert steps == [1, 2, 3, 4, 5, 6]
    assert find_record(out).n_steps == 6
    assert find_record(out).metrics["num_tokens"] == n_tokens
    for name, value in load_file(out / ADAPTER).items():
        torch.testing.assert_close(value, straight[name], rtol=1e-4, atol=1e-5)
