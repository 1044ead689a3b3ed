"""What rows are drawn from: generated problems, and those of people, all of them screened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final, TypeVar

from engine.training.datasets.file import read_examples
from engine.training.equations import load_equations
from engine.training.errors import DatasetError
from engine.training.example import Conversation, Role
from engine.training.generate import draw_problem
from engine.training.human import (
    HumanProblem,
    development_split,
    load_gsm8k,
    load_mawps,
    renumber,
    reworded,
)
from engine.training.problem import Split, UnanswerableProblem, WordProblem
from engine.training.screen import Screen, empty_screen, load_screen

N_GSM8K_DEV: Final = 473
N_MAWPS_DEV: Final = 80
AS_PUBLISHED_RATIO: Final = 0.1

_GSM8K_RATIO: Final = 0.25
_MAWPS_RATIO: Final = 0.03

Problem = TypeVar("Problem", WordProblem, UnanswerableProblem, WordProblem | UnanswerableProblem)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusPaths:
    """Where the data lies; what is None is left out of the mixture."""

    gsm8k: Path | None = None
    mawps: Path | None = None
    equations: Path | None = None
    tool_rows: Path | None = None
    screen_exact: Path | None = None
    screen_windows: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusReport:
    """How many rows were read, turned into programs, left out or dropped, and held out.

    ``n_gsm8k_unclear`` are those whose operands may be told or computed; the screen drops others.
    """

    n_gsm8k_programs: int
    n_gsm8k_unclear: int
    n_gsm8k_screened: int
    n_gsm8k_dev: int
    n_mawps_programs: int
    n_mawps_screened: int
    n_mawps_dev: int
    n_equation_programs: int
    n_equations_screened: int
    n_tool_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Everything that rows are drawn from."""

    gsm8k: tuple[HumanProblem, ...]
    gsm8k_dev: tuple[HumanProblem, ...]
    mawps: tuple[HumanProblem, ...]
    mawps_dev: tuple[HumanProblem, ...]
    equations: tuple[HumanProblem, ...]
    tool_rows: tuple[Conversation, ...]
    screen: Screen
    report: CorpusReport

    def screened(self, draw: Callable[[Random], Problem], rng: Random) -> Problem:
        """Draw until a question comes that the screen does not hold back."""
        while True:
            problem = draw(rng)
            if not self.screen.hits(problem.question):
                return problem


def load_corpus(paths: CorpusPaths) -> Corpus:
    """Read the human problems and drop what the screen holds back.

    Raises:
        DatasetError: When a file cannot be read, or only one half of the screen is given.
    """
    screen = _screen_of(paths)
    every_gsm8k = load_gsm8k(paths.gsm8k) if paths.gsm8k else []
    every_mawps = load_mawps(paths.mawps) if paths.mawps else []
    every_equation = load_equations(paths.equations) if paths.equations else []
    gsm8k, gsm8k_dev = development_split(every_gsm8k, n_rows=N_GSM8K_DEV)
    mawps, mawps_dev = development_split(_kept(every_mawps, screen), n_rows=N_MAWPS_DEV)
    clear_gsm8k = [one for one in gsm8k if one.is_clear]
    kept_gsm8k, equations = _kept(clear_gsm8k, screen), _kept(every_equation, screen)
    tool_rows = _read_conversations(paths.tool_rows, screen) if paths.tool_rows else ()
    report = CorpusReport(
        n_gsm8k_programs=len(every_gsm8k),
        n_gsm8k_unclear=len(gsm8k) - len(clear_gsm8k),
        n_gsm8k_screened=len(clear_gsm8k) - len(kept_gsm8k),
        n_gsm8k_dev=len(gsm8k_dev),
        n_mawps_programs=len(every_mawps),
        n_mawps_screened=len(every_mawps) - len(mawps) - len(mawps_dev),
        n_mawps_dev=len(mawps_dev),
        n_equation_programs=len(every_equation),
        n_equations_screened=len(every_equation) - len(equations),
        n_tool_rows=len(tool_rows),
    )
    return Corpus(
        gsm8k=kept_gsm8k,
        gsm8k_dev=tuple(gsm8k_dev),
        mawps=tuple(mawps),
        mawps_dev=tuple(mawps_dev),
        equations=equations,
        tool_rows=tool_rows,
        screen=screen,
        report=report,
    )


def draw_training_problem(corpus: Corpus, rng: Random) -> WordProblem:
    """One problem with a program, generated or of people."""
    way = rng.random()
    if corpus.gsm8k and way < _GSM8K_RATIO:
        return draw_human(corpus.gsm8k, rng)
    if corpus.mawps and way >= 1 - _MAWPS_RATIO:
        return draw_human(corpus.mawps, rng)
    return corpus.screened(lambda rng: draw_problem(rng, Split.TRAIN), rng)


def draw_human(problems: tuple[HumanProblem, ...], rng: Random) -> WordProblem:
    """A problem that a person wrote, mostly with new numbers and names."""
    held = rng.choice(problems)
    if rng.random() < AS_PUBLISHED_RATIO:
        return held.problem
    return reworded(renumber(held, rng), rng)


def _screen_of(paths: CorpusPaths) -> Screen:
    """The screen, or an empty one where none is given; never half of one in silence."""
    if paths.screen_exact is None and paths.screen_windows is None:
        return empty_screen()
    if paths.screen_exact is None or paths.screen_windows is None:
        raise DatasetError("the screen has two files, whole questions and windows: give both")
    return load_screen(paths.screen_exact, paths.screen_windows)


def _read_conversations(path: Path, screen: Screen) -> tuple[Conversation, ...]:
    """The conversations of a file whose questions are not held back."""
    found = [one for one in read_examples(path) if isinstance(one, Conversation)]
    return tuple(
        one
        for one in found
        if not any(screen.hits(m.content) for m in one.messages if m.role is Role.USER)
    )


def _kept(problems: Iterable[HumanProblem], screen: Screen) -> tuple[HumanProblem, ...]:
    return tuple(p for p in problems if not screen.hits(p.problem.question))
