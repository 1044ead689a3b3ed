"""`svend train reward`: the better chain gets the higher number."""

from __future__ import annotations

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from engine.training.record import find_record
from tests.integration.training.conftest import pair_row


def score(model, tokenizer, messages):
    ids = tokenizer.apply_chat_template(messages, return_tensors="pt", return_dict=True)
    with torch.no_grad():
        return float(model.eval()(**ids).logits[0, 0])


def test_the_chosen_chain_scores_higher_after_merging(run_train, tiny_base, pair_file, tmp_path):
    out, merged = tmp_path / "out", tmp_path / "merged"
    size = ("--max-tokens", "64", "--micro-rows", "8", "--batch-rows", "8", "--log-steps", "1")
    words = ("reward", "--base", tiny_base, "--data", pair_file, "--dev", pair_file, "--out", out)
    run_train(*words, *size, "--max-steps", "10", "--save-steps", "5", "--learning-rate", "5e-3")
    assert find_record(out).metrics["eval_accuracy"] > 0.9

    run_train("merge", "--adapter", out, "--base", tiny_base, "--out", merged)
    model = AutoModelForSequenceClassification.from_pretrained(merged)
    tokenizer = AutoTokenizer.from_pretrained(merged)
    assert model.config.num_labels == 1
    for row in (pair_row(25, 3), pair_row(40, 2)):
        chosen, rejected = (row["prompt"] + row[name] for name in ("chosen", "rejected"))
        assert score(model, tokenizer, chosen) > score(model, tokenizer, rejected)
