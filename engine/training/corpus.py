"""The training mixture: generated problems, GSM8K and MAWPS renumbered, all of them screened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from engine.training.generate import draw_problem
from engine.training.human import (
    HumanProblem,
    development_split,
    load_gsm8k,
    load_mawps,
    renumber,
)
from engine.training.problem import Split, WordProblem
from engine.training.row_format import render_row
from engine.training.screen import Screen, empty_screen, load_screen
from engine.training.variant import vary

GSM8K_RATIO: Final = 0.12
MAWPS_RATIO: Final = 0.03
AS_PUBLISHED_RATIO: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusPaths:
    """Where the data lies; what is None is left out of the mixture."""

    gsm8k: Path | None = None
    mawps: Path | None = None
    screen_exact: Path | None = None
    screen_windows: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusReport:
    """How many rows were read, turned into programs, dropped by the screen, and held out."""

    n_gsm8k_programs: int
    n_gsm8k_screened: int
    n_gsm8k_dev: int
    n_mawps_programs: int
    n_mawps_screened: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Everything that rows are drawn from."""

    gsm8k: tuple[HumanProblem, ...]
    gsm8k_dev: tuple[HumanProblem, ...]
    mawps: tuple[HumanProblem, ...]
    screen: Screen
    report: CorpusReport


def load_corpus(paths: CorpusPaths) -> Corpus:
    """Read the human problems and drop what the screen holds back."""
    screen = empty_screen()
    if paths.screen_exact is not None and paths.screen_windows is not None:
        screen = load_screen(paths.screen_exact, paths.screen_windows)
    gsm8k, dev = development_split(load_gsm8k(paths.gsm8k) if paths.gsm8k else [])
    mawps = load_mawps(paths.mawps) if paths.mawps else []
    kept_gsm8k = tuple(p for p in gsm8k if not screen.hits(p.problem.question))
    kept_mawps = tuple(p for p in mawps if not screen.hits(p.problem.question))
    report = CorpusReport(
        n_gsm8k_programs=len(gsm8k) + len(dev),
        n_gsm8k_screened=len(gsm8k) - len(kept_gsm8k),
        n_gsm8k_dev=len(dev),
        n_mawps_programs=len(mawps),
        n_mawps_screened=len(mawps) - len(kept_mawps),
    )
    return Corpus(
        gsm8k=kept_gsm8k, gsm8k_dev=tuple(dev), mawps=kept_mawps, screen=screen, report=report
    )


def draw_training_problem(corpus: Corpus, rng: Random) -> WordProblem:
    """One problem of the mixture; a generated one that hits the screen is drawn again."""
    way = rng.random()
    if corpus.gsm8k and way < GSM8K_RATIO:
        return _human(corpus.gsm8k, rng)
    if corpus.mawps and way >= 1 - MAWPS_RATIO:
        return _human(corpus.mawps, rng)
    while True:
        problem = draw_problem(rng, Split.TRAIN)
        if not corpus.screen.hits(problem.question):
            return problem


def draw_rows(corpus: Corpus, *, seed: int, shard: int, n_rows: int) -> Iterator[str]:
    """The texts of one shard; the same seed and shard give the same rows."""
    rng = Random(f"svend-mini:{seed}:{shard}")
    for _ in range(n_rows):
        problem = draw_training_problem(corpus, rng)
        yield render_row(problem.question, vary(problem.program, rng))


def _human(problems: tuple[HumanProblem, ...], rng: Random) -> WordProblem:
    held = rng.choice(problems)
    return held.problem if rng.random() < AS_PUBLISHED_RATIO else renumber(held, rng)
