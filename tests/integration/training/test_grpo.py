"""`svend train grpo`: what is executed and right is said more often."""

from __future__ import annotations

import pytest

from engine.training.record import find_record
from engine.training.tune.callback import read_metrics

SIZE = ("--max-tokens", "32", "--log-steps", "1")


@pytest.fixture(scope="module")
def undecided(run_train, tiny_base, write_rows, tmp_path_factory):
    """A model that answers right and wrong equally often."""
    out = tmp_path_factory.mktemp("undecided") / "out"
    rows = [
        {"prompt": f"{n} plus 1:", "completion": f"a={n}{sign}1<ans>a"}
        for n in range(1, 9)
        for sign in "+-"
    ]
    data = write_rows("both.jsonl", rows)
    words = ("sft", "--full", "--base", tiny_base, "--data", data, "--out", out, *SIZE)
    run_train(
        *words,
        "--batch-rows",
        "16",
        "--micro-rows",
        "16",
        "--epochs",
        "50",
        "--learning-rate",
        "1e-2",
    )
    return out


def test_the_reward_rises(run_train, undecided, write_rows, tmp_path):
    out = tmp_path / "out"
    tasks = [{"prompt": f"{n} plus 1:", "answer": str(n + 1)} for n in range(1, 9)]
    data = write_rows("tasks.jsonl", tasks)
    words = ("grpo", "--base", undecided, "--data", data, "--dev", data, "--out", out, *SIZE)
    run_train(
        *words,
        "--batch-rows",
        "16",
        "--micro-rows",
        "16",
        "--samples",
        "4",
        "--max-completion-tokens",
        "10",
        "--max-steps",
        "16",
        "--save-steps",
        "16",
        "--learning-rate",
        "1e-2",
    )
    rewards = [row["reward"] for row in read_metrics(out / "metrics.jsonl") if "reward" in row]
    assert sum(rewards[:3]) / 3 < 0.8
    assert sum(rewards[-3:]) / 3 > 0.9
    record = find_record(out)
    assert record.method == "grpo"
    assert record.metrics["eval_reward"] > 0.9


def test_a_batch_of_no_whole_groups_is_refused(run_train, tiny_base, write_rows, tmp_path):
    data = write_rows("tasks.jsonl", [{"question": "1 plus 1?", "answer": "2"}])
    words = ("grpo", "--base", tiny_base, "--data", data, "--out", tmp_path / "out")
    output = run_train(*words, "--batch-rows", "6", "--micro-rows", "2", fails=True)
    assert "no whole groups of 8" in output
