"""Draws the samples of a recording through the engine, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from engine.adapters.memory_log import InMemoryEventLog
from engine.bench.strategies.recording import (
    RecordedProblem,
    RecordedSample,
    RecordingHeader,
)
from engine.bench.trial_run import NeverCancelled
from engine.domain.algorithm import Algorithm
from engine.domain.errors import ModelError
from engine.domain.event import EventType
from engine.domain.outcome import Outcome
from engine.domain.pins import Serving
from engine.domain.problem import Problem
from engine.domain.profile import ModelProfile
from engine.domain.record import read_outcome, read_trial
from engine.domain.trial import MAX_CANDIDATES, Sampling
from engine.ports import ChatModel, Clock, Equality, ToolRunner
from engine.prompts.prompt_set import PromptSet
from engine.runner import SearchEnd, SearchPorts, SearchRequest, run_search
from engine.search.direct import Direct
from engine.search.self_consistency import SelfConsistency
from engine.search.stopping.catalogue import Stop

ROLE = "solve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A problem with its right answer, to be recorded.

    Attributes:
        problem_id: Unique within the suite.
        text: The question.
        gold: The right answer.
    """

    problem_id: str
    text: str
    gold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What draws the samples.

    Attributes:
        model: The server.
        model_name: As the server lists it.
        tools: Runs the programs of a model that answers by program.
        equality: Decides which answers are equal.
        clock: Time.
        profile: How the model is spoken to.
        prompts: The profile's prompts.
        samples: How many of each problem.
        suite: What the problems are called.
        n_in_flight: Problems at the server at once.
        with_certainty: Whether to ask for the candidates that tell how sure the model was.
    """

    model: ChatModel
    model_name: str
    tools: ToolRunner
    equality: Equality
    clock: Clock
    profile: ModelProfile
    prompts: PromptSet
    samples: int
    suite: str
    n_in_flight: int = 4
    with_certainty: bool = True

    @property
    def sampling(self) -> Sampling:
        """How the samples are drawn: as the profile says."""
        n_candidates = MAX_CANDIDATES if self.with_certainty else 0
        return replace(self.profile.to_sampling(), n_candidates=n_candidates)

    def to_header(self) -> RecordingHeader:
        """Return the header of what it records."""
        return RecordingHeader(
            suite=self.suite,
            model=self.model_name,
            prompt_ids=self.prompts.prompt_ids(),
            sampling=self.sampling.to_data(),
            samples=self.samples,
            canonicaliser=self.equality.canonicaliser,
        )


async def record_questions(
    studio: Studio, questions: Sequence[Question]
) -> AsyncIterator[RecordedProblem]:
    """Yield each question with its samples as soon as all of them have ended.

    Raises:
        ModelError: When a sample failed at the server; what was yielded before is whole.
    """
    slots = asyncio.Semaphore(studio.n_in_flight)

    async def record(question: Question) -> RecordedProblem:
        async with slots:
            return await record_question(studio, question)

    tasks = [asyncio.create_task(record(question)) for question in questions]
    try:
        for ended in asyncio.as_completed(tasks):
            yield await ended
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def record_question(studio: Studio, question: Question) -> RecordedProblem:
    """Draw the samples of one question: one group at the profile's sampling, and a greedy one.

    Raises:
        ModelError: When a sample failed at the server: a recording holds no holes.
    """
    vote = SelfConsistency(
        samples=studio.samples, haste=1.0, stop=Stop.FULL, sampling=studio.sampling
    )
    greedy = Direct(max_tokens=studio.profile.max_tokens)
    _, sampled = await search(studio, question, vote)
    _, likeliest = await search(studio, question, greedy)
    prompt = studio.prompts.render(
        ROLE, {"problem": question.text, "steps": "", "candidates": "", "tools": ""}
    )
    return RecordedProblem(
        problem_id=question.problem_id,
        text=question.text,
        gold=question.gold,
        prompt=prompt if isinstance(prompt, str) else [asdict(message) for message in prompt],
        samples=_read_samples(sampled),
        greedy=_read_samples(likeliest)[0],
    )


async def search(
    studio: Studio, question: Question, algorithm: Algorithm[Any]
) -> tuple[SearchEnd, InMemoryEventLog]:
    """Run a search on a question to its end, and return the end with the log behind it.

    Raises:
        ModelUnavailableError: When the model server cannot be reached.
    """
    root = f"{studio.suite}/{question.problem_id}"
    log = InMemoryEventLog(root)
    request = SearchRequest(
        problem=Problem(text=question.text, root_search_id=root),
        algorithm=algorithm,
        settings=algorithm.settings(),
        profile=studio.profile,
        prompts=studio.prompts,
        serving=_to_serving(studio),
        max_in_flight=studio.samples,
    )
    ports = SearchPorts(
        model=studio.model,
        tools=studio.tools,
        equality=studio.equality,
        log=log,
        clock=studio.clock,
    )
    return await run_search(request, ports, NeverCancelled()), log


def _read_samples(log: InMemoryEventLog) -> tuple[RecordedSample, ...]:
    ranks: dict[str, int] = {}
    ended: dict[int, Outcome] = {}
    for event in log.events:
        if event.type is EventType.TRIAL_OPENED:
            trial = read_trial(event)
            ranks[trial.trial_id] = trial.rank
        elif event.type is EventType.TRIAL_ENDED:
            outcome = read_outcome(event)
            ended[ranks[outcome.trial_id]] = outcome
    return tuple(_to_sample(ended[rank], log) for rank in sorted(ended))


def _to_sample(outcome: Outcome, log: InMemoryEventLog) -> RecordedSample:
    if outcome.reason == "model-error":
        raise ModelError(f"a sample failed at the model server: {outcome.error}")
    body = log.bodies.get(outcome.body_ref or "", b"")
    return RecordedSample(
        text=body.decode(),
        status=outcome.status,
        reason=outcome.reason,
        answer=outcome.answer,
        tokens=outcome.tokens,
        timing=outcome.timing,
        likelihood=outcome.likelihood,
        certainty=outcome.certainty,
        program_ref=outcome.program_ref,
    )


def _to_serving(studio: Studio) -> Serving:
    return Serving(
        model=studio.model_name,
        model_fingerprint="unpinned",
        profile=studio.profile.name,
        prompt_ids=studio.prompts.prompt_ids(),
        canonicaliser=studio.equality.canonicaliser,
    )
