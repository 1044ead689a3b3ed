"""Processes that train one model together, each on rows of its own.

On a CPU, one process a core beats one process with a thread a core: threads meet after every
operation, and on a machine that does other work as well each meeting waits for the slower one.
Processes meet once a step, to average their gradients.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from multiprocessing import parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Final

import torch
from torch import distributed
from torch.multiprocessing.spawn import spawn

# A run in the idle scheduling class may stand still for as long as others work.
_PATIENCE_HOURS: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One process's place in the team; a team of one does nothing."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process writes checkpoints and the log."""
        return self.rank == 0

    def average(self, parameters: Iterable[torch.nn.Parameter]) -> None:
        """Replace every gradient by its mean over the team."""
        if self.size == 1:
            return
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.size
        place = 0
        for gradient in gradients:
            gradient.copy_(flat[place : place + gradient.numel()].view_as(gradient))
            place += gradient.numel()

    def follow(self, value: float) -> float:
        """The leader's value, so that all take the same decision."""
        if self.size == 1:
            return value
        shared = torch.tensor([value], dtype=torch.float64)
        distributed.broadcast(shared, src=0)
        return float(shared)


def run_team(size: int, work: Callable[[Team], None]) -> None:
    """Run the work in a team of processes with one thread each, or alone.

    Args:
        size: How many processes; 1 runs in this one, with as many threads as torch likes.
        work: What each does; it must pickle.
    """
    if size == 1:
        work(Team())
        return
    with TemporaryDirectory() as folder:
        join = partial(_join, size=size, meeting=Path(folder) / "meeting", work=work)
        spawn(join, nprocs=size)


def _join(rank: int, *, size: int, meeting: Path, work: Callable[[Team], None]) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    distributed.init_process_group(
        "gloo",
        init_method=meeting.as_uri(),
        rank=rank,
        world_size=size,
        timeout=timedelta(hours=_PATIENCE_HOURS),
    )
    try:
        work(Team(rank=rank, size=size))
    finally:
        distributed.destroy_process_group()


def _end_with_parent() -> None:
    """End this process when the one that started it has ended, in whatever way.

    torch sends an interrupt then, which is ignored in whatever was started in the background by
    a shell: two teams would write one folder.
    """
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
