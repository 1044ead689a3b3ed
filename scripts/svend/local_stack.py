"""A local stack for the length of one command: the one that runs already, or one of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from rich.console import Console

from ops.process import launch_command
from ops.user import ServerUser
from scripts.svend.client import open_client
from scripts.svend.errors import StackStartError, UnreachableError
from scripts.svend.server import Server, ServerChoice, find_local_server, find_server

# A large model's weights may have to be read from a slow disk first.
START_TIMEOUT_S = 900.0
# The stack's parts are given up to 20 s each, wave by wave, before they are killed.
STOP_TIMEOUT_S = 120.0
POLL_S = 0.2
PROBE_TIMEOUT_S = 3.0


@contextmanager
def use_server(choice: ServerChoice, console: Console) -> Iterator[Server]:
    """Yield the chosen server; start a local stack, and stop it again, where none is to be had.

    Raises:
        StackStartError: When the stack does not come up.
    """
    if choice.url:
        yield find_server(choice)
        return
    server = find_local_server(choice.data_dir)
    if server is not None and is_ready(server):
        console.print(
            f"Using the stack that runs at {server.url}.", soft_wrap=True, highlight=False
        )
        yield find_server(choice)
        return
    with _run_stack(choice.data_dir, console):
        yield find_server(choice)


def is_ready(server: Server) -> bool:
    """Whether a server says that it can take requests."""
    try:
        with open_client(server) as client:
            return client.probe("/readyz", timeout_s=PROBE_TIMEOUT_S).is_success
    except (httpx.TransportError, UnreachableError):
        return False


@contextmanager
def _run_stack(data_dir: Path, console: Console) -> Iterator[None]:
    console.print(f"Starting the local stack in {data_dir} ...", soft_wrap=True, highlight=False)
    command = [sys.executable, "-m", "scripts.svend.main", "up", "--data-dir", str(data_dir)]
    # In a session of its own, so that a Ctrl-C reaches this process first; the kernel tells the
    # stack to stop should this process be killed. What it says goes where progress goes.
    stack = subprocess.Popen(
        launch_command(command, ServerUser(), signal.SIGTERM),
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        start_new_session=True,
        env=dict(os.environ),
    )
    try:
        _wait_ready(stack, data_dir)
        yield
    finally:
        console.print("Stopping the local stack ...")
        _stop(stack)


def _wait_ready(stack: subprocess.Popen[bytes], data_dir: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        code = stack.poll()
        if code is not None:
            raise StackStartError(
                f"The local stack ended with code {code} before it was ready; what it said stands "
                f"above, and its parts' logs are in {data_dir / 'logs'}."
            )
        server = find_local_server(data_dir)
        if server is not None and is_ready(server):
            return
        time.sleep(POLL_S)
    raise StackStartError(f"The local stack was not ready within {START_TIMEOUT_S:.0f} s.")


def _stop(stack: subprocess.Popen[bytes]) -> None:
    if stack.poll() is not None:
        return
    stack.send_signal(signal.SIGTERM)
    try:
        stack.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        # Its parts carry its death signal, and the next start ends whatever is left.
        stack.kill()
        stack.wait()
