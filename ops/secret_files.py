"""Secrets, made once and kept as files that only their owner reads."""

from __future__ import annotations

import os
import secrets
import stat
from enum import StrEnum
from pathlib import Path

from ops.errors import SecretFileError

N_RANDOM_BYTES = 32
FOLDER_MODE = 0o700
FILE_MODE = 0o600
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SecretName(StrEnum):
    """The stack's secrets, by the names of their files."""

    POSTGRES_ADMIN_PASSWORD = "postgres-admin-password"  # noqa: S105 - the name of a file
    POSTGRES_PASSWORD = "postgres-password"  # noqa: S105 - the name of a file
    API_KEY_PEPPER = "api-key-pepper"
    LLM_API_KEY = "llm-api-key"


# The first API key is made by the database's key store, which knows the form of a key.
API_KEY_FILE = "api-key"


def prepare_secrets(folder: Path) -> dict[SecretName, str]:
    """Returns every secret of the stack, and makes those that are not there yet.

    Args:
        folder: Where they lie; made with mode 0700 if it is not there.

    Raises:
        SecretFileError: A file is empty, or others than its owner may read it.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    return {name: _read_or_make(folder / name) for name in SecretName}


def read_secret(path: Path) -> str:
    """Returns the secret in a file.

    Raises:
        SecretFileError: The file is empty, unreadable, or readable by others than its owner.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text().strip()
    except OSError as error:
        raise SecretFileError(f"{path} cannot be read: {error.strerror}.") from error
    if mode & OPEN_TO_OTHERS:
        raise SecretFileError(f"{path} is open to others. Close it with `chmod 600 {path}`.")
    if not text:
        raise SecretFileError(f"{path} is empty. Delete it, and the next start makes another.")
    return text


def write_secret(path: Path, text: str) -> None:
    """Writes a secret so that the file is whole or absent, and never open to others.

    Raises:
        FileExistsError: There is one already; secrets are not written over.
    """
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(unfinished)
    finally:
        unfinished.unlink()


def _read_or_make(path: Path) -> str:
    if not path.exists():
        try:
            write_secret(path, secrets.token_urlsafe(N_RANDOM_BYTES))
        except FileExistsError:
            # Another process made it a moment ago, and its value is the one that counts.
            return read_secret(path)
    return read_secret(path)
