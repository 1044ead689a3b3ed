"""`svend doctor`: what is installed, what is reachable, what is missing and how to get it."""

from __future__ import annotations

import json
import os
import sys

import click

from scripts.svend.errors import ExitCode
from scripts.svend.finding import findings_to_data, is_healthy, render_findings
from scripts.svend.installation import list_installed
from scripts.svend.progress import make_console
from scripts.svend.reachability import list_reachable
from scripts.svend.sandbox_finding import look_at_sandbox
from scripts.svend.server import ServerChoice, server_options


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@server_options
def doctor(choice: ServerChoice, *, as_json: bool) -> None:
    """Say what is installed and reachable, in which version, and how to get what is missing.

    Exits with 1 when something that is needed is missing.
    """
    environ = dict(os.environ)
    findings = [
        *list_installed(environ),
        *look_at_sandbox(environ),
        *list_reachable(choice, environ),
    ]
    if as_json:
        click.echo(json.dumps(findings_to_data(findings)))
    else:
        make_console().print(render_findings(findings))
    if not is_healthy(findings):
        sys.exit(ExitCode.JOB_FAILED)
