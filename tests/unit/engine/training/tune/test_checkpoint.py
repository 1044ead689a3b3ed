"""Only a whole checkpoint is gone on from."""

from __future__ import annotations

import shutil

from engine.training.tune.checkpoint import (
    MARK_FILE,
    drop_torn,
    find_last_whole,
    is_whole,
    list_checkpoints,
    mark_whole,
)


def make(work_dir, step, *, marked=True):
    folder = work_dir / f"checkpoint-{step}"
    (folder / "inner").mkdir(parents=True)
    (folder / "weights").write_bytes(b"12345")
    (folder / "inner" / "state").write_bytes(b"1")
    if marked:
        mark_whole(folder)
    return folder


def test_a_marked_checkpoint_is_whole(tmp_path):
    assert is_whole(make(tmp_path, 1))


def test_an_unmarked_checkpoint_is_torn(tmp_path):
    assert not is_whole(make(tmp_path, 1, marked=False))


def test_a_file_cut_short_tears_a_checkpoint(tmp_path):
    folder = make(tmp_path, 1)
    (folder / "weights").write_bytes(b"123")
    assert not is_whole(folder)


def test_a_lost_file_tears_a_checkpoint(tmp_path):
    folder = make(tmp_path, 1)
    shutil.rmtree(folder / "inner")
    assert not is_whole(folder)


def test_a_mark_cut_short_tears_a_checkpoint(tmp_path):
    folder = make(tmp_path, 1)
    (folder / MARK_FILE).write_text('{"weights": ')
    assert not is_whole(folder)


def test_the_newest_whole_one_is_found_by_its_number(tmp_path):
    make(tmp_path, 9)
    newest = make(tmp_path, 100)
    make(tmp_path, 200, marked=False)
    assert find_last_whole(tmp_path) == newest


def test_there_may_be_none(tmp_path):
    make(tmp_path, 1, marked=False)
    assert find_last_whole(tmp_path) is None
    assert find_last_whole(tmp_path / "nowhere") is None


def test_what_is_torn_is_deleted_and_nothing_else(tmp_path):
    whole = make(tmp_path, 1)
    torn = make(tmp_path, 2, marked=False)
    (tmp_path / "checkpoint-of-mine").mkdir()
    assert drop_torn(tmp_path) == (torn,)
    assert list_checkpoints(tmp_path) == [(1, whole)]
    assert (tmp_path / "checkpoint-of-mine").is_dir()
