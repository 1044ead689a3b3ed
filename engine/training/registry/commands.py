"""`svend train models|register|show`: the models on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from engine.training.command_line import FOLDER, one_line_faults
from engine.training.errors import ModelRegistryError
from engine.training.registry.card import render_card
from engine.training.registry.entry import ModelEntry
from engine.training.registry.index import ModelRegistry

_REGISTRY: Final = click.option(
    "--registry",
    "folder",
    type=FOLDER,
    default=Path(".svend/models"),
    show_default=True,
    help="Where the models lie.",
)


@click.command()
@_REGISTRY
@click.option("--check", is_flag=True, help="Read every file and compare its digest.")
@one_line_faults()
def models(*, folder: Path, check: bool) -> None:
    """List the registered models."""
    registry = ModelRegistry(folder)
    entries = registry.list_entries()
    if not entries:
        click.echo(f"no model is registered in {folder}")
        return
    table = Table("model", "method", "base", "MiB", "registered", *(["check"] if check else []))
    n_faulty = 0
    for entry in entries:
        faults = registry.check(entry) if check else []
        n_faulty += bool(faults)
        verdict = (f"{len(faults)} faults" if faults else "whole",) if check else ()
        table.add_row(*_describe(entry), *verdict)
    Console(width=100).print(table)
    if n_faulty:
        raise ModelRegistryError(
            f"{n_faulty} models are not as they were: `svend train show` says"
        )


@click.command()
@click.argument("source", type=FOLDER)
@click.option("--name", required=True, help="Of the model; the version is counted.")
@click.option("--note", default="", help="One line for its card.")
@_REGISTRY
@one_line_faults()
def register(*, source: Path, name: str, note: str, folder: Path) -> None:
    """Copy a model into the registry, with its record and a card."""
    registry = ModelRegistry(folder)
    entry = registry.register(source, name, note=note)
    click.echo(f"{entry.label} {entry.digest} in {registry.folder_of(entry)}")


@click.command()
@click.argument("label")
@_REGISTRY
@one_line_faults()
def show(*, label: str, folder: Path) -> None:
    """Show a model's card (`name` or `name@version`) and check its files."""
    registry = ModelRegistry(folder)
    entry = registry.get_entry(label)
    click.echo(render_card(entry))
    faults = registry.check(entry)
    for fault in faults:
        click.echo(f"{fault.path} {fault.problem}")
    if faults:
        raise ModelRegistryError(f"{entry.label} is not as it was registered")
    click.echo(f"{entry.label} is whole: {len(entry.files)} files")


def _describe(entry: ModelEntry) -> tuple[str, ...]:
    record = entry.record
    return (
        entry.label,
        record.method if record else "",
        record.base if record else "",
        f"{entry.n_bytes / 2**20:.1f}",
        entry.created[:10],
    )
