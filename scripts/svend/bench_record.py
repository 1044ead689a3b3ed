"""`svend bench record`: draw samples once, for every strategy to be compared over."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TextIO

import click

from engine.adapters.key_equality import KeyEquality
from engine.adapters.monotonic_clock import MonotonicClock
from engine.adapters.openai_http import ModelServer, OpenAIChatModel, create_client
from engine.bench.strategies.record import Question, Studio, record_questions
from engine.bench.strategies.recording import Recording, parse_recording, render_line
from engine.domain.errors import InvalidInputError, ModelError
from engine.domain.profile import ModelProfile
from engine.prompts.prompt_set import load_prompt_set
from scripts.svend.bench_model import ModelChoice, find_model_here, model_options
from scripts.svend.errors import CommandError, UnreachableError
from scripts.svend.problem_file import read_problems
from scripts.svend.progress import LiveDisplay, make_consoles
from tools.registry import local_tools

_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioPlan:
    """How samples are drawn.

    Attributes:
        profile: How the model is spoken to.
        suite: What the problems are called.
        samples: How many of each problem.
        n_in_flight: Problems at the server at once.
        with_certainty: Whether to ask for the candidates that tell how sure the model was.
    """

    profile: ModelProfile
    suite: str
    samples: int
    n_in_flight: int
    with_certainty: bool


@click.command()
@click.option("--suite", "path", required=True, type=_FILE, help="Problems with answers, JSONL.")
@click.option("--out", required=True, type=_FILE, help="The recording; one that is there goes on.")
@click.option("--samples", default=32, show_default=True, type=click.IntRange(1, 1024))
@click.option("--limit", type=click.IntRange(min=1), help="Only the first so many problems.")
@model_options
@click.option("--in-flight", default=4, show_default=True, type=click.IntRange(1, 256))
@click.option("--no-certainty", is_flag=True, help="Ask for no candidates: DeepConf is left out.")
def record(  # noqa: PLR0913 - one parameter an option
    *,
    path: Path,
    out: Path,
    samples: int,
    limit: int | None,
    model: ModelChoice,
    in_flight: int,
    no_certainty: bool,
) -> None:
    """Draw samples of each problem once, and keep them for `svend bench strategies`.

    They are drawn from the model of the running local stack, or from any OpenAI-compatible server,
    as a worker would draw them. A recording that was cut short goes on where it was left: no
    problem is drawn twice.
    """
    try:
        found = find_model_here(model)
    except InvalidInputError as error:
        raise click.UsageError(str(error)) from error
    plan = StudioPlan(
        profile=found.profile,
        suite=path.stem,
        samples=samples,
        n_in_flight=in_flight,
        with_certainty=not no_certainty,
    )
    asyncio.run(_record(found.server, plan, read_questions(path)[:limit], out))


def read_questions(path: Path) -> tuple[Question, ...]:
    """Read a suite: problems that all have an answer and an id of their own.

    Raises:
        CommandError: Naming the first problem that has not.
    """
    questions: dict[str, Question] = {}
    for problem in read_problems(path):
        if problem.expected is None:
            raise CommandError(f"{path}: problem {problem.name} has no answer to grade by.")
        if problem.name in questions:
            raise CommandError(f"{path}: two problems have the id {problem.name}.")
        questions[problem.name] = Question(
            problem_id=problem.name, text=problem.text, gold=problem.expected
        )
    return tuple(questions.values())


def read_recording(path: Path) -> Recording:
    """Read a recording.

    Raises:
        CommandError: When it cannot be read.
    """
    try:
        # Lines end at a newline alone: a text may hold other separators.
        with path.open(encoding="utf-8", newline="\n") as file:
            return parse_recording(file)
    except (OSError, UnicodeDecodeError, InvalidInputError) as error:
        raise CommandError(f"{path}: {error}.") from error


def open_recording(studio: Studio, out: Path) -> tuple[TextIO, frozenset[str]]:
    """Open a recording to be gone on with; returns the file and the ids that are in it.

    A last line that was cut off is taken away.

    Raises:
        CommandError: When the recording was made otherwise.
    """
    header = studio.to_header()
    if not out.exists() or not out.stat().st_size:
        file = out.open("w", encoding="utf-8", newline="\n")
        file.write(render_line(header.to_data()))
        return file, frozenset()
    recording = read_recording(out)
    if recording.header != header:
        raise CommandError(
            f"{out} was recorded with another model, sampling or suite: choose another --out."
        )
    file = out.open("r+", encoding="utf-8", newline="\n")
    whole = out.read_bytes().rpartition(b"\n")[0]
    file.truncate(len(whole) + 1)
    file.seek(0, os.SEEK_END)
    return file, frozenset(problem.problem_id for problem in recording.problems)


@asynccontextmanager
async def open_studio(server: ModelServer, plan: StudioPlan) -> AsyncIterator[Studio]:
    """Open what draws samples from a server.

    Raises:
        UnreachableError: When the server does not answer.
    """
    clock = MonotonicClock()
    async with create_client() as client:
        # Spreads retries over time; nothing secret hangs on it.
        rng = Random()  # noqa: S311
        model = OpenAIChatModel(server, client=client, clock=clock, rng=rng)
        try:
            name = await model.identify()
        except ModelError as error:
            raise UnreachableError(str(error)) from error
        yield Studio(
            model=model,
            model_name=name,
            tools=local_tools(clock),
            equality=KeyEquality(),
            clock=clock,
            profile=plan.profile,
            prompts=load_prompt_set(plan.profile.prompt_set),
            samples=plan.samples,
            suite=plan.suite,
            n_in_flight=plan.n_in_flight,
            with_certainty=plan.with_certainty,
        )


async def _record(
    server: ModelServer, plan: StudioPlan, questions: Sequence[Question], out: Path
) -> None:
    _, err = make_consoles()
    async with open_studio(server, plan) as studio:
        with LiveDisplay(err) as display:
            await _fill(studio, out, questions, display)


async def _fill(
    studio: Studio, out: Path, questions: Sequence[Question], display: LiveDisplay
) -> None:
    file, known = open_recording(studio, out)
    with file:
        left = [one for one in questions if one.problem_id not in known]
        n_done = len(questions) - len(left)
        display.say(f"{n_done} of {len(questions)} problems are recorded, {len(left)} to go")
        bar = display.add_bar(studio.suite, len(questions))
        try:
            async for problem in record_questions(studio, left):
                file.write(render_line(problem.to_data()))
                file.flush()
                n_done += 1
                display.move_bar(bar, n_done, problem.problem_id)
        except ModelError as error:
            raise UnreachableError(f"{error}; the same command goes on from here") from error
        display.say(f"{n_done} problems with {studio.samples} samples each are in {out}")
