"""`svend bench tools`: whether a model calls the right tool, and none where none fits."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path
from random import Random

import click

from engine.adapters.monotonic_clock import MonotonicClock
from engine.adapters.openai_http import ModelServer, OpenAIChatModel, create_client
from engine.bench.tool_choice import Grade, Graded, ToolQuestion
from engine.bench.tool_choice_file import parse_questions
from engine.bench.tool_choice_report import render_table, score_questions, to_report
from engine.bench.tool_choice_run import ToolChoicePlan, ask_questions
from engine.domain.errors import InvalidInputError, ModelError, SettingsError
from engine.library import NeverCancelled
from scripts.svend.errors import CommandError, UnreachableError
from scripts.svend.event_line import printable

MAX_SHOWN_CHARS = 160


@click.command()
@click.option(
    "--path",
    "path",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Questions, one JSON object a line, in the format of BFCL.",
)
@click.option(
    "--answers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Right calls, where they are not in the rows; else possible_answer/ beside the file.",
)
@click.option(
    "--llm-url", envvar="SVEND_LLM_URL", show_envvar=True, help="The OpenAI-compatible server."
)
@click.option("--llm-model", default="", help="The model's name there; the first one if absent.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first so many questions.")
@click.option("--max-tokens", default=512, show_default=True, type=click.IntRange(min=1))
@click.option("--in-flight", default=8, show_default=True, type=click.IntRange(1, 256))
@click.option("--native", is_flag=True, help="Let the server tell of the tools and read calls.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write JSON here.")
@click.option("--verbose", is_flag=True, help="Show every question as it is graded.")
def tools(  # noqa: PLR0913 - one parameter an option
    *,
    path: Path,
    answers: Path | None,
    llm_url: str | None,
    llm_model: str,
    limit: int | None,
    max_tokens: int,
    in_flight: int,
    native: bool,
    out: Path | None,
    verbose: bool,
) -> None:
    """Measure a model's choice of tools: right tool, right arguments, no call when none fits.

    The tools are told in the prompt, and calls are read in every notation that a search reads.
    With --native the server does both, where it can.
    """
    questions = _read_questions(path, answers)[:limit]
    plan = ToolChoicePlan(questions=questions, n_in_flight=in_flight, is_native=native)
    plan = replace(plan, sampling=replace(plan.sampling, max_tokens=max_tokens))
    model, graded = asyncio.run(_ask(_find_server(llm_url, llm_model), plan, verbose=verbose))
    if out is not None:
        report = to_report(graded, model=model)
        out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(f"{printable(model, MAX_SHOWN_CHARS)}, {len(graded)} questions\n")
    click.echo(render_table(score_questions(graded)))


def _read_questions(path: Path, answers: Path | None) -> tuple[ToolQuestion, ...]:
    beside = path.parent / "possible_answer" / path.name
    truths = answers or (beside if beside.is_file() else None)
    try:
        return parse_questions(_read_lines(path), _read_lines(truths) if truths else ())
    except InvalidInputError as error:
        raise click.UsageError(f"{path}: {error}") from error


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path} cannot be read: {error}") from error


def _find_server(llm_url: str | None, llm_model: str) -> ModelServer:
    if not llm_url:
        raise click.UsageError("No model server is known: give --llm-url, or set SVEND_LLM_URL.")
    api_key = os.environ.get("SVEND_LLM_API_KEY", "")
    try:
        return ModelServer(base_url=llm_url, model=llm_model, api_key=api_key)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


async def _ask(
    server: ModelServer, plan: ToolChoicePlan, *, verbose: bool
) -> tuple[str, tuple[Graded, ...]]:
    async with create_client() as client:
        # Spreads retries over time; nothing secret hangs on it.
        rng = Random()  # noqa: S311
        model = OpenAIChatModel(server, client=client, clock=MonotonicClock(), rng=rng)
        try:
            name = await model.identify()
        except ModelError as error:
            raise UnreachableError(str(error)) from error
        tell = _show if verbose else _ignore
        graded = await ask_questions(model, plan, NeverCancelled(), tell)
    if all(each.grade is Grade.UNANSWERED for each in graded):
        raise CommandError("The model server answered no question; see --verbose for why.")
    return name, graded


def _show(graded: Graded) -> None:
    fault = f": {graded.fault}" if graded.fault else ""
    line = f"{graded.question.question_id}: {graded.grade.value}{fault}"
    click.echo(printable(line, MAX_SHOWN_CHARS), err=True)


def _ignore(_graded: Graded) -> None:
    pass
