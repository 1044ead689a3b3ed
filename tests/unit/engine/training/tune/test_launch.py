"""What a run takes is said in plain figures before it begins."""

from __future__ import annotations

import pytest

from engine.training.errors import TrainingError
from engine.training.tune import library
from engine.training.tune.arguments import count_micro_batches
from engine.training.tune.job import Report, TuneJob, identify
from engine.training.tune.launch import count_trained_on, foresee, render_outlook
from engine.training.tune.library import require_reports
from engine.training.tune.options import read_schemas
from engine.training.tune.preset import get_preset
from engine.training.tune.rows import RowSet
from engine.training.tune.settings import (
    Device,
    GrpoSettings,
    Method,
    Precision,
    TuneSettings,
)

SETTINGS = TuneSettings(device=Device.CPU, precision=Precision.BF16)


def make_job(tmp_path, **rest):
    values = {"method": Method.SFT, "base": "no/model", "rows": RowSet(), "settings": SETTINGS}
    return TuneJob(**{**values, **rest}, out_dir=tmp_path / "out")


def test_a_model_that_is_not_at_hand_is_estimated_from_its_preset(tmp_path):
    job = make_job(tmp_path)
    outlook = foresee(job, get_preset("qwen2.5-14b").dimensions)
    assert outlook.estimate.n_parameters == 14_770_033_664
    text = render_outlook(job, outlook)
    assert "of 14,770,033,664 weights" in text
    assert "memory, at most: " in text


def test_an_unknown_model_is_not_estimated_and_not_refused(tmp_path):
    job = make_job(tmp_path)
    outlook = foresee(job)
    assert outlook.fits
    assert "not estimated" in render_outlook(job, outlook)


def test_development_rows_that_are_trained_on_are_counted(tmp_path):
    rows = [{"prompt": text, "completion": "b"} for text in "abc"]
    job = make_job(tmp_path, rows=RowSet(rows=tuple(rows[:2])))
    assert count_trained_on(job) == 0
    dev = RowSet(rows=tuple(dict(row) for row in rows[1:]))
    assert count_trained_on(make_job(tmp_path, rows=job.rows, dev=dev)) == 1


def test_what_is_too_large_does_not_fit(tmp_path):
    job = make_job(tmp_path, settings=TuneSettings(device=Device.CPU, lora=None))
    assert not foresee(job, get_preset("qwen2.5-14b").dimensions).fits


def test_sampled_tokens_are_foreseen(tmp_path):
    dimensions = get_preset("svend-mini").dimensions
    few, many = (
        foresee(
            make_job(tmp_path, method=Method.GRPO, own=GrpoSettings(max_completion_tokens=n)),
            dimensions,
        ).estimate.activations
        for n in (1, 1_000)
    )
    assert many > 1.5 * few


def test_everything_that_matters_changes_the_identity(tmp_path):
    jobs = [
        make_job(tmp_path),
        make_job(tmp_path, base="other/model"),
        make_job(tmp_path, method=Method.DPO),
        make_job(tmp_path, control="rejection-sampling"),
        make_job(tmp_path, schemas={"calculator": {"name": "calculator"}}),
        make_job(tmp_path, settings=TuneSettings(seed=2)),
    ]
    assert len({identify(job).fingerprint for job in jobs}) == len(jobs)


def test_where_it_runs_to_and_what_it_reports_to_change_nothing(tmp_path):
    job = make_job(tmp_path)
    other = make_job(tmp_path / "elsewhere", reports=(), keeps_checkpoints=True, is_forced=True)
    assert identify(job) == identify(other)


def test_rows_are_shared_by_the_processes():
    settings = TuneSettings(batch_rows=32, micro_rows=4)
    assert count_micro_batches(settings, 1) == 8
    assert count_micro_batches(settings, 4) == 2
    with pytest.raises(TrainingError, match="multiple of 12"):
        count_micro_batches(settings, 3)


def test_a_service_is_taken_only_where_its_library_is_there(monkeypatch):
    monkeypatch.setitem(library._PACKAGES, Report.WANDB, ("no_such_package", "tracking"))
    # The first that is missing is named, so the one before it was taken.
    fault = r"--report-to wandb needs the package no_such_package.*'svend\[tracking\]'"
    with pytest.raises(TrainingError, match=fault):
        require_reports((Report.TENSORBOARD, Report.WANDB))


def test_a_folder_that_a_service_leaves_is_not_taken_for_its_library(tmp_path, monkeypatch):
    (tmp_path / "left_behind").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(library._PACKAGES, Report.WANDB, ("left_behind", "tracking"))
    with pytest.raises(TrainingError, match="which is not installed"):
        require_reports((Report.WANDB,))


def test_tools_are_described_as_the_command_prints_them(tmp_path):
    path = tmp_path / "tools.json"
    path.write_text('{"tools": [{"name": "add", "summary": "Adds.", "input_schema": {}}]}')
    expected = {"name": "add", "description": "Adds.", "parameters": {}}
    assert read_schemas(path) == {"add": expected}


@pytest.mark.parametrize(
    "text",
    [
        '[{"name": "add", "description": ""}]',
        '[{"type": "function", "function": {"name": "add", "description": ""}}]',
    ],
    ids=["bare", "wrapped"],
)
def test_tools_are_described_bare_or_wrapped(tmp_path, text):
    path = tmp_path / "tools.json"
    path.write_text(text)
    assert read_schemas(path) == {"add": {"name": "add", "description": ""}}


@pytest.mark.parametrize("text", ["{", "3", "[3]", "[{}]"], ids=str)
def test_a_file_that_describes_no_tools_is_named(tmp_path, text):
    path = tmp_path / "tools.json"
    path.write_text(text)
    with pytest.raises(TrainingError, match="no JSON list of functions"):
        read_schemas(path)
