"""Two processes that train together take the steps of one, and leave one result."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.training.record import find_record
from engine.training.tune.callback import read_metrics

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 240
N_STEPS = 6
ADAPTER = "adapter_model.safetensors"


def words(base, data, out):
    # Dropout falls elsewhere in each process.
    size = ["--max-tokens", "64", "--micro-rows", "4", "--batch-rows", "8", "--dropout", "0"]
    steps = f"--max-steps {N_STEPS} --save-steps 3 --log-steps 1 --learning-rate 1e-2".split()
    files = ("--base", base, "--data", data, "--dev", data, "--out", out, "--device", "cpu")
    return [str(word) for word in ("sft", *files)] + size + steps


@pytest.fixture(scope="module")
def together(tiny_base, chat_file, tmp_path_factory):
    """What two processes leave, and what they say."""
    out = tmp_path_factory.mktemp("processes") / "out"
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", "2", "-m", "scripts.svend.main", "train"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    process = subprocess.Popen(
        [*command, *words(tiny_base, chat_file, out)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=PATIENCE_S)
    finally:
        if process.poll() is None:
            # The launcher's own end would leave its workers.
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    assert process.returncode == 0, said
    return out, said


@pytest.fixture(scope="module")
def alone(run_train, tiny_base, chat_file, tmp_path_factory):
    out = tmp_path_factory.mktemp("process") / "out"
    run_train(*words(tiny_base, chat_file, out))
    return out


def losses(out, name):
    return [row[name] for row in read_metrics(out / "metrics.jsonl") if name in row]


@pytest.mark.parametrize("name", ["loss", "eval_loss"])
def test_the_losses_are_those_of_one_process(together, alone, name):
    assert losses(together[0], name) == pytest.approx(losses(alone, name), rel=1e-3)


def test_the_gradients_are_those_of_one_process(together, alone):
    ours, theirs = load_file(together[0] / ADAPTER), load_file(alone / ADAPTER)
    assert set(ours) == set(theirs)
    for name, value in ours.items():
        torch.testing.assert_close(value, theirs[name], rtol=1e-2, atol=1e-3)


def test_one_process_writes_for_both(together):
    out, said = together
    record = find_record(out)
    assert (record.n_steps, record.device) == (N_STEPS, "cpu x2 fp32")
    rows = read_metrics(out / "metrics.jsonl")
    assert [row["step"] for row in rows if "loss" in row] == list(range(1, N_STEPS + 1))
    assert not (out / "checkpoints").exists()
    assert said.count("memory, at most") == 1
