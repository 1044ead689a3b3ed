"""Plays the stopping rules on made-up questions: `python -m scripts.simulate_stopping`.

A question is a list of probabilities: of the right answer first, then of each wrong one; what is
left abstains. Every rule sees the same draws. No model is called. The tables are explained in
docs/stopping.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from statistics import fmean, stdev

import click

from engine.search.stopping.catalogue import Stop, create_rule
from engine.search.stopping.poll import NO_CERTIFICATE, Poll, Ruling
from engine.search.stopping.race import count_race

Names = tuple[str | None, ...]
Question = tuple[float, ...]
Rule = Callable[[Names], Ruling]

RIGHT = "0"
ROWS: tuple[Question, ...] = (
    (0.90, 0.05, 0.05),
    (0.70, 0.20, 0.10),
    (0.50, 0.30, 0.20),
    (0.40, 0.35, 0.25),
    (0.35, 0.33, 0.32),
)
N_PLANNED = 64
N_MIXTURE = 40
# The right answer's share of what is answered: 3/4 on average, and 2/3.
MIXTURES = ((1.5, 0.5), (1.5, 0.75))
N_NULL = 256
SEED = 20_305


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One question under one rule, beside the full vote over the same draws.

    Attributes:
        n_drawn: Samples until the rule stopped.
        winner: Its answer; ``None`` where all abstained.
        full_winner: The full vote's answer.
        is_open: Whether it stopped while the samples left could have changed the winner.
        is_certified: Whether the answer came with a certificate.
    """

    n_drawn: int
    winner: str | None
    full_winner: str | None
    is_open: bool
    is_certified: bool

    @property
    def gain(self) -> int:
        """1 where only the rule is right, -1 where only the full vote is."""
        return (self.winner == RIGHT) - (self.full_winner == RIGHT)


def draw_names(question: Question, n_samples: int, random: Random) -> Names:
    """Return the answers of ``n_samples`` samples; a class is named by its place."""
    edges = tuple(accumulate(question))
    names = tuple(str(place) for place in range(len(question)))
    return tuple(
        next((name for name, edge in zip(names, edges, strict=True) if point < edge), None)
        for point in (random.random() for _ in range(n_samples))
    )


def make_rule(stop: Stop, risk: float) -> Rule:
    """Return a rule that says where it would have stopped, had the samples come one by one."""
    if stop is Stop.EXACT:
        return _stop_exactly
    rule = create_rule(stop, risk)
    # A rule decides on the shortest prefix on which it stops, so the whole run shows the place.
    return lambda names: rule.rule_on(Poll(names=names, votes=(), n_left=0))


def play(rule: Rule, names: Names) -> Play:
    """Return how a rule fares on one question's samples."""
    ruling = rule(names)
    seen, n_left = names[: ruling.n_counted], len(names) - ruling.n_counted
    return Play(
        n_drawn=ruling.n_counted,
        winner=find_winner(seen),
        full_winner=find_winner(names),
        is_open=not count_race(seen, n_left).is_over,
        is_certified=ruling.certificate != NO_CERTIFICATE,
    )


def find_winner(names: Sequence[str | None]) -> str | None:
    """Return the most frequent answer, at a tie the first to appear."""
    classes = tuple(dict.fromkeys(name for name in names if name is not None))
    return classes[count_race(names, 0).leader] if classes else None


def draw_mixed(alpha: float, beta: float, random: Random) -> Question:
    """Return a question whose right answer's share is 0.95 Beta(``alpha``, ``beta``).

    With a small ``beta`` most questions are easy, some hard and a few hopeless. 5 % abstain; of
    the wrong answers each takes half of what the ones before it left.
    """
    right = 0.95 * random.betavariate(alpha, beta)
    wrong = 0.95 - right
    return (right, *(wrong / 2**place for place in (1, 2, 3, 4, 4)))


def _stop_exactly(names: Names) -> Ruling:
    n_counted = next(
        n for n in range(len(names) + 1) if count_race(names[:n], len(names) - n).is_over
    )
    return Ruling(n_counted=n_counted, n_needed=0)


@click.command()
@click.option("--questions", "n_questions", default=1000, help="Draws per row of a table.")
def main(*, n_questions: int) -> None:
    """Print what each rule costs, and how often it errs."""
    for line in (*_rows(n_questions), *_mixtures(n_questions), *_nulls(n_questions)):
        click.echo(line)


RULES = (
    (Stop.EXACT, 0.05),
    (Stop.STOCHASTIC, 0.02),
    (Stop.STOCHASTIC, 0.05),
    (Stop.BETA, 0.05),
    (Stop.BETA, 0.1),
    (Stop.DIRICHLET, 0.05),
    (Stop.CERTIFICATE, 0.05),
)


def _rows(n_questions: int) -> Iterator[str]:
    yield f"Three answers, at most {N_PLANNED} samples"
    yield "| truth | rule | samples | settled on another than the mode | not the full vote's |"
    yield "|---|---|---|---|---|"
    for question in ROWS:
        random = Random(SEED)  # noqa: S311 - a simulation
        drawn = [draw_names(question, N_PLANNED, random) for _ in range(n_questions)]
        for stop, risk in RULES:
            plays = [play(make_rule(stop, risk), names) for names in drawn]
            wrong = fmean(p.is_open and p.winner != RIGHT for p in plays)
            other = fmean(p.winner != p.full_winner for p in plays)
            yield f"| {question} | {_label(stop, risk, plays)} | {wrong:.1%} | {other:.1%} |"


def _mixtures(n_questions: int) -> Iterator[str]:
    for alpha, beta in MIXTURES:
        random = Random(SEED)  # noqa: S311 - a simulation
        drawn = [
            draw_names(draw_mixed(alpha, beta, random), N_MIXTURE, random)
            for _ in range(5 * n_questions)
        ]
        full = fmean(find_winner(names) == RIGHT for names in drawn)
        yield f"\nMixture Beta({alpha}, {beta}); a vote of {N_MIXTURE} is right on {full:.1%}"
        yield "| rule | samples | share of the full vote's | difference in accuracy (95 %) |"
        yield "|---|---|---|---|"
        for stop, risk in RULES:
            plays = [play(make_rule(stop, risk), names) for names in drawn]
            gains = [p.gain for p in plays]
            error = 1.96 * stdev(gains) / math.sqrt(len(gains))
            share = fmean(p.n_drawn for p in plays) / N_MIXTURE
            label = _label(stop, risk, plays)
            yield f"| {label} | {share:.0%} | {fmean(gains):+.2%} ± {error:.2%} |"


def _nulls(n_questions: int) -> Iterator[str]:
    yield f"\nEqual shares, at most {N_NULL} samples: how often a rule settles on an answer"
    yield "| answers | rule | samples | settled |"
    yield "|---|---|---|---|"
    for n_answers in (2, 3):
        random = Random(SEED)  # noqa: S311 - a simulation
        question = (1 / n_answers,) * n_answers
        drawn = [draw_names(question, N_NULL, random) for _ in range(n_questions)]
        for stop, risk in RULES[1:]:
            plays = [play(make_rule(stop, risk), names) for names in drawn]
            settled = fmean(p.is_open for p in plays)
            yield f"| {n_answers} | {_label(stop, risk, plays)} | {settled:.1%} |"


def _label(stop: Stop, risk: float, plays: Sequence[Play]) -> str:
    name = stop.value if stop is Stop.EXACT else f"{stop.value} {risk:g}"
    return f"{name} | {fmean(p.n_drawn for p in plays):.1f}"


if __name__ == "__main__":
    main()
