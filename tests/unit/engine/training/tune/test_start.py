"""A run begins at nothing, or where the same run was broken off."""

from __future__ import annotations

import json

import pytest

from engine.training.errors import TrainingError
from engine.training.record import RunRecord, find_record, write_record
from engine.training.tune.checkpoint import mark_whole
from engine.training.tune.start import begin, find_done


def make_checkpoint(out, step):
    folder = out / "checkpoints" / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    (folder / "weights").write_text("w")
    mark_whole(folder)
    return folder


def test_a_run_goes_on_from_its_last_whole_checkpoint(tmp_path):
    assert begin(tmp_path, "this", resumes=True).checkpoint is None
    make_checkpoint(tmp_path, 5)
    whole = make_checkpoint(tmp_path, 10)
    torn = make_checkpoint(tmp_path, 15)
    (torn / "weights").unlink()
    rows = [{"step": 10, "elapsed_s": 3.0}, {"step": 15, "elapsed_s": 9.0}]
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    start = begin(tmp_path, "this", resumes=True)
    assert (start.checkpoint, start.elapsed_s) == (whole, 3.0)
    assert not torn.exists()


@pytest.mark.parametrize("identity", [None, "", '{"fingerprint": "that"}'])
def test_checkpoints_of_another_run_or_of_none_known_are_refused(tmp_path, identity):
    folder = make_checkpoint(tmp_path, 5)
    if identity is not None:
        (folder.parent / "identity.json").write_text(identity)
    with pytest.raises(TrainingError, match="other settings"):
        begin(tmp_path, "this", resumes=True)


def test_a_fresh_run_is_not_taken_for_the_finished_one_before_it(tmp_path):
    write_record(tmp_path, RunRecord(method="sft", fingerprint="this", base="b"))
    make_checkpoint(tmp_path, 5)
    assert find_done(tmp_path, "this") is not None
    with pytest.raises(TrainingError, match="another run"):
        find_done(tmp_path, "that")
    assert begin(tmp_path, "this", resumes=False).checkpoint is None
    assert find_record(tmp_path) is None
    assert find_done(tmp_path, "this") is None
