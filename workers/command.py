"""The one place that says how a worker process is started."""

from __future__ import annotations

import sys

from celery_config import QUEUES


def worker_argv(name: str, *, n_searches: int = 32, queues: tuple[str, ...] = QUEUES) -> list[str]:
    """Return the command of one worker process.

    As many threads as searches, and no more: a worker at capacity must leave the hints in the
    queue to those that are free.

    Args:
        name: The worker's name, unique among all that share a database.
        n_searches: How many searches it drives at once; ``SVEND_SEARCHES_PER_WORKER`` must agree.
        queues: The queues it listens to.
    """
    return [
        sys.executable,
        "-m",
        "celery",
        "--app",
        "workers.app",
        "--quiet",
        "worker",
        "--pool",
        "threads",
        "--concurrency",
        str(n_searches),
        "--hostname",
        f"{name}@%h",
        "--queues",
        ",".join(queues),
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]
