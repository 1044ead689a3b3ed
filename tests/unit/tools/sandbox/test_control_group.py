import pytest

from tools.sandbox.control_group import make_group


@pytest.fixture
def delegated(tmp_path):
    """A folder that answers like a delegated cgroup v2, as far as files can."""
    own = tmp_path / "own"
    own.write_text("1:name=systemd:/x\n0::/app\n")
    (tmp_path / "app").mkdir()
    return tmp_path, own


def test_a_process_outside_cgroup_v2_has_no_group(tmp_path):
    own = tmp_path / "own"
    own.write_text("4:memory:/x\n")
    with pytest.raises(FileNotFoundError):
        make_group("g", max_bytes=1, n_processes=1, root=tmp_path, own=own)


def test_a_missing_controller_leaves_no_group_behind(delegated):
    root, own = delegated
    with pytest.raises(FileNotFoundError, match=r"memory\.max"):
        make_group("g", max_bytes=1, n_processes=1, root=root, own=own)
    assert list((root / "app" / "g").glob("memory*")) == []


def test_kills_for_memory_are_counted(delegated):
    root, own = delegated
    folder = root / "app" / "g"
    with pytest.raises(FileNotFoundError):
        make_group("g", max_bytes=1, n_processes=1, root=root, own=own)
    group = _group(folder)
    (folder / "memory.events").write_text("low 0\noom 3\noom_kill 2\n")
    assert group.count_oom_kills() == 2


def test_membership_is_read_back(delegated):
    root, _ = delegated
    group = _group(root / "app")
    group.add(4711)
    assert group.holds(4711)
    assert not group.holds(471)


def _group(folder):
    from tools.sandbox.control_group import ControlGroup  # noqa: PLC0415

    folder.mkdir(exist_ok=True)
    return ControlGroup(folder=folder)
