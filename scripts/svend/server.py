"""Which server a command talks to, and with which key.

What is given on the command line beats the environment, which beats the record that a running
local stack leaves in its data folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from scripts.svend.errors import CommandError, NoServerError

DEFAULT_DATA_DIR = ".svend"
STACK_RECORD = "stack.json"
KEY_FILE = "secrets/api-key"

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where to send requests.

    Attributes:
        url: Base URL, without a trailing slash.
        key: API key; empty for none.
        origin: Where the URL was found, for messages.
    """

    url: str
    key: str = field(repr=False)
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerChoice:
    """What the caller said about the server.

    Attributes:
        url: From ``--url`` or ``SVEND_URL``.
        key: From ``--key`` or ``SVEND_API_KEY``.
        data_dir: Data folder of the local stack.
    """

    url: str | None
    key: str | None = field(repr=False)
    data_dir: Path


def server_options(command: Command) -> Command:
    """Give a command the options that choose its server, as one ``choice`` argument."""

    @click.option("--url", envvar="SVEND_URL", help="Base URL of the server.")
    @click.option(
        "--key",
        envvar="SVEND_API_KEY",
        help="API key. Better in SVEND_API_KEY: everybody on the machine may read a command line.",
    )
    @data_dir_option
    @wraps(command)
    def wrapped(*args: Any, url: str | None, key: str | None, data_dir: Path, **rest: Any) -> Any:
        choice = ServerChoice(url=url, key=key, data_dir=data_dir)
        return command(*args, choice=choice, **rest)

    return wrapped  # type: ignore[return-value]


def data_dir_option(command: Command) -> Command:
    """Give a command the option that names the local stack's folder."""
    return click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        default=DEFAULT_DATA_DIR,
        envvar="SVEND_DATA_DIR",
        show_default=True,
        help="Folder of the local stack.",
    )(command)


def find_server(choice: ServerChoice) -> Server:
    """Return the server to talk to.

    Raises:
        NoServerError: When none was named and no local stack has left its record.
        CommandError: When the record or the key cannot be read.
    """
    if choice.url:
        return Server(
            url=choice.url.rstrip("/"), key=choice.key or "", origin="--url or SVEND_URL"
        )
    server = find_local_server(choice.data_dir)
    if server is None:
        raise NoServerError(
            f"No server is known: there is no local stack in {choice.data_dir}. Start one with "
            "`svend up`, or name a server with --url or SVEND_URL."
        )
    if choice.key:
        return Server(url=server.url, key=choice.key, origin=server.origin)
    return server


def find_local_server(data_dir: Path) -> Server | None:
    """Return the server that the local stack of a data folder recorded, if it did.

    Raises:
        CommandError: When the record or the key file cannot be read.
    """
    record = data_dir / STACK_RECORD
    told = find_stack_record(data_dir)
    if told is None:
        return None
    # The secrets may lie elsewhere, shared by several stacks.
    key_file = Path(str(told.get("api_key_file") or data_dir / KEY_FILE))
    key = (_find_text(key_file) or "").strip()
    return Server(url=str(told["url"]).rstrip("/"), key=key, origin=str(record))


def find_stack_record(data_dir: Path) -> Mapping[str, Any] | None:
    """Return what the local stack of a data folder recorded of itself, if one runs.

    Raises:
        CommandError: When the record cannot be read.
    """
    record = data_dir / STACK_RECORD
    text = _find_text(record)
    return None if text is None else _read_record(text, record)


def _read_record(text: str, record: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(text)
    except ValueError as error:
        raise CommandError(f"{record} is not JSON: {error}.") from error
    if not isinstance(told, Mapping) or not told.get("url"):
        raise CommandError(f"{record} names no url: it was not written by `svend up`.")
    return told


def _find_text(path: Path) -> str | None:
    try:
        return path.read_text()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
