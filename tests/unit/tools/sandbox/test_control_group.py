import os
from functools import partial

import pytest

from tools.sandbox.control_group import ControlGroup, make_group


@pytest.fixture
def room(tmp_path):
    """A folder that answers like a delegated group, as far as files can."""
    return tmp_path


@pytest.fixture
def make(room):
    return partial(make_group, os.getpid(), max_bytes=1, n_processes=1, open_room=lambda: room)


@pytest.fixture
def group(room):
    folder = room / "svend-sandbox-1-1"
    folder.mkdir()
    return ControlGroup(folder=folder)


def refuse():
    raise PermissionError("systemd delegated nothing")


def test_where_nothing_is_delegated_no_group_is_made():
    with pytest.raises(PermissionError, match="delegated nothing"):
        make_group(os.getpid(), max_bytes=1, n_processes=1, open_room=refuse)


def test_a_missing_controller_is_named(make, room):
    with pytest.raises(FileNotFoundError, match=r"memory\.max"):
        make()
    assert [file for folder in room.iterdir() for file in folder.glob("memory*")] == []


def test_the_empty_group_of_a_process_that_is_gone_is_removed(make, room):
    # Beyond the highest number that the kernel gives.
    gone = room / f"svend-sandbox-{2**22 + 1}-1"
    living = room / f"svend-sandbox-{os.getpid()}-77"
    gone.mkdir()
    living.mkdir()
    with pytest.raises(FileNotFoundError):
        make()
    assert not gone.exists()
    assert living.exists()


def test_kills_for_memory_are_counted(group):
    (group.folder / "memory.events").write_text("low 0\noom 3\noom_kill 2\n")
    assert group.count_oom_kills() == 2


def test_membership_is_read_back(group):
    group.add(4711)
    assert group.holds(4711)
    assert not group.holds(471)
