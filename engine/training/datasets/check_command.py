"""`svend data check`."""

from __future__ import annotations

from pathlib import Path

import click

from engine.training.command_line import FILE, FOLDER, one_line_faults
from engine.training.datasets.check import check_files
from engine.training.datasets.mixture import DEFAULT_NEAR_DUPLICATE
from engine.training.datasets.options import rules_of, screen_options
from engine.training.datasets.report import render_check
from engine.training.datasets.sieve import PersonalPolicy, Sieve, SieveSettings
from engine.training.datasets.watch import watching
from engine.training.problem import Split
from engine.training.screen import Screen


@click.command("check")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option("--tool", "tools", multiple=True, help="A known tool; default: each row's own list.")
@click.option("--tokenizer", type=FOLDER, help="A model's folder, to count tokens with.")
@click.option("--max-tokens", type=click.IntRange(min=1), help="The longest that is sound.")
@click.option(
    "--near-duplicate",
    type=click.FloatRange(0, 1),
    default=DEFAULT_NEAR_DUPLICATE,
    show_default=True,
    help="From which share of common words two conversations are one.",
)
@click.option(
    "--artefact/--no-artefact",
    "artefacts",
    default=True,
    show_default=True,
    help="Test whether words alone tell right from wrong.",
)
@screen_options
def check(  # noqa: PLR0913 - one argument an option
    *,
    paths: tuple[Path, ...],
    tools: tuple[str, ...],
    tokenizer: Path | None,
    max_tokens: int | None,
    near_duplicate: float,
    artefacts: bool,
    screen: Screen | None,
) -> None:
    """Check FILEs of examples; the exit code is 1 when anything is wrong with them."""
    if (tokenizer is None) != (max_tokens is None):
        raise click.UsageError("--tokenizer and --max-tokens need one another")
    with one_line_faults(), watching() as watch:
        settings = SieveSettings(
            splits=frozenset(Split),
            rules=rules_of(tools, tokenizer, max_tokens),
            screen=screen,
            personal=PersonalPolicy.REPORT,
            near_duplicate=near_duplicate,
        )
        report = check_files(
            paths,
            Sieve(settings),
            watch=lambda n_rows: watch("rows", n_rows, None),
            artefacts=artefacts,
        )
    click.echo(render_check(report, is_screened=screen is not None))
    if not report.is_clean:
        raise click.exceptions.Exit(1)
