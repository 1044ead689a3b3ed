import pytest

from tools.sandbox.delegation import is_delegated, open_room


@pytest.fixture
def own(tmp_path):
    file = tmp_path / "own"
    file.write_text("1:name=systemd:/x\n0::/unit/svend-main\n")
    return file


@pytest.fixture
def root(tmp_path):
    """A tree of groups that answers as far as files can: its unit is delegated and empty."""
    unit = tmp_path / "root" / "unit"
    (unit / "svend-main").mkdir(parents=True)
    (unit / "cgroup.controllers").write_text("cpu memory pids\n")
    (unit / "cgroup.procs").write_text("")
    return tmp_path / "root"


def is_unit(folder):
    return folder.name == "unit"


def test_a_process_outside_cgroup_v2_has_no_room(tmp_path):
    own = tmp_path / "own"
    own.write_text("4:memory:/x\n")
    with pytest.raises(FileNotFoundError, match="no cgroup v2"):
        open_room(root=tmp_path, own=own)


def test_what_was_not_delegated_is_left_alone(root, own):
    with pytest.raises(PermissionError, match="delegated neither"):
        open_room(root=root, own=own, is_delegated=lambda _: False)
    assert not (root / "unit" / "cgroup.subtree_control").exists()


def test_a_mark_that_cannot_be_read_is_none(tmp_path):
    assert not is_delegated(tmp_path)
    assert not is_delegated(tmp_path / "missing")


def test_nothing_above_the_root_is_taken_for_the_room(root, own):
    own.write_text("0::/\n")
    with pytest.raises(PermissionError, match="delegated neither"):
        open_room(root=root, own=own, is_delegated=lambda folder: folder != root)


def test_from_a_leaf_the_room_is_the_group_above(root, own):
    assert open_room(root=root, own=own, is_delegated=is_unit) == root / "unit"
    handed_on = (root / "unit" / "cgroup.subtree_control").read_text()
    assert handed_on == "+memory +pids"


def test_each_missing_controller_is_named(root, own):
    (root / "unit" / "cgroup.controllers").write_text("cpu io\n")
    with pytest.raises(FileNotFoundError, match="no controller memory and no pids"):
        open_room(root=root, own=own, is_delegated=is_unit)


def test_a_process_that_cannot_be_named_is_not_moved(root, own):
    (root / "unit" / "cgroup.procs").write_text("0\n")
    with pytest.raises(PermissionError, match="another pid namespace"):
        open_room(root=root, own=own, is_delegated=is_unit)


def test_a_group_that_does_not_empty_is_given_up(root, own):
    # Files do not move processes, so the list stays as it is.
    (root / "unit" / "cgroup.procs").write_text("4711\n")
    with pytest.raises(BlockingIOError, match="still holds processes"):
        open_room(root=root, own=own, is_delegated=is_unit)
    assert (root / "unit" / "svend-main" / "cgroup.procs").read_text() == "4711"
