"""Metrics stand once a step; the chosen turns are watched."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from transformers import TrainerControl

from engine.training.tune.callback import (
    WATCHED_LOGS,
    ChosenWatch,
    MetricsLog,
    ProgressBar,
    has_fallen,
    last_metrics,
    read_metrics,
)


def at(step, *, leads=True, history=(), max_steps=10):
    return SimpleNamespace(
        global_step=step,
        is_world_process_zero=leads,
        log_history=list(history),
        max_steps=max_steps,
    )


def test_metrics_are_lines_with_step_and_time(tmp_path):
    log = MetricsLog(tmp_path / "m.jsonl", begun_s=100)
    log.on_log(None, at(3), None, logs={"loss": 0.5, "name": "no number", "flag": True})
    [row] = read_metrics(tmp_path / "m.jsonl")
    assert (row["step"], row["loss"]) == (3, 0.5)
    assert row["elapsed_s"] >= 100
    assert set(row) == {"step", "loss", "elapsed_s"}


def test_what_lies_beyond_the_checkpoint_is_taken_back(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_text("".join(json.dumps({"step": n}) + "\n" for n in range(1, 6)) + '{"step": 6, ')
    MetricsLog(path).on_train_begin(None, at(3), None)
    assert [row["step"] for row in read_metrics(path)] == [1, 2, 3]


def test_one_process_writes(tmp_path):
    log = MetricsLog(tmp_path / "m.jsonl")
    log.on_log(None, at(1, leads=False), None, logs={"loss": 1})
    log.on_log(None, at(1), None, logs={})
    assert read_metrics(tmp_path / "m.jsonl") == []


def test_the_last_value_of_each_metric_is_kept():
    rows = [{"step": 1, "loss": 2.0, "elapsed_s": 1}, {"step": 2, "loss": 1.0}, {"eval_loss": 3.0}]
    assert last_metrics(rows) == {"loss": 1.0, "eval_loss": 3.0}


@pytest.mark.parametrize(
    ("rewards", "fallen"),
    [
        ([-0.2] * WATCHED_LOGS, True),
        ([0.5] * 20 + [-0.2] * WATCHED_LOGS, True),
        ([-0.2] * (WATCHED_LOGS - 1), False),
        ([-0.05] * WATCHED_LOGS, False),
        ([-9.0] * 20 + [0.0] * WATCHED_LOGS, False),
        ([], False),
    ],
    ids=["fallen", "late", "too-soon", "a-little", "risen-again", "nothing"],
)
def test_a_lasting_fall_of_the_chosen_turns_is_seen(rewards, fallen):
    # With beta 0.1 a reward of -0.2 is a fall by 2 nats.
    assert has_fallen(rewards, beta=0.1, max_drop=1.0) == fallen


def test_a_fall_stops_the_run_and_says_why():
    watch, control = ChosenWatch(beta=0.1, max_drop=1.0), TrainerControl()
    watch.on_log(None, at(9, history=[{"rewards/chosen": -1.0}, {"loss": 1}] * 5), control)
    assert control.should_training_stop
    assert "1.0 nats" in watch.reason


def test_no_fall_stops_nothing():
    watch, control = ChosenWatch(beta=0.1, max_drop=1.0), TrainerControl()
    watch.on_log(None, at(9, history=[{"rewards/chosen": 1.0}] * 9), control)
    assert not control.should_training_stop
    assert watch.reason == ""


def test_a_terminal_sees_a_bar(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    bar = ProgressBar()
    bar.on_train_begin(None, at(0), None)
    bar.on_step_end(None, at(5), None)
    bar.on_log(None, at(5), None, logs={"loss": 0.25})
    bar.on_log(None, at(5), None, logs={"other": 1})
    bar.on_train_end(None, at(10), None)
    assert "loss=0.25" in capsys.readouterr().err


def test_a_pipe_sees_lines(caplog, monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    caplog.set_level("INFO")
    bar = ProgressBar()
    bar.on_train_begin(None, at(0), None)
    bar.on_step_end(None, at(5), None)
    bar.on_log(None, at(5), None, logs={"loss": 0.25})
    bar.on_train_end(None, at(10), None)
    assert "step=5 of=10 loss=0.25" in caplog.text
