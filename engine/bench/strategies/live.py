"""Runs strategies that write text of their own, such as searches by steps, against the model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from engine.bench.strategies.record import Question, Studio, search
from engine.bench.strategies.recording import RecordedProblem
from engine.bench.strategies.replay import Run
from engine.domain.algorithm import Algorithm


async def run_live(
    studio: Studio,
    algorithm: Algorithm[Any],
    problems: Sequence[RecordedProblem],
    tell: Callable[[Run], None],
) -> tuple[Run, ...]:
    """Run a strategy on problems that were recorded, so that it pairs with what was replayed.

    A run's samples are the nodes it opened, steps and judgements alike. Its time depends on what
    else the server does, the studio's other problems among it.

    Args:
        studio: What draws the text.
        algorithm: The strategy.
        problems: Which problems.
        tell: Called with each run as it ends.

    Raises:
        ModelUnavailableError: When the model server cannot be reached.
    """
    slots = asyncio.Semaphore(studio.n_in_flight)

    async def run(problem: RecordedProblem) -> Run:
        async with slots:
            ended = await _run_one(studio, algorithm, problem)
        tell(ended)
        return ended

    return tuple(await asyncio.gather(*map(run, problems)))


async def _run_one(studio: Studio, algorithm: Algorithm[Any], problem: RecordedProblem) -> Run:
    question = Question(problem_id=problem.problem_id, text=problem.text, gold=problem.gold)
    began_ms = studio.clock.now_ms()
    end, _ = await search(studio, question, algorithm)
    return Run(
        problem_id=problem.problem_id,
        verdict=problem.grade(end.standing.answer),
        n_samples=end.spent.nodes,
        tokens=float(end.spent.tokens_out),
        wall_ms=studio.clock.now_ms() - began_ms,
    )
