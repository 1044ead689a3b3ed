"""The part of `svend bench strategies` that asks a model: strategies that write their own text."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click

from engine.adapters.openai_http import ModelServer
from engine.bench.strategies.comparison import Entry
from engine.bench.strategies.contest import Contestant
from engine.bench.strategies.live import run_live
from engine.bench.strategies.record import Studio
from engine.bench.strategies.recording import RecordedProblem, Recording
from engine.bench.strategies.replay import Run
from engine.domain.errors import InvalidInputError, ModelError
from engine.domain.profile import AnswerProtocol, ModelProfile
from engine.search.registry import create_algorithm
from engine.search.strategy import Offered
from scripts.svend.bench_model import ModelChoice, find_model_here, model_options
from scripts.svend.bench_record import StudioPlan, open_studio
from scripts.svend.errors import CommandError, UnreachableError
from scripts.svend.progress import LiveDisplay, make_consoles

MAX_IN_FLIGHT = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveChoice:
    """What is run live, and where.

    Attributes:
        live: Names of strategies, each with its default settings.
        live_limit: Only the first so many problems.
        in_flight: Problems at the server at once.
        model: What is asked.
    """

    live: tuple[str, ...]
    live_limit: int | None
    in_flight: int
    model: ModelChoice


_OPTIONS = (
    click.option("--live", multiple=True, metavar="STRATEGY", help="Run this one on the model."),
    click.option("--live-limit", type=click.IntRange(min=1), help="Only on so many problems."),
    model_options,
    click.option(
        "--in-flight", default=4, show_default=True, type=click.IntRange(1, MAX_IN_FLIGHT)
    ),
)


def live_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of what is run live, as one argument `live`."""

    @functools.wraps(command)
    def wrapped(**given: Any) -> Any:
        chosen = {name: given.pop(name) for name in LiveChoice.__slots__}
        return command(**given, live=LiveChoice(**chosen))

    return functools.reduce(lambda wrapping, option: option(wrapping), reversed(_OPTIONS), wrapped)


def run_chosen(
    choice: LiveChoice, recording: Recording, problems: Sequence[RecordedProblem]
) -> tuple[Entry, ...]:
    """Run the chosen strategies; nothing where none is chosen.

    Raises:
        CommandError: When one cannot run, or the server serves another model than was recorded.
        UnreachableError: When the server does not answer.
    """
    if not choice.live:
        return ()
    try:
        found = find_model_here(choice.model)
    except InvalidInputError as error:
        raise click.UsageError(str(error)) from error
    plan = StudioPlan(
        profile=found.profile,
        suite=recording.header.suite,
        samples=recording.header.samples,
        n_in_flight=choice.in_flight,
        with_certainty=False,
    )
    return asyncio.run(_run(found.server, plan, choice, recording, problems[: choice.live_limit]))


async def _run(
    server: ModelServer,
    plan: StudioPlan,
    choice: LiveChoice,
    recording: Recording,
    problems: Sequence[RecordedProblem],
) -> tuple[Entry, ...]:
    _, err = make_consoles()
    async with open_studio(server, plan) as studio:
        if studio.model_name != recording.header.model:
            raise CommandError(
                f"{studio.model_name} is served, but {recording.header.model} was recorded: "
                "they do not pair."
            )
        with LiveDisplay(err) as display:
            return tuple([await _enter(studio, name, problems, display) for name in choice.live])


async def _enter(
    studio: Studio, name: str, problems: Sequence[RecordedProblem], display: LiveDisplay
) -> Entry:
    bar = display.add_bar(name, len(problems))
    ended: list[Run] = []

    def tell(run: Run) -> None:
        ended.append(run)
        display.move_bar(bar, len(ended), run.problem_id)

    try:
        algorithm = create_algorithm(name, {}, _to_offered(studio.profile, studio))
        runs = await run_live(studio, algorithm, problems, tell)
    except InvalidInputError as error:
        raise CommandError(f"{name}: {error}.") from error
    except ModelError as error:
        raise UnreachableError(str(error)) from error
    contestant = Contestant(
        label=f"{name}, live on {len(problems)}", strategy=name, settings=algorithm.settings()
    )
    return Entry(contestant=contestant, runs=runs)


def _to_offered(profile: ModelProfile, studio: Studio) -> Offered:
    return Offered(
        sampling=profile.to_sampling(),
        prompts=frozenset(studio.prompts.prompts),
        answers_by_program=profile.answer_protocol is AnswerProtocol.PROGRAM,
    )
