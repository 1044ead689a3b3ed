"""A group of commands as a table: a subcommand's module is imported only when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from scripts.svend.errors import CommandError


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Where a subcommand lives, and its line in the overview.

    Attributes:
        place: ``module:attribute``.
        summary: One line of help, so that the overview imports nothing.
    """

    place: str
    summary: str


class LazyGroup(click.Group):
    """A group that imports a subcommand when it is called, and lists them all without.

    Args:
        table: The subcommands by name, in the order in which they are listed.
        arguments: What ``click.Group`` takes.
    """

    def __init__(self, *, table: Mapping[str, Entry], **arguments: Any) -> None:
        super().__init__(**arguments)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a subcommand.

        Raises:
            CommandError: When what it needs is not installed.
        """
        entry = self._table.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.place.partition(":")
        try:
            return getattr(import_module(module), attribute)
        except ModuleNotFoundError as error:
            raise CommandError(
                f"`{ctx.command_path} {cmd_name}` needs the package {error.name}, which is not "
                "installed: run `make setup`."
            ) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the overview from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in self._table.items()])
