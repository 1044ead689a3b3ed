"""One run from its settings to its files: journal, server, limits, files, labels re-checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, Final

from engine.adapters.monotonic_clock import MonotonicClock
from engine.adapters.openai_http import ModelServer, OpenAIChatModel, create_client
from engine.domain.trial import Sampling
from engine.training.datasets.json_lines import atomic_file, render_line
from engine.training.example import Category
from engine.training.generation.ask import Asker, Asking, Door, heed, one_attempt
from engine.training.generation.budget import Budget, Prices
from engine.training.generation.journal import Journal, open_journal
from engine.training.generation.judge import Standard
from engine.training.generation.limit import RateLimit
from engine.training.generation.outcome import Outcome, Tally
from engine.training.generation.plan import Lane, Request, Shape
from engine.training.generation.prompt import VERSION
from engine.training.generation.recheck import Recheck, recheck_labels
from engine.training.generation.run import Ending, Refused, Run, Watch, Work

JOURNAL_FILE: Final = "journal.jsonl"
REFUSED_FILE: Final = "refused.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast and how far a server is asked.

    Attributes:
        concurrency: Requests in flight at most.
        requests_a_minute: None for no limit.
        tokens_a_minute: None for no limit.
        prices: Of tokens.
        max_cost: None for no cap.
    """

    concurrency: int = 8
    requests_a_minute: int | None = None
    tokens_a_minute: int | None = None
    prices: Prices = field(default_factory=Prices)
    max_cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A run's settings.

    Attributes:
        folder: Where its files lie.
        server: Who is asked.
        shape: What for.
        lanes: The requests.
        source: Digest of what the requests are made from.
        asking: How the model draws, and how long it may take.
        pace: How fast and how far.
        standard: What examples are held to.
    """

    folder: Path
    server: ModelServer
    shape: Shape
    lanes: Mapping[Category, Lane]
    source: str
    asking: Asking
    pace: Pace = field(default_factory=Pace)
    standard: Standard = field(default_factory=Standard)

    def settings(self) -> dict[str, Any]:
        """What the requests follow from; quotas, pace and prices may change between runs."""
        sampling: Sampling = self.asking.sampling
        return {
            "kind": self.shape.kind.value,
            "model": self.server.model,
            "prompt version": VERSION,
            "source": self.source,
            "seed": self.shape.seed,
            "number of items": self.shape.n_items,
            "number of samples": self.shape.n_samples,
            "format": "mini" if self.shape.is_mini else "chat",
            "label": "majority" if self.shape.by_majority else "stated",
            "temperature": sampling.temperature,
            "max tokens": sampling.max_tokens,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run came to.

    Attributes:
        ending: Why it ended.
        tallies: What each category has.
        budget: What it took.
        n_examples: Examples in the file.
        recheck: Of their labels.
    """

    ending: Ending
    tallies: Mapping[Category, Tally]
    budget: Budget
    n_examples: int
    recheck: Recheck


async def run_session(session: Session, watch: Watch) -> Result:
    """Ask, judge, write and re-check.

    Raises:
        DatasetError: The folder belongs to another run or process, or cannot be written.
        ModelError: The server was to say which model it serves, and did not.
    """
    session = await _named(session)
    budget = Budget(prices=session.pace.prices, cap=session.pace.max_cost)
    outcome = Outcome(session.lanes, session.standard)
    with open_journal(session.folder / JOURNAL_FILE, session.settings()) as journal:
        ending = await _ask_all(session, journal, outcome, budget, watch)
        n_examples = outcome.write(session.folder)
        write_refused(session.folder / REFUSED_FILE, ending.refused)
        recheck = recheck_labels(session.folder, seed=session.shape.seed)
    return Result(
        ending=ending,
        tallies=outcome.in_order(),
        budget=budget,
        n_examples=n_examples,
        recheck=recheck,
    )


def write_refused(path: Path, refused: Iterable[Refused]) -> None:
    """Write down which requests were set aside, and why.

    Raises:
        DatasetError: When the file cannot be written.
    """
    with atomic_file(path) as file:
        for one in refused:
            question = one.request.subject.question
            row = {"id": one.request.request_id, "question": question, "reason": one.reason}
            file.write(render_line(row))


def digest_of(*parts: object) -> str:
    """16 hex digits of values that are written the same in every process."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


async def _named(session: Session) -> Session:
    """The session with the model's name, asked of the server where none was given."""
    server = session.server
    if not server.model:
        async with create_client() as client:
            model = OpenAIChatModel(server, client=client, clock=MonotonicClock(), rng=Random(0))
            server = replace(server, model=await model.identify())
    making = replace(session.standard.making, source=f"model:{server.model}")
    standard = replace(session.standard, making=making)
    return replace(session, server=server, standard=standard)


async def _ask_all(
    session: Session, journal: Journal, outcome: Outcome, budget: Budget, watch: Watch
) -> Ending:
    clock, rng = MonotonicClock(), Random(session.shape.seed)
    pace, asking = session.pace, session.asking
    limit = RateLimit(
        clock,
        requests_a_minute=pace.requests_a_minute,
        tokens_a_minute=pace.tokens_a_minute,
    )

    def cost(request: Request) -> float:
        return pace.prices.cost(*asking.most_tokens(request))

    async with create_client() as client:
        door = Door()
        heed(client, limit, door)
        model = OpenAIChatModel(
            session.server, client=client, clock=clock, rng=rng, retry=one_attempt()
        )
        asker = Asker(model, asking, limit=limit, door=door, clock=clock, rng=rng)
        work = Work(lanes=session.lanes, ask=asker.ask, cost=cost, concurrency=pace.concurrency)
        return await Run(work, journal, outcome, budget, watch).go()
