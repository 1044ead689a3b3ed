"""Many problems at one server: submitted a window at a time, each followed to its end.

Each of a fixed number of threads takes the next problem, submits it and follows its events. What
they see comes out as one stream of sightings, so that a single thread draws.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

from engine.domain.event import Event
from scripts.svend.client import SvendClient
from scripts.svend.grade import Attempt
from scripts.svend.problem_file import PosedProblem
from scripts.svend.solve import fetch_ended

# Enough to keep a worker's searches busy, and well within the connections that one client keeps.
N_AT_ONCE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Something that was seen of one problem: an event of its job, or its end.

    Attributes:
        index: Which problem, by its place in the file.
        event: The event, if it is one.
        attempt: What became of the problem, if it is its end; the last sighting of each.
    """

    index: int
    event: Event | None = None
    attempt: Attempt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What is submitted.

    Attributes:
        problems: The problems.
        options: What each request says beside its problem, such as the strategy.
    """

    problems: Sequence[PosedProblem]
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def request(self, index: int) -> dict[str, Any]:
        """Return the request for one problem."""
        return {"type": "solve", **self.options, "problem": self.problems[index].text}


def run_campaign(
    client: SvendClient,
    problems: Sequence[PosedProblem],
    *,
    n_at_once: int = N_AT_ONCE,
    options: Mapping[str, Any] | None = None,
) -> Iterator[Sighting]:
    """Submit problems, and yield what happens as it happens.

    Args:
        client: The server.
        problems: What to submit.
        n_at_once: How many are followed at once.
        options: What each request says beside its problem, such as the strategy.

    A fault of one problem ends that problem alone. The threads are daemons: whoever stops taking
    sightings, or is interrupted, does not wait for them.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for index in range(len(problems)):
        waiting.put(index)
    seen: queue.SimpleQueue[Sighting] = queue.SimpleQueue()
    campaign = Campaign(problems=problems, options=options or {})
    for _ in range(min(n_at_once, len(problems))):
        threading.Thread(target=_work, args=(client, campaign, waiting, seen), daemon=True).start()
    n_left = len(problems)
    while n_left:
        sighting = seen.get()
        n_left -= sighting.attempt is not None
        yield sighting


def _work(
    client: SvendClient,
    campaign: Campaign,
    waiting: queue.SimpleQueue[int],
    seen: queue.SimpleQueue[Sighting],
) -> None:
    while True:
        try:
            index = waiting.get_nowait()
        except queue.Empty:
            return
        attempt = _solve(client, campaign, index, seen)
        seen.put(Sighting(index=index, attempt=attempt))


def _solve(
    client: SvendClient, campaign: Campaign, index: int, seen: queue.SimpleQueue[Sighting]
) -> Attempt:
    problem, job = campaign.problems[index], None
    try:
        job = client.submit(campaign.request(index))
        for event in client.follow(job.job_id):
            seen.put(Sighting(index=index, event=event))
        ended = fetch_ended(client, job.job_id)
    except click.ClickException as error:
        return Attempt(problem=problem, job=job, fault=error.message)
    except Exception as error:  # noqa: BLE001 - the edge of a thread: nobody else would hear of it
        return Attempt(problem=problem, job=job, fault=f"{type(error).__name__}: {error}")
    return Attempt(problem=problem, job=ended.job, result=ended.result)
