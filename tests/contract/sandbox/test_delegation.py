"""The real kernel's rules for control groups: needs root, and a controller in cgroup v2."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest

from tools.sandbox.delegation import LEAF, open_room

NOBODY = 65_534
N_PROCESSES = 5


def _list_mounts():
    """Where cgroup v2 has a controller that the tests may hand on."""
    if os.geteuid() != 0:
        return []
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    roots = [Path(mount[1]) for mount in mounts if mount[2] == "cgroup2"]
    writable = [root for root in roots if os.access(root, os.W_OK)]
    return [root for root in writable if (root / "cgroup.controllers").read_text().split()]


@pytest.fixture(params=_list_mounts(), ids=str)
def root(request):
    return request.param


@pytest.fixture
def controller(root):
    """The one that the group at the top hands on; none is the first that it can."""
    handed_on = (root / "cgroup.subtree_control").read_text().split()
    name = (handed_on or (root / "cgroup.controllers").read_text().split())[0]
    (root / "cgroup.subtree_control").write_text(f"+{name}")
    yield name
    if not handed_on:
        (root / "cgroup.subtree_control").write_text(f"-{name}")


@pytest.fixture
def unit(root, controller):
    """A group that is marked as systemd marks what it delegates, with processes in it."""
    folder = root / f"svend-test-{os.getpid()}"
    folder.mkdir()
    os.setxattr(folder, "user.delegate", b"1")
    wait = [sys.executable, "-c", "input()"]
    sleepers = [subprocess.Popen(wait, stdin=subprocess.PIPE) for _ in range(N_PROCESSES)]
    for sleeper in sleepers:
        (folder / "cgroup.procs").write_text(str(sleeper.pid))
    yield folder
    for sleeper in sleepers:
        sleeper.kill()
        sleeper.communicate()
    for below in (*folder.glob("*/"), folder):
        below.rmdir()


@pytest.fixture
def own(unit, root):
    # Not below the tests' own folder, which other users may not enter.
    with NamedTemporaryFile() as held:
        file = Path(held.name)
        file.write_text(f"0::/{unit.relative_to(root)}\n")
        file.chmod(0o644)
        yield file


def count_processes(folder):
    return len((folder / "cgroup.procs").read_text().split())


def test_a_unit_hands_controllers_on_once_its_processes_are_in_a_leaf(root, unit, own, controller):
    # The kernel's rule that makes the leaf needed.
    with pytest.raises(OSError, match="busy"):
        (unit / "cgroup.subtree_control").write_text(f"+{controller}")

    assert open_room(root=root, own=own, controllers=[controller]) == unit

    assert count_processes(unit) == 0
    assert count_processes(unit / LEAF) == N_PROCESSES
    below = unit / "below"
    below.mkdir()
    assert (below / "cgroup.controllers").read_text().split() == [controller]


def test_from_the_leaf_the_same_room_is_found_again(root, unit, own, controller):
    open_room(root=root, own=own, controllers=[controller])
    own.write_text(f"0::/{unit.name}/{LEAF}\n")

    assert open_room(root=root, own=own, controllers=[controller]) == unit
    assert count_processes(unit / LEAF) == N_PROCESSES


def test_any_number_of_workers_open_the_room_at_once(root, unit, own, controller):
    with ThreadPoolExecutor(8) as pool:
        tries = [
            pool.submit(open_room, root=root, own=own, controllers=[controller]) for _ in range(32)
        ]
    assert {each.result() for each in tries} == {unit}
    assert count_processes(unit / LEAF) == N_PROCESSES


def test_an_ordinary_user_to_whom_it_was_delegated_can_do_so(root, unit, own, controller):
    for name in ("", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"):
        os.chown(unit / name, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        found = open_room(root=root, own=own, controllers=[controller])
    finally:
        os.seteuid(0)
    assert found == unit
    assert (unit / LEAF).stat().st_uid == NOBODY
    assert count_processes(unit / LEAF) == N_PROCESSES


def test_nobody_else_can(root, unit, own, controller):
    os.seteuid(NOBODY)
    try:
        with pytest.raises(PermissionError):
            open_room(root=root, own=own, controllers=[controller])
    finally:
        os.seteuid(0)
    assert count_processes(unit) == N_PROCESSES
