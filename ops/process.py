"""A program that runs as a child in a process group of its own, and ends with all of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ops import launch
from ops.errors import CommandFailedError
from ops.identity import ProcessIdentity, identify, list_group
from ops.user import ServerUser

POLL_S = 0.02
KILL_WAIT_S = 10.0
MAX_LOG_BYTES = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpec:
    """How a program is started and ended.

    Attributes:
        name: What it is called in logs and messages.
        command: The program's absolute path and its arguments.
        log: The file that its output is appended to.
        environment: All of its environment; nothing is inherited.
        folder: The folder that it starts in.
        stop_signal: What asks it to end.
        stop_timeout_s: How long it may take over that before it is killed.
        user: Who it runs as.
        inherited: File descriptors of this process that it gets under the same numbers.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    folder: Path = Path("/")
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 10.0
    user: ServerUser = field(default_factory=ServerUser)
    inherited: tuple[int, ...] = ()


class ManagedProcess:
    """A running program and the process group that it leads."""

    def __init__(self, spec: ProcessSpec, process: subprocess.Popen[bytes]) -> None:
        """Takes what was started; use `start_process`."""
        self.spec = spec
        self.pid = process.pid
        self._process = process

    def exit_code(self) -> int | None:
        """Returns how it ended (minus the signal's number if by one), or None while it runs."""
        return self._process.poll()

    def members(self) -> list[ProcessIdentity]:
        """Returns the running processes of its group."""
        return list_group(self.pid)

    def ask_to_stop(self) -> None:
        """Sends the stop signal to the leader, which ends its own children in its own way."""
        if self.exit_code() is None:
            os.kill(self.pid, self.spec.stop_signal)

    def stop(self) -> int:
        """Ends the program: asks, waits, then kills whatever of its group is left.

        Returns:
            The leader's exit code.
        """
        self.ask_to_stop()
        wait_until(lambda: self.exit_code() is not None, self.spec.stop_timeout_s)
        self.kill()
        return self._process.wait(KILL_WAIT_S)

    def kill(self) -> None:
        """Kills what is left of the group, and waits until it is gone."""
        end_group(self.pid)
        self._process.wait(KILL_WAIT_S)


def start_process(spec: ProcessSpec) -> ManagedProcess:
    """Starts a program in a process group of its own, with its output going to its log."""
    spec.log.parent.mkdir(parents=True, exist_ok=True)
    set_aside(spec.log)
    with spec.log.open("ab") as log:
        process = subprocess.Popen(
            launch_command(spec.command, spec.user, spec.stop_signal),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=spec.folder,
            env=dict(spec.environment),
            start_new_session=True,
            pass_fds=spec.inherited,
        )
    return ManagedProcess(spec, process)


def set_aside(log: Path) -> None:
    """Renames a log that has grown large, in place of the one that was set aside before."""
    if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))


def run_command(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    timeout_s: float,
    user: ServerUser | None = None,
) -> str:
    """Runs a program to its end and returns what it printed.

    Raises:
        CommandFailedError: It ended with another code than 0, or not within `timeout_s`.
    """
    launched = launch_command(command, user or ServerUser(), signal.SIGKILL)
    try:
        done = subprocess.run(
            launched,
            check=False,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=dict(environment),
            timeout=timeout_s,
        )
    except subprocess.TimeoutExpired as error:
        words = f"{command[0]} did not end within {timeout_s:.0f} s."
        raise CommandFailedError(words) from error
    printed = (done.stdout + done.stderr).decode(errors="replace").strip()
    if done.returncode != 0:
        raise CommandFailedError(f"{command[0]} ended with code {done.returncode}:\n{printed}")
    return printed


def launch_command(
    command: Sequence[str], user: ServerUser, death_signal: signal.Signals
) -> list[str]:
    """Returns the command that starts another one as a user, to die with this process."""
    spec = launch.LaunchSpec(
        death_signal=death_signal,
        parent_pid=os.getpid(),
        uid=user.uid,
        gid=user.gid,
        capability=user.capability,
    )
    return [sys.executable, "-I", "-S", launch.__file__, spec.to_json(), *command]


def end_group(group: int) -> None:
    """Kills every process of a group, and waits until the last is gone."""
    if not list_group(group):
        return
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
    wait_until(lambda: not list_group(group), KILL_WAIT_S)


def end_processes(
    processes: Sequence[ProcessIdentity], stop_signal: signal.Signals, timeout_s: float
) -> None:
    """Asks processes that are not children of this one to end, then kills the rest."""
    _signal_all(processes, stop_signal)
    wait_until(lambda: not any(one.is_running() for one in processes), timeout_s)
    _signal_all(processes, signal.SIGKILL)
    wait_until(lambda: not any(one.is_running() for one in processes), KILL_WAIT_S)


def wait_until(is_true: Callable[[], bool], timeout_s: float) -> bool:
    """Waits for a condition, and says whether it came about in time."""
    deadline = time.monotonic() + timeout_s
    while not is_true():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_S)
    return True


def own_identity() -> ProcessIdentity:
    """Returns the identity of this very process."""
    identity = identify(os.getpid())
    if identity is None:
        raise ProcessLookupError(os.getpid())
    return identity


def _signal_all(processes: Sequence[ProcessIdentity], number: signal.Signals) -> None:
    for one in processes:
        if one.is_running():
            try:
                os.kill(one.pid, number)
            except ProcessLookupError:
                continue
