"""`svend data variety`: how varied the language of the generated problems is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from engine.training.command_line import FILE
from engine.training.families.catalogue import CHAINS, COMPOSED, SINGLES
from engine.training.generate import draw_problem
from engine.training.problem import Split
from engine.training.stories.draw import draw_story_problem
from engine.training.stories.reader import shipped_stories
from engine.training.wording import count_readings, coverage, distinct_windows

_PER: Final = 1_000
_COLUMNS: Final = ("Problems", "8-grams per 1,000", "In all", "Readings")

_Draw: TypeAlias = Callable[[Random], str]


@click.command()
@click.option(
    "--n",
    "n_problems",
    type=click.IntRange(min=_PER),
    default=4_000,
    show_default=True,
    help="Problems of each source.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draw.")
@click.option(
    "--split",
    type=click.Choice([s.value for s in Split]),
    default=Split.TRAIN.value,
    help="Whose templates are drawn.",
)
@click.option("--gsm8k", type=FILE, help="Rows with a `question`, JSON lines, to be covered.")
def variety(*, n_problems: int, seed: int, split: str, gsm8k: Path | None) -> None:
    """Measure the variety of the problems that families and stories give.

    Distinct runs of eight words (numbers masked) are counted in each 1,000 problems and the mean
    is shown, and in all problems drawn; readings are the ways in which a clause of a family, or a
    phrasing with its question, can be read while its slots stay open. With --gsm8k the table also
    says how many of its words the problems use: of all words, and of the different ones.
    """
    wanted = _questions(gsm8k) if gsm8k is not None else ()
    table = Table("Source")
    for column in (*_COLUMNS, *(("Words", "Different words") if wanted else ())):
        table.add_column(column, justify="right")
    readings = _readings()
    for name, draw in _sources(Split(split)).items():
        rng = Random(f"variety:{name}:{seed}")
        steps = track(range(n_problems), name, transient=True, console=Console(stderr=True))
        texts = [draw(rng) for _ in steps]
        table.add_row(name, *_measured(texts, readings[name], wanted))
    Console().print(table)


def _sources(split: Split) -> Mapping[str, _Draw]:
    def families(rng: Random) -> str:
        return draw_problem(rng, split).question

    def stories(rng: Random) -> str:
        return draw_story_problem(rng, split).question

    def both(rng: Random) -> str:
        return rng.choice((families, stories))(rng)

    return {"families": families, "stories": stories, "all": both}


def _readings() -> dict[str, list[int]]:
    """The readings of each clause of the families, and of each phrasing with each question."""
    links = [
        *SINGLES,
        *COMPOSED,
        *(link for k in CHAINS for link in (*k.openings, *k.changes, *k.endings)),
    ]
    clauses = [
        count_readings(form) for link in links for form in (*link.clauses, link.ask) if form
    ]
    told = [
        count_readings(phrasing) * count_readings(wording)
        for story in shipped_stories()
        for phrasing in story.phrasings
        for question in story.questions
        for wording in question.wordings
    ]
    return {"families": clauses, "stories": told, "all": clauses + told}


def _measured(
    texts: Sequence[str], readings: Sequence[int], wanted: Sequence[str]
) -> Sequence[str]:
    parts = [texts[i : i + _PER] for i in range(0, len(texts) - _PER + 1, _PER)]
    per_thousand = sum(distinct_windows(part) for part in parts) / len(parts)
    cells = [
        f"{len(texts):,}",
        f"{per_thousand:,.0f}",
        f"{distinct_windows(texts):,}",
        f"{sum(readings) / len(readings):.1f}",
    ]
    if wanted:
        covered = coverage(texts, of=wanted)
        cells += [f"{covered.running:.1%}", f"{covered.distinct:.1%}"]
    return cells


def _questions(path: Path) -> tuple[str, ...]:
    questions: list[str] = []
    # Only a line feed ends a row: `splitlines` would split at separators inside a text as well.
    for number, line in enumerate(path.read_text(encoding="utf-8").strip("\n").split("\n"), 1):
        try:
            questions.append(str(json.loads(line)["question"]))
        except (ValueError, KeyError, TypeError) as error:
            msg = f"{path.name}:{number}: a row is an object with a `question`"
            raise click.UsageError(msg) from error
    return tuple(questions)
