"""A part of the stack: what it needs, how it is started, and how one sees that it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ops.process import ProcessSpec


class PartState(StrEnum):
    """Where a part is in its life."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    FAILING = "failing"
    BACKING_OFF = "backing off"
    STOPPED = "stopped"


def do_nothing() -> None:
    """Does nothing, where a part has nothing to do."""


def is_always_ready() -> bool:
    """Says that a part works as soon as it has started."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the stack.

    A part without a process is a step to take once, or an outside server to look after.

    Attributes:
        name: What it is called.
        after: The parts that must be ready before it starts.
        prepare: What to do before each start.
        spec: Returns how its process is started, or None for a part without one.
        is_ready: Says whether it works; answers within a few seconds, and raises nothing.
        settle: What to do once it works, before parts that wait for it start.
        start_timeout_s: How long it may take until it works.
        hang_timeout_s: How long it may run without working before it is started again.
        address: Where it is reached, for people to read.
    """

    name: str
    after: tuple[str, ...] = ()
    prepare: Callable[[], None] = do_nothing
    spec: Callable[[], ProcessSpec] | None = None
    is_ready: Callable[[], bool] = is_always_ready
    settle: Callable[[], None] = do_nothing
    start_timeout_s: float = 60.0
    hang_timeout_s: float = 60.0
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartStatus:
    """What is known of a part at a moment.

    Attributes:
        name: The part.
        state: Where it is in its life.
        since_s: How long it has been in that state.
        pid: Its process, if it has one now.
        n_restarts: How often it was started again.
        address: Where it is reached.
        problem: What went wrong last, if it is not ready.
        log: Where it writes, if it writes anywhere.
    """

    name: str
    state: PartState
    since_s: float
    pid: int | None
    n_restarts: int
    address: str
    problem: str
    log: Path | None
