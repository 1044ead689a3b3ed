"""`svend keys`: make, list and revoke API keys over HTTP, with a key of scope `admin`.

Against the local stack the first key that it made is used, which has that scope.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import click

from scripts.svend.client import open_client
from scripts.svend.progress import make_console
from scripts.svend.render import render_keys
from scripts.svend.server import ServerChoice, find_server, server_options

SCOPES = ("jobs:read", "jobs:write", "tools", "admin")
DEFAULT_SCOPES = ("jobs:read", "jobs:write")


@click.group()
def keys() -> None:
    """Make, list and revoke API keys (needs a key of scope admin)."""


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    default=DEFAULT_SCOPES,
    show_default=True,
    help="What the key may do; can be given several times.",
)
@click.option("--days", type=click.IntRange(1), help="Days until it expires; never if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the key and its record as JSON.")
@server_options
def create(
    name: str, choice: ServerChoice, *, scopes: tuple[str, ...], days: int | None, as_json: bool
) -> None:
    """Make a key called NAME and print it, this once."""
    with open_client(find_server(choice)) as client:
        expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
        made = client.create_key(name, scopes, expires_at)
    if as_json:
        click.echo(json.dumps(asdict(made)))
        return
    click.echo(made.secret)
    click.echo(
        f"Key {made.key_id}, scopes {', '.join(made.scopes)}. It is not shown again: keep it "
        "where SVEND_API_KEY is set from.",
        err=True,
    )


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
@server_options
def list_(choice: ServerChoice, *, as_json: bool) -> None:
    """List the keys, without their secrets."""
    with open_client(find_server(choice)) as client:
        found = client.list_keys()
    if as_json:
        click.echo(json.dumps([asdict(key) for key in found]))
    else:
        make_console().print(render_keys(found))


@keys.command()
@click.argument("key_id")
@server_options
def revoke(key_id: str, choice: ServerChoice) -> None:
    """Make the key with this id worthless, at once."""
    with open_client(find_server(choice)) as client:
        client.revoke_key(key_id)
    click.echo(f"{key_id} is revoked")
