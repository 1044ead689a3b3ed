"""The Celery tasks: thin. The work is in the loop, the truth in Postgres."""

# Celery has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from celery import Celery

from celery_config import TASK_SOLVE
from engine.domain.ids import JobId
from workers.runtime import Runtime


def register_tasks(app: Celery, runtime: RuntimeSlot) -> None:
    """Give the app its tasks, which will use whatever runtime the process has by then."""

    def solve(job_id: str) -> None:
        """Take a hint that a job may be claimable; an old or repeated hint does no harm."""
        runtime.get().solve(JobId(job_id))

    # Not shared: each app of a process has the runtime that it was given.
    options = {"ignore_result": True, "acks_late": False, "max_retries": 0, "shared": False}
    app.task(name=TASK_SOLVE, **options)(solve)


class RuntimeSlot:
    """Holds the process's runtime, which is made after the tasks are."""

    def __init__(self) -> None:
        """Begin empty."""
        self._runtime: Runtime | None = None

    def put(self, runtime: Runtime) -> None:
        """Fill it."""
        self._runtime = runtime

    def find(self) -> Runtime | None:
        """Return the runtime, if there is one."""
        return self._runtime

    def get(self) -> Runtime:
        """Return the runtime.

        Raises:
            RuntimeError: In a process that is no worker.
        """
        if self._runtime is None:
            raise RuntimeError("this process has not been started as a worker")
        return self._runtime
