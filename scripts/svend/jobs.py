"""`svend jobs`, `svend job`, `svend cancel` and `svend finish`."""

from __future__ import annotations

import json
from typing import Any

import click

from engine.domain.job_status import JobStatus
from scripts.svend.client import SvendClient, open_client
from scripts.svend.event_line import render_event_fully
from scripts.svend.progress import make_console
from scripts.svend.render import render_job, render_jobs, render_result
from scripts.svend.server import ServerChoice, find_server, server_options
from scripts.svend.solve import fetch_ended
from scripts.svend.tree import render_trace
from scripts.svend.wire import Job


@click.command()
@click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True)
@click.option("--status", type=click.Choice([status.value for status in JobStatus]))
@click.option("--cursor", help="Where the page before this one said it goes on.")
@click.option("--json", "as_json", is_flag=True, help="Print the jobs as JSON.")
@server_options
def jobs(choice: ServerChoice, *, as_json: bool, **query: Any) -> None:
    """List the newest jobs."""
    with open_client(find_server(choice)) as client:
        page = client.list_jobs(**query)
    if as_json:
        listed = {"jobs": [job.data for job in page.jobs], "next_cursor": page.cursor}
        click.echo(json.dumps(listed))
        return
    make_console().print(render_jobs(page.jobs))
    if page.cursor:
        click.echo(f"more: svend jobs --cursor {page.cursor}", err=True)


@click.command()
@click.argument("job_id")
@click.option("--events", "view", flag_value="events", help="Follow its events, one a line.")
@click.option("--trace", "view", flag_value="trace", help="Show its search tree.")
@click.option("--json", "as_json", is_flag=True, help="Print what the server sends as JSON.")
@server_options
def job(job_id: str, choice: ServerChoice, *, view: str | None, as_json: bool) -> None:
    """Show a job; its result too once it has succeeded."""
    with open_client(find_server(choice)) as client:
        if view == "events":
            _print_events(client, job_id, as_json=as_json)
        elif view == "trace":
            _print_trace(client, job_id, as_json=as_json)
        else:
            _print_job(client, job_id, as_json=as_json)


@click.command()
@click.argument("job_id")
@server_options
def cancel(job_id: str, choice: ServerChoice) -> None:
    """Ask a job to end. One that has ended stays as it is."""
    with open_client(find_server(choice)) as client:
        _print_asked(client.cancel_job(job_id), "end")


@click.command()
@click.argument("job_id")
@server_options
def finish(job_id: str, choice: ServerChoice) -> None:
    """Ask a job for its best answer so far. One that has ended stays as it is."""
    with open_client(find_server(choice)) as client:
        _print_asked(client.finish_job(job_id), "finish")


def _print_asked(asked: Job, verb: str) -> None:
    if asked.status.is_terminal:
        click.echo(f"{asked.job_id} is {asked.status.value}")
    else:
        click.echo(f"{asked.job_id} was asked to {verb}; it is {asked.status.value}")


def _print_job(client: SvendClient, job_id: str, *, as_json: bool) -> None:
    ended = fetch_ended(client, job_id)
    if as_json:
        result = None if ended.result is None else ended.result.data
        click.echo(json.dumps({"job": ended.job.data, "result": result}))
        return
    console = make_console()
    console.print(render_job(ended.job))
    if ended.result is not None:
        console.print(render_result(ended.result))


def _print_events(client: SvendClient, job_id: str, *, as_json: bool) -> None:
    for event in client.follow(job_id):
        click.echo(json.dumps(event.to_data()) if as_json else render_event_fully(event))


def _print_trace(client: SvendClient, job_id: str, *, as_json: bool) -> None:
    trace = client.get_trace(job_id)
    if as_json:
        click.echo(json.dumps(trace))
    else:
        make_console().print(render_trace(client.get_job(job_id).problem, trace))
