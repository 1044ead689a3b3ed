"""A record is read as it was written, and a folder without one is not whole."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training.errors import TrainingError
from engine.training.record import (
    DataFile,
    RunRecord,
    file_digest,
    find_record,
    fingerprint_of,
    get_record,
    library_versions,
    weights_digest,
    write_record,
)

RECORD = RunRecord(
    method="sft",
    fingerprint="0" * 32,
    base="tiny",
    data=(DataFile(name="rows.jsonl", sha256="a" * 64, n_rows=3),),
    dev=(DataFile(name="dev.jsonl", sha256="b" * 64, n_rows=1),),
    settings={"seed": 1, "lora": None},
    metrics={"loss": 0.5},
)


def test_a_record_is_read_as_it_was_written(tmp_path):
    write_record(tmp_path, RECORD)
    assert get_record(tmp_path) == RECORD
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_a_folder_without_a_record_has_none(tmp_path):
    assert find_record(tmp_path) is None
    with pytest.raises(TrainingError, match="no finished run"):
        get_record(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"data": [{"x": 1}], "dev": []}'], ids=str)
def test_a_record_that_cannot_be_read_is_named(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(TrainingError, match=r"run\.json is no record"):
        find_record(tmp_path)


@given(st.dictionaries(st.text(max_size=4), st.integers(), min_size=2, max_size=6))
def test_a_fingerprint_does_not_depend_on_order(values):
    backwards = dict(reversed(values.items()))
    assert fingerprint_of(values) == fingerprint_of(backwards)
    changed = {**values, next(iter(values)): "other"}
    assert fingerprint_of(values) != fingerprint_of(changed)


def test_a_file_is_digested_whole(tmp_path):
    path = tmp_path / "large"
    data = bytes(range(256)) * 8_200
    path.write_bytes(data)
    assert file_digest(path) == hashlib.sha256(data).hexdigest()


def test_weights_are_digested_over_all_their_files(tmp_path):
    assert weights_digest(tmp_path / "nowhere") == ""
    (tmp_path / "model-2.safetensors").write_bytes(b"b")
    (tmp_path / "model-1.safetensors").write_bytes(b"a")
    (tmp_path / "config.json").write_text("{}")
    assert weights_digest(tmp_path) == hashlib.sha256(b"ab").hexdigest()


def test_versions_are_those_of_what_is_installed():
    assert library_versions()["torch"]
