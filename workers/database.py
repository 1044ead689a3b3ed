"""The few threads through which the loop waits for the stores, which are synchronous."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# As many as the process may hold connections for its searches. Commits take milliseconds, and
# outcomes that arrive during one go out together in the next, so a few serve many searches.
N_THREADS = 4


class Database:
    """Awaits store methods. It owns threads: :meth:`close` ends them."""

    def __init__(self, n_threads: int = N_THREADS) -> None:
        """Make the threads on first use."""
        self._threads = ThreadPoolExecutor(n_threads, thread_name_prefix="database")

    async def run(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a store's method in one of the threads, and return or raise what it does."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(method, *args, **kwargs))

    def close(self) -> None:
        """Wait for the calls under way and end the threads."""
        self._threads.shutdown()
