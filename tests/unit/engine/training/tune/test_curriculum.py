"""A file of stages is read whole, and its faults are told in the words of the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.training.errors import TrainingError
from engine.training.tune.curriculum import read_curriculum

HEAD = 'base = "m"\nout = "runs"\n'
STAGE = '[[stage]]\nname = "a"\nmethod = "sft"\ndata = ["rows.jsonl"]\n'


def read(tmp_path, text):
    path = tmp_path / "stages.toml"
    path.write_text(text)
    return read_curriculum(path)


def test_paths_are_relative_to_the_file(tmp_path):
    found = read(tmp_path, f'{HEAD}{STAGE}dev = ["dev.jsonl"]\npreset = "mine.toml"\n')
    [stage] = found.stages
    assert found.out_dir == tmp_path / "runs"
    assert stage.data == (tmp_path / "rows.jsonl",)
    assert stage.dev == (tmp_path / "dev.jsonl",)
    assert Path(stage.preset) == tmp_path / "mine.toml"


def test_a_shipped_preset_is_a_name_and_no_path(tmp_path):
    [stage] = read(tmp_path, f'{HEAD}{STAGE}preset = "llama-3-8b"\n').stages
    assert stage.preset == "llama-3-8b"


def test_a_folder_beside_the_file_is_the_base(tmp_path):
    (tmp_path / "m").mkdir()
    assert read(tmp_path, HEAD + STAGE).base == str(tmp_path / "m")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "base is missing"),
        ("base = 3\n", "base is no text"),
        ('base = "m"\n', "out is missing"),
        (HEAD, r"no \[\[stage\]\]"),
        (HEAD + "stage = 3\n", r"no \[\[stage\]\]"),
        (HEAD + "stage = [3]\n", "stage 1 is no table"),
        (HEAD + 'seed = 1\n[[stage]]\nname = "a"\n', "unknown key 'seed'"),
        (HEAD + '[[stage]]\nmethod = "sft"\n', "stage 1: name is missing"),
        (HEAD + '[[stage]]\nname = 3\nmethod = "sft"\n', "stage 3: name is 3, not a text"),
        (HEAD + '[[stage]]\nname = "a"\n', "stage a: method is missing"),
        (HEAD + '[[stage]]\nname = "a"\nmethod = "magic"\n', "no method 'magic'; known: sft"),
        (HEAD + '[[stage]]\nname = "a"\nmethod = "sft"\n', "stage a: data is missing"),
        (HEAD + STAGE.replace('["rows.jsonl"]', '"rows.jsonl"'), "stage a: data is no list"),
        (HEAD + STAGE + 'max_rows = "ten"\n', "max_rows is 'ten', not a whole number"),
        (HEAD + STAGE + "max_rows = true\n", "max_rows is True, not a whole number"),
        (HEAD + STAGE + "settings = 3\n", "settings is 3, not a table"),
        (HEAD + STAGE + "colour = 3\n", "unknown setting 'colour'; known: data, dev"),
        (HEAD + STAGE.replace('"a"', '"../a"'), "no name of a folder"),
        (HEAD + STAGE * 2, "two stages have one name"),
        (HEAD + STAGE.replace("sft", "merge"), "takes no data"),
    ],
    ids=lambda text: text[-40:],
)
def test_a_fault_is_told_by_stage_and_key(tmp_path, text, fault):
    with pytest.raises(TrainingError, match=fault) as caught:
        read(tmp_path, text)
    assert "__init__" not in str(caught.value)
