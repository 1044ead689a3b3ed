"""The journal keeps every reply once, whatever ended the process that wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training.errors import DatasetError
from engine.training.generation.journal import Entry, Sample, open_journal

SETTINGS = {"kind": "solutions", "seed": 1}


def entry(name, text="a=1"):
    return Entry(request_id=name, samples=(Sample(text=text),), tokens_in=3, tokens_out=2)


def write(path, *entries):
    with open_journal(path, SETTINGS) as journal:
        for each in entries:
            journal.add(each)


def read(path):
    with open_journal(path, SETTINGS) as journal:
        return dict(journal.entries)


def test_entries_come_back(tmp_path):
    found = Entry(
        request_id="math-1",
        samples=(Sample(text="line\nbreak \u2028", is_cut=True), Sample(text="")),
        tokens_in=5,
        tokens_out=7,
    )
    write(tmp_path / "new" / "journal.jsonl", found)
    assert read(tmp_path / "new" / "journal.jsonl") == {"math-1": found}


@given(n_kept=st.integers(0, 400))
def test_any_torn_end_loses_only_the_torn_line(tmp_path_factory, n_kept):
    path = tmp_path_factory.mktemp("torn") / "journal.jsonl"
    write(path, entry("a"), entry("b"))
    data = path.read_bytes()[:n_kept]
    path.write_bytes(data)
    n_whole = max(0, data.count(b"\n") - 1)
    assert list(read(path)) == ["a", "b"][:n_whole]
    write(path, entry("c"))
    assert list(read(path)) == [*["a", "b"][:n_whole], "c"]


def test_second_reply_to_one_request_counts_for_nothing(tmp_path):
    path = tmp_path / "journal.jsonl"
    write(path, entry("a", "first"), entry("a", "second"))
    assert read(path)["a"].samples[0].text == "first"
    assert path.read_bytes().count(b"\n") == 2


def test_other_settings_are_refused_by_name(tmp_path):
    path = tmp_path / "journal.jsonl"
    write(path, entry("a"))
    with (
        pytest.raises(DatasetError, match="another seed"),
        open_journal(path, {**SETTINGS, "seed": 2}),
    ):
        pass


def test_two_processes_cannot_write_one_journal(tmp_path):
    path = tmp_path / "journal.jsonl"
    with (
        open_journal(path, SETTINGS),
        pytest.raises(DatasetError, match="another process"),
        open_journal(path, SETTINGS),
    ):
        pass


@pytest.mark.parametrize("line", [b"nonsense\n", b'{"id": "a"}\n'], ids=["no JSON", "no entry"])
def test_broken_line_inside_is_told(tmp_path, line):
    path = tmp_path / "journal.jsonl"
    write(path, entry("a"))
    with path.open("ab") as file:
        file.write(line)
    write_after = pytest.raises(DatasetError, match=r"line 3|no such reply")
    with write_after, open_journal(path, SETTINGS):
        pass


def test_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(DatasetError),
        open_journal(tmp_path / "file" / "journal.jsonl", SETTINGS),
    ):
        pass
