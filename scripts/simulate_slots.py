"""Plays orders of the model slots on recorded or made-up questions.

`python -m scripts.simulate_slots --recording FILE`, or without a file on made-up questions.
Searches that vote, each on a question of its own, share a few slots of a model server; a sample
holds a slot for as long as it has tokens. Every order sees the same questions and the same draws.
No model is called. The tables are explained in docs/adr/0007-slots-to-the-least-settled.md and
docs/adr/0010-turns-by-tokens-had.md.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import fmean, quantiles, stdev

import click

from engine.domain.answer import Answer
from engine.domain.errors import InvalidInputError
from engine.domain.ids import TenantId
from engine.domain.outcome import Opened, Outcome, OutcomeStatus
from engine.domain.problem import Problem
from engine.domain.standing import VoteClass
from engine.domain.trial import Trial
from engine.search.adaptive_consistency import AdaptiveConsistency
from engine.search.sampling_state import SamplingState
from engine.search.stopping.beta import doubt_lead
from engine.search.stopping.catalogue import Stop
from scripts.slot_questions import MADE_UP, Question, Source, draw_questions, open_recording
from scripts.svend.bench_record import read_recording
from workers.slot_order import SlotOrder, SlotRequest

N_DRIVEN = 32
SEED = 60_311


@dataclass(slots=True, kw_only=True)
class Search:
    """One job's search under way; its first sample is expected to cost ``prior_tokens``."""

    question: Question
    algorithm: AdaptiveConsistency
    state: SamplingState
    prior_tokens: float
    n_drawn: int = 0
    tokens: float = 0.0
    ended_at: float = math.inf
    doubt: float = 1.0
    right_since: list[tuple[float, bool]] = field(default_factory=list[tuple[float, bool]])

    def ask(self) -> Sequence[Trial]:
        """Open what the search wants drawn now."""
        fresh = self.algorithm.ask(self.state, len(self.question.draws.names))
        wanted = [trial for trial in fresh if trial not in self.state.trials]
        for trial in wanted:
            self.state = self.algorithm.tell(self.state, Opened(trial=trial))
        return wanted

    def tell(self, trial: Trial, now: float) -> bool:
        """Take a sample that has ended; returns whether the search has."""
        draws = self.question.draws
        name = draws.names[trial.rank]
        answer = None
        if name is not None:
            answer = Answer(text=name, key=name, class_id=name, canonicaliser="simulated")
        ended = Outcome(
            trial_id=trial.trial_id, status=OutcomeStatus.COMPLETE, reason="stop", answer=answer
        )
        self.state = self.algorithm.tell(self.state, ended)
        self.n_drawn += 1
        self.tokens += draws.tokens[trial.rank]
        standing = self.algorithm.standing(self.state)
        self.doubt = _doubt_votes(standing.votes)
        is_right = standing.answer is not None and standing.answer.class_id in draws.right
        self.right_since.append((now, is_right))
        if standing.is_decided:
            self.ended_at = now
        return standing.is_decided


Rank = Callable[[Search, int], tuple[float, ...]]


class Ranked:
    """The interface of :class:`workers.slot_order.SlotOrder`, by a fixed rank of requests."""

    def __init__(self, rank: Rank) -> None:
        self._rank = rank
        self._waiting: dict[SlotRequest, tuple[float, ...]] = {}
        self._numbers = itertools.count()

    def put_for(self, search: Search, request: SlotRequest) -> None:
        """Let a request wait."""
        self._waiting[request] = self._rank(search, next(self._numbers))

    def choose(self) -> SlotRequest | None:
        """Return the request that is next."""
        return min(self._waiting, key=lambda request: self._waiting[request], default=None)

    def serve(self, request: SlotRequest) -> None:
        """Take it out."""
        del self._waiting[request]


class LeastSettled(SlotOrder):
    """The order that workers use."""

    def put_for(self, search: Search, request: SlotRequest) -> None:
        """Let a request wait."""
        del search
        self.put(request)


ORDERS: dict[str, Callable[[], Ranked | LeastSettled]] = {
    "first come, first served": lambda: Ranked(lambda _search, number: (number,)),
    "fewest samples": lambda: Ranked(lambda search, number: (search.n_drawn, number)),
    "least settled": LeastSettled,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """How one order fared.

    Attributes:
        held_right: Share of the jobs whose answer so far is right, averaged over the run's time.
        mean_wait: Mean time from submission to the end of a job.
        late_wait: Its 95th percentile.
        small_wait: Mean time of the tenant with few jobs; of all, where there is but one tenant.
        tokens: Tokens drawn.
    """

    held_right: float
    mean_wait: float
    late_wait: float
    small_wait: float
    tokens: float


class Server:
    """So many slots, and the searches that share them, over simulated time."""

    def __init__(
        self,
        questions: Sequence[Question],
        order: Ranked | LeastSettled,
        n_slots: int,
        *,
        prior_tokens: float = MADE_UP.sample_tokens,
    ) -> None:
        self._queue = [_begin(question, prior_tokens) for question in questions]
        self._order = order
        self.n_free = n_slots
        self._n_driven = 0
        self._next = 0
        self._wanted: dict[SlotRequest, tuple[Search, Sequence[Trial]]] = {}
        self._ends: list[tuple[float, int, Search, Trial]] = []
        self._numbers = itertools.count()
        self.now = 0.0

    def run(self) -> list[Search]:
        """Play to the end."""
        self._claim()
        while self._ends or self._next < len(self._queue):
            if not self._ends:
                self.now = self._queue[self._next].question.at
            else:
                self.now, _, search, trial = heapq.heappop(self._ends)
                self.n_free += 1
                self._tell(search, trial)
            self._claim()
            self._grant()
        return self._queue

    def _tell(self, search: Search, trial: Trial) -> None:
        if search.ended_at < math.inf:
            return
        if search.tell(trial, self.now):
            self._n_driven -= 1
        else:
            self._want(search)

    def _claim(self) -> None:
        while (
            self._next < len(self._queue)
            and self._n_driven < N_DRIVEN
            and self._queue[self._next].question.at <= self.now
        ):
            self._n_driven += 1
            self._want(self._queue[self._next])
            self._next += 1
        self._grant()

    def _want(self, search: Search) -> None:
        trials = search.ask()
        if not trials:
            return
        request = SlotRequest(
            tenant_id=TenantId(search.question.tenant),
            n_slots=min(len(trials), self.n_free + len(self._ends)),
            doubt=lambda: search.doubt,
            sample_tokens=lambda: _expect_tokens(search),
        )
        self._wanted[request] = (search, trials)
        self._order.put_for(search, request)

    def _grant(self) -> None:
        while (request := self._order.choose()) is not None and request.n_slots <= self.n_free:
            self._order.serve(request)
            search, trials = self._wanted.pop(request)
            if search.ended_at < math.inf:
                continue
            for trial in trials:
                self.n_free -= 1
                end = self.now + search.question.draws.tokens[trial.rank]
                heapq.heappush(self._ends, (end, next(self._numbers), search, trial))


def play(
    questions: Sequence[Question],
    order: Ranked | LeastSettled,
    n_slots: int,
    *,
    prior_tokens: float = MADE_UP.sample_tokens,
) -> Play:
    """Return how an order fares on these questions."""
    server = Server(questions, order, n_slots, prior_tokens=prior_tokens)
    searches = server.run()
    waits = [search.ended_at - search.question.at for search in searches]
    first = searches[0].question.tenant
    small = [w for w, s in zip(waits, searches, strict=True) if s.question.tenant == first]
    return Play(
        held_right=fmean(_share_right(search, server.now) for search in searches),
        mean_wait=fmean(waits),
        late_wait=quantiles(waits, n=20)[-1],
        small_wait=fmean(small),
        tokens=sum(search.tokens for search in searches),
    )


def _begin(question: Question, prior_tokens: float) -> Search:
    algorithm = AdaptiveConsistency(samples=len(question.draws.names), stop=Stop.BETA)
    state = algorithm.start(Problem(text="?"))
    return Search(question=question, algorithm=algorithm, state=state, prior_tokens=prior_tokens)


def _doubt_votes(votes: Sequence[VoteClass]) -> float:
    """Return the runner-up's chance, as a worker reckons it."""
    if not votes:
        return 1.0
    return doubt_lead(votes[0].n_votes, votes[1].n_votes if len(votes) > 1 else 0)


def _expect_tokens(search: Search) -> float:
    return search.tokens / search.n_drawn if search.n_drawn else search.prior_tokens


def _share_right(search: Search, end: float) -> float:
    """Return for which share of the run's time the search's answer so far was right."""
    total, since, was_right = 0.0, 0.0, False
    for now, is_right in (*search.right_since, (end, False)):
        total += (now - since) if was_right else 0.0
        since, was_right = now, is_right
    return total / end


def render_lines(plays: dict[str, list[Play]]) -> Iterator[str]:
    """Yield the table: each figure's mean, and its mean ratio to the first order's."""
    base = next(iter(plays.values()))
    for name, results in plays.items():
        cells = [f"{name:<26}"]
        for figure in Play.__dataclass_fields__:
            values = [getattr(result, figure) for result in results]
            ratios = [v / getattr(b, figure) for v, b in zip(values, base, strict=True)]
            error = stdev(ratios) / math.sqrt(len(ratios))
            cells.append(f"{fmean(values):>10.3f} ({fmean(ratios):.3f} ±{error:.3f})")
        yield "  ".join(cells)


@click.command()
@click.option(
    "--recording",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Samples to play, as `svend bench record` writes them; absent: made-up ones.",
)
@click.option("--runs", "n_runs", default=20, show_default=True, type=click.IntRange(2))
@click.option("--jobs", "n_jobs", default=64, show_default=True, type=click.IntRange(2))
@click.option("--slots", "n_slots", default=16, show_default=True, type=click.IntRange(1))
@click.option("--gap", default=0.0, show_default=True, help="Mean time between submissions.")
@click.option("--alone", is_flag=True, help="All jobs are of one tenant.")
def main(
    *, recording: Path | None, n_runs: int, n_jobs: int, n_slots: int, gap: float, alone: bool
) -> None:
    """Play every order on the same questions and print what each comes to."""
    source = MADE_UP if recording is None else _open(recording)
    plays: dict[str, list[Play]] = {name: [] for name in ORDERS}
    for number in range(n_runs):
        random = Random(SEED + number)  # noqa: S311 - which questions are played is no secret
        questions = draw_questions(source, n_jobs, gap, random, is_shared=not alone)
        for name, make in ORDERS.items():
            order = make()
            fared = play(questions, order, n_slots, prior_tokens=source.sample_tokens)
            plays[name].append(fared)
    click.echo(f"{'':<26}  " + "  ".join(f"{name:>26}" for name in Play.__dataclass_fields__))
    for line in render_lines(plays):
        click.echo(line)


def _open(path: Path) -> Source:
    recording = read_recording(path)
    try:
        source = open_recording(recording)
    except InvalidInputError as error:
        raise click.ClickException(f"{path}: {error}") from error
    header = recording.header
    click.echo(
        f"{len(recording.problems)} problems of {header.suite}, {header.samples} samples each "
        f"of {header.model}, {source.sample_tokens:.0f} tokens on average"
    )
    return source


if __name__ == "__main__":
    main()
