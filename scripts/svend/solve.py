"""`svend solve`: submit a problem, follow its search, print the answer."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click
from rich.console import Console

from engine.domain.job_status import JobStatus
from scripts.svend.client import SvendClient, open_client
from scripts.svend.errors import ExitCode
from scripts.svend.event_line import render_error, render_event
from scripts.svend.progress import LiveDisplay, describe_tally, make_consoles
from scripts.svend.render import render_result
from scripts.svend.server import ServerChoice, find_server, server_options
from scripts.svend.tally import Tally
from scripts.svend.wire import Job, Result

# A submission is sent again under the same Idempotency-Key for so long: time enough for a server
# that is restarting, or whose first worker has not reported yet.
SUBMIT_PATIENCE_S = 30.0
EFFORTS = ("auto", "quick", "standard", "deep")


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveOptions:
    """What the caller asked for besides the problem; ``None`` leaves it to the server.

    Attributes:
        strategy: Which search.
        verifier: Who judges.
        effort: How much the search may try, where it chooses itself.
        samples: Most samples to draw.
        budget_tokens: Most tokens to generate.
        budget_money: Most that its tokens may cost.
        seconds: Longest running time.
        seed: Another seed draws other samples.
        max_cache_age: How old, in seconds, a result may be that answers instead.
        as_json: Print JSON instead of a panel.
        detach: Do not wait.
    """

    strategy: str | None
    verifier: str | None
    effort: str | None
    samples: int | None
    budget_tokens: int | None
    budget_money: float | None
    seconds: float | None
    seed: int | None
    max_cache_age: float | None
    as_json: bool
    detach: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A job that was followed to its end.

    Attributes:
        job: The job as it ended.
        result: Its result, if it succeeded.
    """

    job: Job
    result: Result | None


class ProblemCommand(click.Command):
    """A command whose problem may begin with a dash, as in `-5 + 3`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse as click does; what is no option but reads like a problem is taken as one.

        Raises:
            click.NoSuchOption: When it reads like a misspelt option. It names the way round.
        """
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            place = _find_problem(given, error.option_name)
            if "--" in given or place is None:
                words = f"{error.message} A problem that begins with a dash goes after `--`."
                raise click.NoSuchOption(
                    error.option_name, words, possibilities=error.possibilities, ctx=ctx
                ) from error
        rest = [*given[:place], *given[place + 1 :]]
        return super().parse_args(ctx, [*rest, "--", given[place]])


@click.command(cls=ProblemCommand)
@click.argument("problem")
@click.option("--strategy", help="Which search; the server's default if not given.")
@click.option("--verifier", help="Who judges; the server's default if not given.")
@click.option(
    "--effort",
    type=click.Choice(EFFORTS),
    help="Let the search choose its way, and try so much.",
)
@click.option("--samples", type=click.IntRange(1), help="Most samples to draw.")
@click.option("--budget-tokens", type=click.IntRange(1), help="Most tokens to generate.")
@click.option(
    "--budget-money",
    type=click.FloatRange(0, min_open=True),
    help="Most that its tokens may cost, in the units of the server's prices.",
)
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="Longest running time.")
@click.option("--seed", type=click.IntRange(0), help="Another seed draws other samples.")
@click.option(
    "--max-cache-age",
    type=click.FloatRange(0, min_open=True),
    help="Let the result of an equal request answer that is at most so many seconds old.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the job and its result as JSON.")
@click.option("--detach", is_flag=True, help="Print the job's id and leave it running.")
@server_options
def solve(problem: str, choice: ServerChoice, **given: Any) -> None:
    """Submit PROBLEM (or `-` for standard input), follow its search and print the answer.

    Ctrl-C stops following and leaves the job running.
    """
    options = SolveOptions(**given)
    text = sys.stdin.read().strip() if problem == "-" else problem
    if not text.strip():
        raise click.UsageError("The problem is empty.")
    with open_client(find_server(choice), patience_s=SUBMIT_PATIENCE_S) as client:
        job = _submit(client, render_body(text, options))
        show_job(client, job, as_json=options.as_json, detach=options.detach)


def show_job(client: SvendClient, job: Job, *, as_json: bool, detach: bool) -> None:
    """Follow a job to its end and print what came of it, or only name it."""
    if detach:
        click.echo(json.dumps({"job": job.data}) if as_json else job.job_id)
        return
    out, err = make_consoles()
    ended = _follow_or_detach(client, job, err)
    _print_ended(ended, out, as_json=as_json)
    if ended.job.status is not JobStatus.SUCCEEDED:
        sys.exit(ExitCode.JOB_FAILED)


def list_limits(
    tokens: int | None, money: float | None, seconds: float | None
) -> dict[str, int | float]:
    """Return the limits that were asked for, as a request names them."""
    limits = {"tokens": tokens, "money": money, "seconds": seconds}
    return {name: limit for name, limit in limits.items() if limit is not None}


def render_body(problem: str, options: SolveOptions) -> dict[str, Any]:
    """Return the request body: only what the caller asked for, the rest is the server's choice."""
    budget = list_limits(options.budget_tokens, options.budget_money, options.seconds)
    body: dict[str, Any] = {"type": "solve", "problem": problem}
    if options.strategy is not None:
        body["strategy"] = options.strategy
    if options.verifier is not None:
        body["verifier"] = options.verifier
    if options.effort is not None:
        body["effort"] = options.effort
    if options.samples is not None:
        body["settings"] = {"samples": options.samples}
    if budget:
        body["budget"] = budget
    if options.seed is not None:
        body["seed"] = options.seed
    if options.max_cache_age is not None:
        body["cache"] = {"max_age_s": options.max_cache_age}
    return body


def follow_job(client: SvendClient, job: Job, display: LiveDisplay) -> Ended:
    """Show a job's events as they happen, and return the job as it ended."""
    tally = Tally()
    bar = display.add_bar("samples", 1)
    for event in client.follow(job.job_id):
        tally.tell(event)
        display.say_event(render_event(event))
        display.move_bar(bar, tally.n_ended, describe_tally(tally), total=tally.n_planned or None)
    return fetch_ended(client, job.job_id)


def fetch_ended(client: SvendClient, job_id: str) -> Ended:
    """Return a finished job, with its result if it succeeded."""
    job = client.get_job(job_id)
    result = client.get_result(job_id) if job.status is JobStatus.SUCCEEDED else None
    return Ended(job=job, result=result)


def _find_problem(words: Sequence[str], option: str) -> int | None:
    """Return the place of the word that was taken for an option and reads like a problem.

    A misspelt option is one word that begins with a letter, or with a second dash.
    """
    for place, word in enumerate(words):
        if word.startswith(option) and word[:2] != "--":
            is_like_option = word[1:2].isalpha() and len(word.split()) == 1
            return None if is_like_option else place
    return None


def _submit(client: SvendClient, body: Mapping[str, Any]) -> Job:
    key = str(uuid.uuid4())
    try:
        return client.submit(body, idempotency_key=key)
    except KeyboardInterrupt:
        click.echo(
            f"Interrupted while submitting: look for the job with `svend jobs` (key {key}).",
            err=True,
        )
        sys.exit(ExitCode.DETACHED)


def _follow_or_detach(client: SvendClient, job: Job, err: Console) -> Ended:
    try:
        with LiveDisplay(err) as display:
            display.say(f"job {job.job_id}", style="dim")
            return follow_job(client, job, display)
    except KeyboardInterrupt:
        click.echo(
            f"Detached: job {job.job_id} goes on. `svend job {job.job_id}` shows it, "
            f"`svend cancel {job.job_id}` ends it.",
            err=True,
        )
        sys.exit(ExitCode.DETACHED)


def _print_ended(ended: Ended, out: Console, *, as_json: bool) -> None:
    if as_json:
        result = None if ended.result is None else ended.result.data
        click.echo(json.dumps({"job": ended.job.data, "result": result}))
    elif ended.result is not None:
        out.print(render_result(ended.result))
    else:
        reason = "" if ended.job.error is None else f": {render_error(ended.job.error)}"
        click.echo(f"The job is {ended.job.status.value}{reason}.", err=True)
