"""Files are streamed, appear whole, and a fault names its line."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from engine.training.datasets import json_lines
from engine.training.datasets.file import read_examples, write_examples
from engine.training.datasets.json_lines import render_line
from engine.training.datasets.row import to_row
from engine.training.errors import DatasetError
from tests.unit.engine.training.datasets.made_up import ONE_OF_EACH, talk


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "deep" / "set.jsonl"

    assert write_examples(path, iter(ONE_OF_EACH)) == len(ONE_OF_EACH)
    assert tuple(read_examples(path)) == ONE_OF_EACH


def test_rows_are_read_as_they_are_asked_for(tmp_path):
    path = tmp_path / "set.jsonl"
    path.write_bytes(render_line(to_row(talk())) + b"no JSON\n")
    reader = read_examples(path)

    assert next(reader) == talk()
    with pytest.raises(DatasetError):
        next(reader)


def test_line_separators_inside_of_texts_end_no_line(tmp_path):
    path = tmp_path / "set.jsonl"
    odd = talk("One\u2028two\u0085three\r\nfour")
    write_examples(path, [odd])

    assert list(read_examples(path)) == [odd]


def test_a_file_appears_only_whole(tmp_path):
    path = tmp_path / "set.jsonl"
    write_examples(path, [talk()])

    def failing():
        yield talk("Another?")
        raise DatasetError("broken")

    with pytest.raises(DatasetError, match="broken"):
        write_examples(path, failing())
    assert list(read_examples(path)) == [talk()]
    assert [entry.name for entry in tmp_path.iterdir()] == ["set.jsonl"]


def test_what_a_killed_process_left_is_cleared_away(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, of_another_file = (
        tmp_path / f".{name}.jsonl.{gone.pid}.partial" for name in ("set", "sets")
    )
    of_a_running_process = tmp_path / f".set.jsonl.{os.getppid()}.partial"
    for path in (left, of_another_file, of_a_running_process):
        path.write_text("half")
    write_examples(tmp_path / "set.jsonl", [talk()])
    assert not left.exists()
    assert of_another_file.exists()
    assert of_a_running_process.exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"\n\n{]\n", r"set\.jsonl, line 3: not JSON", id="no JSON"),
        pytest.param(b"[1]\n", "line 1: not a JSON object but list", id="no object"),
        pytest.param(b'{"messages": NaN}\n', "line 1: not JSON: NaN", id="NaN"),
        pytest.param(b'{"messages": 1e999}\n', "line 1: not JSON: 1e999", id="infinity"),
        pytest.param(b'{"a": "\xff"}\n', "line 1: not JSON", id="no UTF-8"),
        pytest.param(b'{"messages": []}', "line 1: `messages` is empty", id="no example"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path, data, words):
    path = tmp_path / "set.jsonl"
    path.write_bytes(data)
    with pytest.raises(DatasetError, match=words):
        list(read_examples(path))


def test_a_line_without_an_end_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(json_lines, "MAX_LINE_BYTES", 20)
    path = tmp_path / "set.jsonl"
    path.write_bytes(b"{}\n" + b"x" * 50)
    with pytest.raises(DatasetError, match="line 2: longer than 20 bytes"):
        list(json_lines.read_lines(path))


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(DatasetError, match=r"gone\.jsonl: No such file"):
        list(read_examples(tmp_path / "gone.jsonl"))


def test_a_place_that_cannot_be_written_is_a_fault(tmp_path):
    (tmp_path / "set").write_text("a file")
    with pytest.raises(DatasetError):
        write_examples(tmp_path / "set" / "below.jsonl", [talk()])
