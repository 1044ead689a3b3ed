"""`svend extend` and `svend fork`: go on from a job that has ended."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import click

from scripts.svend.client import open_client
from scripts.svend.server import ServerChoice, find_server, server_options
from scripts.svend.solve import SUBMIT_PATIENCE_S, list_limits, show_job

F = TypeVar("F", bound=Callable[..., Any])


def _continuing(command: F) -> F:
    """Give a command the options of every job that goes on from another."""
    positive = click.FloatRange(0, min_open=True)
    for option in (
        click.option(
            "--detach", is_flag=True, help="Print the new job's id and leave it running."
        ),
        click.option(
            "--json", "as_json", is_flag=True, help="Print the job and its result as JSON."
        ),
        click.option("--seconds", type=positive, help="Longest running time now."),
        click.option("--budget-money", type=positive, help="Most that its tokens may cost now."),
        click.option(
            "--budget-tokens", type=click.IntRange(1), help="Most tokens to generate now."
        ),
        click.option(
            "--samples", type=click.IntRange(1), help="Most samples, earlier ones included."
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("job_id")
@_continuing
@server_options
def extend(
    job_id: str, choice: ServerChoice, *, as_json: bool, detach: bool, **given: Any
) -> None:
    """Go on with the search of a job that has ended, as a new job, and print its answer.

    What the search has drawn is not drawn again, and not billed again. A budget is one for what
    is spent from now on; without one, the earlier job's limits hold once more.
    """
    with open_client(find_server(choice), patience_s=SUBMIT_PATIENCE_S) as client:
        key = str(uuid.uuid4())
        job = client.extend_job(job_id, render_extension(**given), idempotency_key=key)
        show_job(client, job, as_json=as_json, detach=detach)


@click.command()
@click.argument("job_id")
@click.argument("node")
@_continuing
@click.option("--seed", type=click.IntRange(0), help="Draw what follows with another seed.")
@click.option("--strategy", help="Go on with another strategy, from the path up to the node.")
@click.option("--verifier", help="Have another verifier judge: label, self, shape, none ...")
@click.option(
    "--part", type=click.IntRange(0), help="Which of the node's proposals it goes on from."
)
@click.option("--thought", help="What the model is to have written at the node.")
@click.option("--tool-result", help="What the tool is to have answered at the node.")
@server_options
def fork(
    job_id: str, node: str, choice: ServerChoice, *, as_json: bool, detach: bool, **given: Any
) -> None:
    """Go on from NODE of a job's search in another way, as a new job, and print its answer.

    `svend job JOB --trace --json` names the nodes; `root` is the problem itself. The search up to
    the node's outcome is taken over, or with another kind of strategy the path to the node alone;
    what follows is drawn anew.
    """
    body = render_fork(node, **given)
    if not body["change"]:
        raise click.UsageError("Say what is to be different: a seed, a strategy, a thought ...")
    with open_client(find_server(choice), patience_s=SUBMIT_PATIENCE_S) as client:
        job = client.fork_job(job_id, body, idempotency_key=str(uuid.uuid4()))
        show_job(client, job, as_json=as_json, detach=detach)


def render_extension(
    *,
    samples: int | None,
    budget_tokens: int | None,
    budget_money: float | None,
    seconds: float | None,
) -> dict[str, Any]:
    """Return the request body: only what the caller asked for."""
    body: dict[str, Any] = {}
    if samples is not None:
        body["settings"] = {"samples": samples}
    budget = list_limits(budget_tokens, budget_money, seconds)
    if budget:
        body["budget"] = budget
    return body


def render_fork(node: str, **given: Any) -> dict[str, Any]:
    """Return the request body: the node, what changes, and only what the caller asked for."""
    names = ("seed", "strategy", "verifier", "thought", "tool_result")
    changes = {name: given.pop(name) for name in names}
    part = given.pop("part")
    body = render_extension(**given)
    if part is not None:
        body["part"] = part
    change = {name: value for name, value in changes.items() if value is not None}
    if "settings" in body:
        change["settings"] = body.pop("settings")
    return {"node": node, "change": change, **body}
