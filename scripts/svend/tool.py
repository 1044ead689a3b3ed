"""`svend tool`: list the tools, or call one, here or on a server."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click

from engine.config import SANDBOX_OFF
from engine.domain.errors import UnknownToolError
from engine.domain.tool import ToolCall, ToolStatus
from scripts.svend.client import open_client
from scripts.svend.errors import ExitCode
from scripts.svend.event_line import printable, printable_lines
from scripts.svend.own_tools import (
    NoWallError,
    describe_own_tools,
    needs_sandbox,
    open_own_tools,
)
from scripts.svend.server import ServerChoice, find_server, server_options
from tools.sandbox.tier import Tier

# As long as the slowest tool may run, and its job may wait for a worker.
WAIT_S = 120.0

tier_option = click.option(
    "--min-tier",
    type=click.Choice([*(tier.value for tier in Tier), SANDBOX_OFF]),
    default=Tier.FULL.value,
    envvar="SVEND_SANDBOX_MIN_TIER",
    show_default=True,
    help="The weakest sandbox to run programs in, on this machine; none runs no program.",
)


@click.command()
@click.argument("name", required=False)
@click.argument("arguments", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print what the tool returned as JSON.")
@tier_option
@server_options
def tool(
    name: str | None,
    arguments: str | None,
    choice: ServerChoice,
    *,
    as_json: bool,
    min_tier: str,
) -> None:
    """Call the tool NAME with ARGUMENTS, a JSON object (`-` for standard input); else list them.

    It runs on this machine, in a sandbox of its own; with --url or SVEND_URL, on that server.
    """
    if name is None:
        _print_tools(_list_tools(choice), as_json=as_json)
        return
    given = _read_arguments(name, arguments)
    if choice.url:
        with open_client(find_server(choice)) as client:
            result = client.call_tool(name, given, timeout_s=WAIT_S)
    else:
        result = asyncio.run(_call_here(name, given, min_tier))
    _print_result(result, as_json=as_json)


async def _call_here(name: str, given: Mapping[str, Any], min_tier: str) -> dict[str, Any]:
    is_program = needs_sandbox(name)
    if is_program and min_tier == SANDBOX_OFF:
        raise NoWallError(
            f"{name} runs in a sandbox, and SVEND_SANDBOX_MIN_TIER or --min-tier switched it off: "
            f"set it to {Tier.FULL.value}."
        )
    async with open_own_tools(min_tier, with_sandbox=is_program) as registry:
        try:
            result = await registry.run(ToolCall(name=name, arguments=given))
        except UnknownToolError as error:
            raise click.UsageError(f"{error}.") from error
    return {**asdict(result), "status": result.status.value}


def _list_tools(choice: ServerChoice) -> Sequence[Mapping[str, Any]]:
    if not choice.url:
        return describe_own_tools()
    with open_client(find_server(choice)) as client:
        return client.list_tools()


def _read_arguments(name: str, text: str | None) -> dict[str, Any]:
    if text == "-":
        text = sys.stdin.read()
    if text is None:
        raise click.UsageError(f"Give the arguments of {name} as a JSON object: '{{...}}'.")
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"The arguments are not JSON: {error}.") from error
    if not isinstance(given, dict):
        raise click.UsageError("The arguments are JSON, but no object: '{...}'.")
    return given


def _print_tools(tools: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"tools": list(tools)}))
        return
    for each in tools:
        click.echo(f"{each['name']}: {each['summary']}")
        if not each["is_available"]:
            click.echo(f"    not available: {each['reason']}")
        for example in each["examples"][:1]:
            click.echo(f"    svend tool {each['name']} '{json.dumps(example['arguments'])}'")


def _print_result(result: Mapping[str, Any], *, as_json: bool) -> None:
    is_ok = result["status"] == ToolStatus.OK.value
    if as_json:
        click.echo(json.dumps(result))
    elif is_ok:
        # Byte for byte it is there with --json.
        click.echo(printable_lines(result["output"]))
    else:
        click.echo(f"Error: {result['status']}: {printable(str(result['error']))}", err=True)
    if not is_ok:
        sys.exit(ExitCode.JOB_FAILED)
