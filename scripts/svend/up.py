"""`svend up`: the whole stack in the foreground."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click
from rich.console import Console

from ops.display import health_display
from ops.errors import StackError
from ops.layout import make_layout, write_stack_file
from ops.lock import hold_data_folder
from ops.record import ProcessRecord
from ops.stack import Stack, StackOptions, build_stack, default_n_workers
from ops.supervisor import Supervisor
from scripts.svend.errors import CommandError


@click.command()
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=".svend",
    show_default=True,
    envvar="SVEND_DATA_DIR",
    help="Folder of all state.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.  [default: 8420, or a free one]")
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    envvar="SVEND_WORKERS",
    help="Worker processes.  [default: one for each two cores]",
)
def up(data_dir: Path, host: str, port: int | None, workers: int | None) -> None:
    """Start the local stack in the foreground, until Ctrl-C or SIGTERM.

    PostgreSQL, Redis, a model server, the web server and workers run with no root, no Docker and
    no system package. DATABASE_URL, REDIS_URL and SVEND_LLM_URL name servers of yours instead, and
    SVEND_MODEL another model: a folder, or a name on a model hub.
    """
    options = StackOptions(
        data_folder=data_dir,
        host=host,
        port=port,
        n_workers=default_n_workers() if workers is None else workers,
        environ=dict(os.environ),
    )
    try:
        _run(options)
    except StackError as error:
        raise CommandError(str(error)) from error


def _run(options: StackOptions) -> None:
    console = Console()
    started_s = time.monotonic()
    with hold_data_folder(make_layout(options.data_folder).root):
        stack, record = _prepare(options, console)
        # Held here too, so that nobody else takes the port while the web server is restarted.
        with stack.listener:
            _supervise(stack, record, console, started_s)
    console.print("Stopped.")


def _supervise(stack: Stack, record: ProcessRecord, console: Console, started_s: float) -> None:
    supervisor = Supervisor(stack.parts, record)
    with health_display(console, supervisor.statuses) as show:
        supervisor.on_change = show
        try:
            supervisor.run(lambda: _announce(stack, console, time.monotonic() - started_s))
        finally:
            stack.layout.stack_file.unlink(missing_ok=True)


def _prepare(options: StackOptions, console: Console) -> tuple[Stack, ProcessRecord]:
    layout = make_layout(options.data_folder)
    record = ProcessRecord(layout.processes)
    for name in record.end_orphans():
        console.print(f"{name}: ended what an earlier start left running", highlight=False)
    return build_stack(options), record


def _announce(stack: Stack, console: Console, took_s: float) -> None:
    content = {
        "url": stack.url,
        "pid": os.getpid(),
        "api_key_file": str(stack.api_key_file),
        "model": dict(stack.model),
    }
    write_stack_file(stack.layout, content)
    words = f"Svend is ready at {stack.url} after {took_s:.0f} s. API key: {stack.api_key_file}"
    console.print(words, soft_wrap=True, highlight=False)
