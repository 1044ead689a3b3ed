"""A run tells services of itself, and ends whatever becomes of them."""

from __future__ import annotations

import pytest

from engine.training.datasets.file import write_examples
from engine.training.record import find_record
from engine.training.tune import library, tracking
from engine.training.tune.job import Report
from engine.training.tune.settings import Device
from engine.training.verifier.job import VerifierRun
from engine.training.verifier.settings import VerifierSettings
from engine.training.verifier.train_run import train_verifier
from tests.unit.engine.training.verifier import made_up


class FailingTracker:
    """A service that takes the figures of one step, and then no more."""

    def __init__(self):
        self.run = None
        self.steps = []
        self.ends = []

    def log(self, numbers, step):
        if self.steps:
            raise OSError("no space left")
        self.steps.append(step)
        assert "loss" in numbers

    def end(self, *, is_finished):
        self.ends.append(is_finished)


@pytest.fixture
def service(monkeypatch):
    """A service in MLflow's place."""
    tracker = FailingTracker()

    def begin(run):
        tracker.run = run
        return tracker

    monkeypatch.setitem(library._PACKAGES, Report.MLFLOW, ("json", "tracking"))
    monkeypatch.setitem(tracking._OPENERS, Report.MLFLOW, begin)
    return tracker


def test_tuning_goes_on_without_a_service_that_fails(
    service, run_train, tiny_base, chat_file, tmp_path
):
    out = tmp_path / "out"
    size = ("--max-tokens", "64", "--micro-rows", "4", "--batch-rows", "4", "--log-steps", "1")
    files = ("--base", tiny_base, "--data", chat_file, "--out", out, "--device", "cpu")
    run_train("sft", *files, *size, "--max-steps", "2", "--report-to", "mlflow")
    record = find_record(out)
    assert record.n_steps == 2
    assert (service.steps, service.ends) == ([1], [True])
    told = service.run.settings
    assert (told["method"], told["lora.rank"], told["device"]) == ("sft", 16, "cpu x1 fp32")
    assert (told["fingerprint"], told["base"]) == (record.fingerprint, "tiny")
    assert not any(str(tmp_path.parent) in str(value) for value in told.values())


def test_a_verifiers_training_goes_on_without_a_service_that_fails(service, tmp_path):
    made_up.write_base(tmp_path / "base", made_up.make_tokenizer())
    write_examples(tmp_path / "train.jsonl", made_up.make_chains(4, seed=1))
    write_examples(tmp_path / "dev.jsonl", made_up.make_chains(2, seed=2))
    run = VerifierRun(
        base=tmp_path / "base",
        is_encoder=False,
        chains=(tmp_path / "train.jsonl",),
        dev=(tmp_path / "dev.jsonl",),
        out_dir=tmp_path / "out",
        reports=(Report.MLFLOW,),
    )
    size = {"batch_rows": 4, "micro_rows": 4, "max_steps": 2, "log_steps": 1}
    record = train_verifier(run, VerifierSettings(device=Device.CPU, **size))
    assert record.n_steps == 2
    assert (service.steps, service.ends) == ([1], [True])
    assert service.run.settings["fingerprint"] == record.fingerprint
