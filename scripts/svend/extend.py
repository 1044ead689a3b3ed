"""`svend extend`: go on with a search that has ended."""

from __future__ import annotations

import uuid
from typing import Any

import click

from scripts.svend.client import open_client
from scripts.svend.server import ServerChoice, find_server, server_options
from scripts.svend.solve import SUBMIT_PATIENCE_S, list_limits, show_job


@click.command()
@click.argument("job_id")
@click.option("--samples", type=click.IntRange(1), help="Most samples, earlier ones included.")
@click.option("--budget-tokens", type=click.IntRange(1), help="Most tokens to generate now.")
@click.option(
    "--budget-money",
    type=click.FloatRange(0, min_open=True),
    help="Most that its tokens may cost now, in the units of the server's prices.",
)
@click.option(
    "--seconds", type=click.FloatRange(0, min_open=True), help="Longest running time now."
)
@click.option("--json", "as_json", is_flag=True, help="Print the job and its result as JSON.")
@click.option("--detach", is_flag=True, help="Print the new job's id and leave it running.")
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
