"""`svend data stories`: what the stories add up to, whether they come out, and how they read."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from engine.domain.program import render_number, render_program
from engine.training.command_line import FILE
from engine.training.errors import DatasetError
from engine.training.problem import WordProblem
from engine.training.screen import load_screen
from engine.training.stories.check import StoryCounts, check_stories
from engine.training.stories.draw import Problem, draw_story_template, instantiate
from engine.training.stories.reader import StoryFile, read_stories, shipped_texts
from engine.training.stories.story import Story

_N_SCREENED: Final = 40
_COLUMNS: Final = ("Stories", "Phrasings", "Questions", "No answer", "Wordings", "8-grams")


@click.command()
@click.argument("paths", metavar="[FILE]...", nargs=-1, type=FILE)
@click.option("--check", is_flag=True, help="Draw every question and list what is wrong.")
@click.option(
    "--show",
    "n_shown",
    type=click.IntRange(min=0),
    default=0,
    help="Print so many drawn problems.",
)
@click.option("--story", "name", help="Only the story of this name.")
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Of what is drawn to check and to show."
)
@click.option("--screen-exact", type=FILE, help="Hashes of held-back questions, .npy.")
@click.option("--screen-13gram", "screen_windows", type=FILE, help="The same, of 13 words.")
def stories(  # noqa: PLR0913 - one argument an option
    *,
    paths: tuple[Path, ...],
    check: bool,
    n_shown: int,
    name: str | None,
    seed: int,
    screen_exact: Path | None,
    screen_windows: Path | None,
) -> None:
    """Count the stories of FILEs, or of those that come with the package; check and show them.

    Wordings and 8-grams are counted over drawn problems, which takes a minute or two for all of
    the package's.

    With --check every question of every story is drawn; the faults are listed with their file
    and story, and the exit code is 1. With the two screens, stories that repeat held-back text
    are faults as well.
    """
    if (screen_exact is None) != (screen_windows is None):
        raise click.UsageError("--screen-exact and --screen-13gram go together")
    files = _read(paths)
    faults = [str(fault) for file in files.values() for fault in file.faults]
    found = {d: [s for s in f.stories if name in (None, s.name)] for d, f in files.items()}
    everything = [story for told in found.values() for story in told]
    if not everything and not faults:
        raise click.ClickException(f"no story is called {name}" if name else "there is no story")
    if check and screen_exact is not None and screen_windows is not None:
        faults += _held_back(everything, screen_exact, screen_windows, seed)
    rows: dict[str, StoryCounts] = {}
    with click.progressbar(found.items(), label="Drawing", file=sys.stderr) as under_way:
        for domain, told in under_way:
            checked = check_stories(told, seed=seed)
            rows[domain] = checked.counts
            faults += [str(fault) for fault in checked.faults] if check else []
    if n_shown:
        _show(everything, n_shown, seed)
    else:
        _print_table(rows)
    if faults:
        raise click.ClickException("\n".join(faults))


def _read(paths: Sequence[Path]) -> dict[str, StoryFile]:
    try:
        texts = [(p.stem, p.read_text(encoding="utf-8")) for p in paths] or list(shipped_texts())
    except UnicodeDecodeError as error:
        raise click.ClickException(f"a file of stories is not UTF-8: {error}") from error
    return {domain: read_stories(text, domain) for domain, text in texts}


def _held_back(told: Sequence[Story], exact: Path, windows: Path, seed: int) -> list[str]:
    try:
        screen = load_screen(exact, windows)
    except DatasetError as error:
        raise click.ClickException(str(error)) from error
    rng = Random(f"screen:{seed}")
    faults: list[str] = []
    for story in told:
        templates = [draw_story_template(story, rng) for _ in range(_N_SCREENED)]
        texts = [p.question for t in templates if (p := instantiate(t, rng)) is not None]
        hit = next((text for text in texts if screen.hits(text)), None)
        if hit is not None:
            faults.append(f"{story.path} repeats text that is held back: {hit}")
    return faults


def _show(told: Sequence[Story], n_shown: int, seed: int) -> None:
    rng = Random(f"show:{seed}")
    if not told:
        return
    for index in range(n_shown):
        story = told[index % len(told)] if n_shown >= len(told) else rng.choice(told)
        problem = instantiate(draw_story_template(story, rng), rng)
        if problem is not None:
            click.echo(f"{problem.family}\n  {problem.question}\n  {_answer(problem)}")


def _answer(problem: Problem) -> str:
    if isinstance(problem, WordProblem):
        return f"{render_program(problem.program)} -> {render_number(problem.answer)}"
    return f"no answer: {problem.why}"


def _print_table(rows: dict[str, StoryCounts]) -> None:
    table = Table("Domain")
    for column in _COLUMNS:
        table.add_column(column, justify="right")
    for domain, counts in rows.items():
        table.add_row(domain, *_cells([counts]))
    if len(rows) > 1:
        table.add_section()
        table.add_row("all", *_cells(list(rows.values())))
    Console().print(table)


def _cells(counts: Sequence[StoryCounts]) -> list[str]:
    # 8-grams of different domains hardly overlap, so their sum is told.
    names = ("n_stories", "n_phrasings", "n_questions", "n_unanswerable", "n_wordings")
    return [str(sum(getattr(c, name) for c in counts)) for name in (*names, "n_windows")]
