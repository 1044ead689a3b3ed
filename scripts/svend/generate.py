"""`svend data generate`: training data from any OpenAI-compatible server, checked by execution."""

from __future__ import annotations

import asyncio
import logging
import os
from enum import IntEnum
from typing import Any, Final

import click

from engine.adapters.openai_http import ModelServer
from engine.domain.errors import ModelError
from engine.domain.profile import EndpointKind
from engine.domain.trial import Sampling
from engine.training.command_line import one_line_faults
from engine.training.datasets.options import screen_options
from engine.training.example import Category
from engine.training.frameworks.commands import choose_frameworks
from engine.training.generation.ask import Asking
from engine.training.generation.budget import Prices
from engine.training.generation.judge import Standard
from engine.training.generation.kept import Making
from engine.training.generation.plan import Kind, Lane, Shape, plan_blueprints, plan_subjects
from engine.training.generation.progress import (
    render_money,
    render_refused,
    render_tallies,
    watching,
)
from engine.training.generation.prompt import told_of
from engine.training.generation.run import End, Watch
from engine.training.generation.session import Pace, Result, Session, digest_of, run_session
from engine.training.generation.sketch import read_sketches
from engine.training.screen import Screen
from scripts.svend.errors import UnreachableError
from scripts.svend.generate_options import generate_options

_N_DEFAULT: Final = 100


class GenerateExit(IntEnum):
    """How `svend data generate` ended."""

    DONE = 0
    LABELS = 1
    SERVER = 3
    CAPPED = 4
    SHORT = 5


@click.command("generate")
@generate_options
@screen_options
@click.pass_context
def generate_command(ctx: click.Context, /, **given: Any) -> None:
    """Let a model write blueprints, paraphrases or solutions; keep what execution bears out.

    Blueprints are asked for under the blocks of the frameworks, paraphrases and solutions of the
    questions of --from. Every reply is written to a journal in the folder of --out, so that the
    same command goes on where a run ended. A category is asked for until its quota is full, or
    until --attempts times the requests that would do if all of it were kept. A request that the
    server refuses is set aside, unless it refuses all of them.

    Exit codes: 0 done, 1 labels below 99.7 % or nothing kept, 2 options that do not fit together,
    3 the server failed, 4 the cap of --max-cost was reached, 5 the attempts were spent before the
    quotas were full.
    """
    # One line a request is for whoever looks for a fault, not for whoever watches a bar.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with one_line_faults():
        session = _session(given)
        with watching() as watch:
            result = _run(session, watch)
    # Where nothing else is said, each question of a file is asked about once.
    is_bounded = session.shape.kind is Kind.BLUEPRINTS or bool(given["n"] or given["quotas"])
    _tell(result, session, is_bounded=is_bounded)
    ctx.exit(_exit_code(result, is_bounded=is_bounded))


def _run(session: Session, watch: Watch) -> Result:
    try:
        return asyncio.run(run_session(session, watch))
    except ModelError as error:
        raise UnreachableError(str(error)) from error


def _session(given: dict[str, Any]) -> Session:
    kind, is_mini = Kind(given["kind"]), given["mini"]
    if is_mini and kind is not Kind.SOLUTIONS:
        raise click.UsageError("--mini models write programs only: use it with --kind solutions")
    shape = Shape(
        kind=kind,
        n_items=given["per_request"],
        n_samples=given["samples"],
        seed=given["seed"],
        is_mini=is_mini,
        by_majority=given["majority"],
    )
    lanes, source = _plan(shape, given)
    prices = Prices(prompt=given["prompt_price"], completion=given["completion_price"])
    if given["max_cost"] is not None and not prices.prompt + prices.completion:
        raise click.UsageError("--max-cost needs --prompt-price and --completion-price")
    sampling = Sampling(temperature=given["temperature"], max_tokens=given["max_tokens"])
    screen: Screen | None = given["screen"]
    return Session(
        folder=given["out"],
        server=ModelServer(
            base_url=given["url"],
            model=given["model"],
            api_key=_key(given["key_variable"]),
            kind=EndpointKind.COMPLETIONS if is_mini else EndpointKind.CHAT,
        ),
        shape=shape,
        lanes=lanes,
        source=source,
        asking=Asking(sampling=sampling, deadline_s=given["timeout_s"]),
        pace=Pace(
            concurrency=given["concurrency"],
            requests_a_minute=given["requests_per_minute"],
            tokens_a_minute=given["tokens_per_minute"],
            prices=prices,
            max_cost=given["max_cost"],
        ),
        standard=Standard(
            making=Making(licence=given["licence"], n_instances=given["instances"]), screen=screen
        ),
    )


def _plan(shape: Shape, given: dict[str, Any]) -> tuple[dict[Category, Lane], str]:
    if shape.kind is Kind.BLUEPRINTS:
        if given["source"] is not None:
            raise click.UsageError("blueprints come from --framework, not from --from")
        frameworks = choose_frameworks(given["frameworks"])
        categories = list(dict.fromkeys(framework.category for framework in frameworks))
        quotas = _quotas(given, dict.fromkeys(categories, _N_DEFAULT))
        lanes = plan_blueprints(frameworks, quotas, given["attempts"], shape)
        return dict(lanes), digest_of(*map(told_of, frameworks))
    if given["source"] is None or given["frameworks"]:
        raise click.UsageError(f"{shape.kind} are made of the questions of --from FILE")
    subjects = read_sketches(given["source"])
    n_each = shape.n_samples if shape.kind is Kind.SOLUTIONS else shape.n_items
    most: dict[Category, int] = {}
    for subject in subjects:
        most[subject.category] = most.get(subject.category, 0) + n_each
    # Without a quota every question is asked about once.
    is_bounded = given["n"] or given["quotas"]
    quotas = _quotas(given, most)
    lanes = plan_subjects(subjects, quotas, given["attempts"] if is_bounded else 1, shape)
    return dict(lanes), digest_of(*subjects)


def _quotas(given: dict[str, Any], default: dict[Category, int]) -> dict[Category, int]:
    """The quota of each category that there is a source of."""
    if given["n"] and given["quotas"]:
        raise click.UsageError("give --n or --quota, not both")
    if given["n"]:
        share, over = divmod(given["n"], len(default))
        return {category: share + (i < over) for i, category in enumerate(default)}
    return dict(map(_quota, given["quotas"], [default] * len(given["quotas"]))) or default


def _quota(text: str, known: dict[Category, int]) -> tuple[Category, int]:
    name, _, number = text.partition("=")
    names = [category.value for category in known]
    if name not in names or not number.isdecimal() or not int(number):
        wanted = ", ".join(names)
        raise click.UsageError(f"--quota {text!r} is no CATEGORY=N with one of {wanted}")
    return Category(name), int(number)


def _key(variable: str | None) -> str:
    if variable is None:
        return ""
    key = os.environ.get(variable, "")
    if not key:
        raise click.UsageError(f"the environment variable {variable} holds no key")
    return key


def _tell(result: Result, session: Session, *, is_bounded: bool) -> None:
    for line in render_tallies(result.tallies):
        click.echo(line)
    if result.ending.refused:
        click.echo(render_refused(result.ending.refused))
    click.echo(render_money(result.budget))
    click.echo(result.recheck.render())
    click.echo(f"{result.n_examples:,} examples in {session.folder}")
    # What ended too early is told where errors are.
    end = result.ending.end
    is_done = end is End.FULL or (end is End.SPENT and not is_bounded)
    click.echo(_last_line(result, is_bounded=is_bounded), err=not is_done)


def _last_line(result: Result, *, is_bounded: bool) -> str:
    match result.ending.end:
        case End.CAPPED:
            return "stopped at the cap: run the same command with a larger --max-cost to go on"
        case End.FAILED:
            error = result.ending.error
            return (
                f"stopped, the server failed: {error}; with that mended the same command goes on"
            )
        case End.SPENT if not is_bounded:
            return "done: every question was asked about"
        case End.SPENT:
            return "all attempts are spent: run the same command with more --attempts to go on"
        case End.FULL:
            return "done: every quota is full"


def _exit_code(result: Result, *, is_bounded: bool) -> GenerateExit:
    match result.ending.end:
        case End.FAILED:
            return GenerateExit.SERVER
        case _ if result.n_examples and not result.recheck.passes:
            return GenerateExit.LABELS
        case End.CAPPED:
            return GenerateExit.CAPPED
        case End.SPENT if is_bounded:
            return GenerateExit.SHORT
        case _:
            return GenerateExit.DONE if result.recheck.passes else GenerateExit.LABELS
