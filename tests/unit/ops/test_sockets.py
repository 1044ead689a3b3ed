from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.sockets import (
    LONGEST_NAME,
    MAX_SOCKET_PATH_BYTES,
    POINTER_NAME,
    is_short_enough,
    prepare_socket_folder,
    private_folder,
)


@pytest.fixture(name="short")
def _short() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="sv-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(name="long")
def _long(tmp_path: Path) -> Path:
    return tmp_path / ("x" * 100)


def test_short_data_folder_holds_its_sockets(short: Path):
    assert prepare_socket_folder(short, {}).is_relative_to(short)


def test_long_data_folder_gets_short_sockets(long: Path, short: Path):
    folder = prepare_socket_folder(long, {"XDG_RUNTIME_DIR": str(short)})

    assert folder.is_relative_to(short)
    assert len(os.fsencode(folder / LONGEST_NAME)) <= MAX_SOCKET_PATH_BYTES


def test_runtime_folder_that_is_too_long_itself_is_not_used(long: Path):
    long.mkdir()

    folder = prepare_socket_folder(long, {"XDG_RUNTIME_DIR": str(long)})

    assert is_short_enough(folder)
    folder.rmdir()


def test_short_folder_is_found_again(long: Path, short: Path):
    environ = {"XDG_RUNTIME_DIR": str(short)}

    assert prepare_socket_folder(long, environ) == prepare_socket_folder(long, environ)


def test_folder_that_others_may_write_to_is_not_trusted(long: Path, short: Path):
    environ = {"XDG_RUNTIME_DIR": str(short)}
    first = prepare_socket_folder(long, environ)
    first.chmod(0o777)

    assert prepare_socket_folder(long, environ) != first


def test_link_in_the_remembered_place_is_not_followed(long: Path, short: Path):
    environ = {"XDG_RUNTIME_DIR": str(short)}
    first = prepare_socket_folder(long, environ)
    first.rmdir()
    first.symlink_to(short)

    again = prepare_socket_folder(long, environ)

    assert again != first
    assert (long / POINTER_NAME).read_text().strip() == str(again)


def test_private_folder_admits_its_owner_only(tmp_path: Path):
    folder = private_folder(tmp_path, "mine")

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
