"""A run that is killed goes on from its last whole checkpoint, to the same end."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.training.record import find_record
from engine.training.tune.callback import read_metrics
from engine.training.tune.checkpoint import find_last_whole
from engine.training.tune.start import hold_alone
from ops.process import wait_until
from tests.integration.training.conftest import chat_row

ROOT = Path(__file__).resolve().parents[3]
N_STEPS = 80
PATIENCE_S = 120
ADAPTER = "adapter_model.safetensors"


def words(base, data, out):
    size = ("--max-tokens", "64", "--micro-rows", "2", "--batch-rows", "4", "--log-steps", "1")
    steps = ("--max-steps", str(N_STEPS), "--save-steps", "3", "--learning-rate", "1e-2")
    return [str(word) for word in ("sft", "--base", base, "--data", data, "--out", out)] + [
        *size,
        *steps,
    ]


def kill_at_a_checkpoint(arguments, work_dir):
    """Start the command as a process and kill it once a whole checkpoint is there."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.svend.main", "train", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        assert wait_until(lambda: find_last_whole(work_dir) or process.poll(), PATIENCE_S)
        assert process.poll() is None, process.stdout.read().decode()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    return process.returncode


@pytest.fixture(scope="module")
def killed_and_resumed(run_train, tiny_base, chat_file, tmp_path_factory):
    out = tmp_path_factory.mktemp("killed") / "out"
    arguments = words(tiny_base, chat_file, out)
    assert kill_at_a_checkpoint(arguments, out / "checkpoints") == -signal.SIGKILL
    whole = int(find_last_whole(out / "checkpoints").name.rpartition("-")[2])
    # What a kill in the middle of a later save would leave.
    torn = out / "checkpoints" / f"checkpoint-{whole + 3}"
    torn.mkdir(exist_ok=True)
    (torn / ADAPTER).write_bytes(b"torn")
    return out, whole, run_train(*arguments)


def test_a_killed_run_ends_at_its_last_step(killed_and_resumed):
    out, whole, _ = killed_and_resumed
    record = find_record(out)
    assert 0 < whole < N_STEPS
    assert record.n_steps == N_STEPS
    assert not (out / "checkpoints").exists()


def test_no_step_stands_twice_in_the_metrics(killed_and_resumed):
    out, _, _ = killed_and_resumed
    rows = read_metrics(out / "metrics.jsonl")
    assert [row["step"] for row in rows if "loss" in row] == list(range(1, N_STEPS + 1))
    elapsed = [row["elapsed_s"] for row in rows]
    assert elapsed == sorted(elapsed)


def test_tokens_are_counted_over_the_whole_run(
    killed_and_resumed, run_train, tiny_base, chat_file, tmp_path
):
    out, _, _ = killed_and_resumed
    run_train(*words(tiny_base, chat_file, tmp_path))
    ours, theirs = (
        [row["num_tokens"] for row in read_metrics(folder / "metrics.jsonl") if "loss" in row]
        for folder in (out, tmp_path)
    )
    assert ours == theirs
    assert find_record(out).metrics["num_tokens"] == theirs[-1] > theirs[0]


def test_of_an_epoch_that_is_gone_on_with_the_library_says_nothing(
    run_train, tiny_base, write_rows, tmp_path, caplog
):
    caplog.set_level(logging.INFO)
    data, out = write_rows("few.jsonl", [chat_row(n, 1) for n in range(8)]), tmp_path / "out"
    short = [*words(tiny_base, data, out), "--max-steps", "2", "--save-steps", "1"]
    run_train(*short, "--keep-checkpoints")
    # As a kill in the middle of the epoch would leave it.
    (out / "run.json").unlink()
    shutil.rmtree(out / "checkpoints" / "checkpoint-2")
    caplog.clear()
    run_train(*short)
    assert "resumed step=1" in caplog.text
    assert not [one for one in caplog.records if one.name.startswith("accelerate")]


def test_a_killed_run_ends_where_an_unbroken_one_ends(
    killed_and_resumed, run_train, tiny_base, chat_file, tmp_path
):
    out, _, _ = killed_and_resumed
    straight = tmp_path / "straight"
    run_train(*words(tiny_base, chat_file, straight))
    ours, theirs = load_file(out / ADAPTER), load_file(straight / ADAPTER)
    assert set(ours) == set(theirs)
    for name, value in ours.items():
        torch.testing.assert_close(value, theirs[name], rtol=1e-4, atol=1e-5)
    assert find_record(out).fingerprint == find_record(straight).fingerprint


def test_checkpoints_of_other_settings_are_not_gone_on_from(
    run_train, tiny_base, chat_file, tmp_path
):
    out = tmp_path / "out"
    arguments = words(tiny_base, chat_file, out)
    short = [*arguments, "--max-steps", "3", "--keep-checkpoints"]
    run_train(*short)
    (out / "run.json").unlink()
    longer = [*arguments, "--max-steps", "4"]
    assert "other settings" in run_train(*longer, fails=True)
    run_train(*longer, "--fresh")
    assert find_record(out).n_steps == 4


def test_two_processes_do_not_train_into_one_folder(run_train, tiny_base, chat_file, tmp_path):
    arguments = words(tiny_base, chat_file, tmp_path)
    with hold_alone(tmp_path):
        assert "another process trains" in run_train(*arguments, fails=True)
    run_train(*arguments, "--max-steps", "1")
