"""What is under way for a search: errands that were sent out, and their arrivals."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from engine.domain.trial import Trial
from engine.ports import CancelReason, Choice, Clock, FinishReason
from engine.runner.arrival import Arrival
from engine.runner.conclusion import give_up
from engine.runner.errand import Errand


class Recall:
    """The cancel token of a search's own requests: set once, when the search stops."""

    def __init__(self) -> None:
        """Begin unset."""
        self._event = asyncio.Event()
        self._reason: CancelReason | None = None

    def reason(self) -> CancelReason | None:
        """Why the requests should end."""
        return self._reason

    async def wait(self) -> None:
        """Return once they should."""
        await self._event.wait()

    def set(self, reason: CancelReason) -> None:
        """Ask every request to end."""
        self._reason = self._reason or reason
        self._event.set()


class Flight:
    """The trials of one search that are being computed.

    It owns the tasks: :meth:`land` must be awaited before the search returns.
    """

    def __init__(self, *, clock: Clock, started_ms: int) -> None:
        """Begin with nothing in flight."""
        self._clock = clock
        self._started_ms = started_ms
        self._recall = Recall()
        # How many requests each task makes, while it makes them.
        self._tasks: dict[asyncio.Task[None], int] = {}
        self._arrivals: deque[Arrival] = deque()
        self._aloft: set[str] = set()
        self.wake = asyncio.Event()

    @property
    def n_aloft(self) -> int:
        """How many trials are sent and have not been taken as arrivals."""
        return len(self._aloft)

    @property
    def n_requests(self) -> int:
        """How many requests have not ended."""
        return sum(n_calls for task, n_calls in self._tasks.items() if not task.done())

    def is_aloft(self, trial: Trial) -> bool:
        """Whether this trial is being computed."""
        return trial.trial_id in self._aloft

    def launch(self, trials: Sequence[Trial], errand: Errand) -> None:
        """Send trials out together; choice ``i`` of the errand is that of trial ``i``."""
        self._aloft.update(trial.trial_id for trial in trials)
        task = asyncio.create_task(self._fly(tuple(trials), errand))
        self._tasks[task] = errand.n_calls
        task.add_done_callback(self._finish)

    def take_arrivals(self) -> list[Arrival]:
        """Return what has arrived since the last call.

        Raises:
            Exception: Whatever broke an errand: the ports promise that nothing does, so it is a
                fault of an adapter and must not pass for an answer.
        """
        self.wake.clear()
        for task in [task for task in self._tasks if task.done()]:
            del self._tasks[task]
            task.result()
        arrived = list(self._arrivals)
        self._arrivals.clear()
        self._aloft.difference_update(arrival.trial.trial_id for arrival in arrived)
        return arrived

    async def land(self, reason: CancelReason) -> list[Arrival]:
        """Recall every errand, wait until each has closed, return what they brought."""
        self._recall.set(reason)
        if self._tasks:
            await asyncio.wait(self._tasks)
        return self.take_arrivals()

    async def abandon(self) -> None:
        """Cut every errand without another word: the search itself is being torn down."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _fly(self, trials: tuple[Trial, ...], errand: Errand) -> None:
        concluding: list[asyncio.Task[None]] = []
        try:
            async for choice in errand.draw(self._recall):
                arriving = self._arrive(trials[choice.index], choice, errand)
                if errand.runs_programs:
                    concluding.append(asyncio.create_task(arriving))
                else:
                    await arriving
            await asyncio.gather(*concluding)
        finally:
            for task in concluding:
                task.cancel()

    async def _arrive(self, trial: Trial, choice: Choice, errand: Errand) -> None:
        at_ms = self._clock.now_ms() - self._started_ms
        concluded = await errand.conclude(choice, self._recall)
        if concluded is None:
            # Without its end a sample is as good as dropped; what it cost is counted all the same.
            choice = replace(choice, finish_reason=FinishReason.DROPPED)
            concluded = give_up(choice)
        self._arrivals.append(
            Arrival(trial=trial, choice=choice, concluded=concluded, at_ms=at_ms)
        )
        self.wake.set()

    def _finish(self, _task: asyncio.Task[None]) -> None:
        self.wake.set()
