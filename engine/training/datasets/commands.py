"""`svend data import`, `build` and `card`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import click

from engine.training.command_line import FILE, FOLDER, one_line_faults
from engine.training.data_card import (
    CARD_FILE,
    README_FILE,
    list_changes,
    read_card,
    recount,
    render_card,
    write_card,
)
from engine.training.datasets.build import build as build_set
from engine.training.datasets.build import list_shortfalls
from engine.training.datasets.count import count_rows
from engine.training.datasets.file import write_examples
from engine.training.datasets.importing import ImportCount, credited, import_examples
from engine.training.datasets.mixture import read_mixture
from engine.training.datasets.options import rules_of, screen_options
from engine.training.datasets.published.table import LAYOUTS, get_layout
from engine.training.datasets.watch import Watch, watching
from engine.training.errors import DatasetError
from engine.training.example import Example
from engine.training.screen import Screen

_PATH: Final = click.Path(path_type=Path)


@click.command("import")
@click.argument("name", metavar="FORMAT", type=click.Choice(list(LAYOUTS)))
@click.argument("path", metavar="FILE", type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=_PATH, required=True, help="Where the examples go, .jsonl.")
@click.option("--limit", type=click.IntRange(min=1), help="End after so many examples.")
@click.option("--licence", help="Said instead of the published set's own.")
@click.option("--source", help="Said instead of the published set's name.")
def import_file(
    *,
    name: str,
    path: Path,
    out: Path,
    limit: int | None,
    licence: str | None,
    source: str | None,
) -> None:
    """Turn a published FILE into examples.

    FILE holds JSON lines, one JSON array, or Parquet, or is a folder or zip file of JSON files.
    Rows that cannot be read are counted and the first is shown. Nothing is screened here: a
    build does that.
    """
    if out.exists() and out.samefile(path):
        raise click.UsageError("--out is FILE itself, which would be lost")
    layout = credited(get_layout(name), licence=licence, source=source)
    count = ImportCount()
    with one_line_faults():
        try:
            with watching() as watch:
                examples = import_examples(layout, path, count)
                n_written = write_examples(out, _watched(examples, path, count, watch, limit))
        finally:
            _tell_bad_rows(count)
    click.echo(f"{count.n_rows:,} rows read, {n_written:,} examples written to {out}")


@click.command("build")
@click.argument("mixture_path", metavar="MIXTURE.toml", type=FILE)
@click.option("--out", "out_dir", type=FOLDER, required=True, help="The folder of the set.")
@click.option("--tool", "tools", multiple=True, help="A known tool; default: each row's own list.")
@screen_options
def build(
    *, mixture_path: Path, out_dir: Path, tools: tuple[str, ...], screen: Screen | None
) -> None:
    """Build a data set: train.jsonl, dev.jsonl, card.json and README.md.

    The folder appears when all of it is done; a set that was built there before is replaced. The
    exit code is 1 where a category has no row at all.
    """
    with one_line_faults(), watching() as watch:
        mixture = read_mixture(mixture_path)
        rules = rules_of(tools, mixture.tokenizer, mixture.max_tokens)
        card = build_set(mixture, out_dir, screen=screen, watch=watch, rules=rules)
    n_rows = sum(card.rows.splits.values())
    click.echo(f"{n_rows:,} rows in {out_dir} ({out_dir / README_FILE} says of what)")
    for part in card.parts:
        if part.n_unreadable:
            click.echo(f"{part.name}: {part.n_unreadable:,} rows could not be read", err=True)
    for line in list_shortfalls(card):
        click.echo(f"short of {line}", err=True)
    absent = [name for name in card.wanted if not card.rows.categories.get(name)]
    if absent:
        kept_out = ", ".join(f"{why} {n:,}" for why, n in card.dropped.items()) or "nothing"
        raise click.ClickException(
            f"not a row of {' or '.join(absent)}; kept out in all: {kept_out}"
        )


@click.command("card")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False))
@click.option("--write", is_flag=True, help="Count the files anew and write the card again.")
def card(*, folder: str, write: bool) -> None:
    """Show the card of the data set in DIR, and say whether its files are still what it says.

    The exit code is 1 where they are not. With --write the card says from then on what they hold,
    and which of them are no longer those of the build.
    """
    place = Path(folder)
    with one_line_faults():
        built = read_card(place / CARD_FILE)
        rows = count_rows(place)
    changed = ", ".join(list_changes(built, rows))
    found = recount(built, rows)
    text = render_card(found)
    click.echo(text, nl=False)
    if write:
        with one_line_faults():
            write_card(place / CARD_FILE, found)
            (place / README_FILE).write_text(text, encoding="utf-8")
        if changed:
            click.echo(f"the card now tells of the change of {changed}", err=True)
    elif changed:
        raise click.ClickException(f"changed since it was built: {changed}")


def _watched(
    examples: Iterable[Example], path: Path, count: ImportCount, watch: Watch, limit: int | None
) -> Iterator[Example]:
    """Hand the examples on; where there is none, the file that was written before stays."""
    for example in islice(examples, limit):
        watch(path.name, count.n_rows, None)
        yield example
    if not count.n_examples:
        raise DatasetError(f"no row of {path} is of this format")


def _tell_bad_rows(count: ImportCount) -> None:
    if count.n_bad:
        click.echo(f"{count.n_bad:,} rows could not be read; the first:", err=True)
        click.echo(count.first_fault, err=True)
