from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ops.errors import SecretFileError
from ops.secret_files import SecretName, prepare_secrets, read_secret, write_secret


def test_secrets_are_made_once(tmp_path: Path):
    assert prepare_secrets(tmp_path / "s") == prepare_secrets(tmp_path / "s")


def test_secrets_differ_from_each_other(tmp_path: Path):
    made = prepare_secrets(tmp_path / "s")

    assert len(set(made.values())) == len(SecretName)


def test_only_the_owner_reads_secrets(tmp_path: Path):
    prepare_secrets(tmp_path / "s")

    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "s").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o700


def test_given_secret_is_kept(tmp_path: Path):
    write_secret(tmp_path / SecretName.API_KEY_PEPPER, "given")

    assert prepare_secrets(tmp_path)[SecretName.API_KEY_PEPPER] == "given"


def test_secret_is_never_written_over(tmp_path: Path):
    write_secret(tmp_path / "one", "first")

    with pytest.raises(FileExistsError):
        write_secret(tmp_path / "one", "second")
    assert read_secret(tmp_path / "one") == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_secret_open_to_others_is_refused(tmp_path: Path):
    write_secret(tmp_path / "one", "first")
    (tmp_path / "one").chmod(0o640)

    with pytest.raises(SecretFileError, match="chmod 600"):
        read_secret(tmp_path / "one")


def test_empty_secret_is_refused(tmp_path: Path):
    write_secret(tmp_path / "one", "")

    with pytest.raises(SecretFileError, match="empty"):
        read_secret(tmp_path / "one")


def test_missing_secret_is_named(tmp_path: Path):
    with pytest.raises(SecretFileError, match="nowhere"):
        read_secret(tmp_path / "nowhere")
