"""The one asyncio loop of a worker process, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Loop:
    """Runs coroutines for threads that have no loop. It owns a thread: :meth:`stop` ends it."""

    def __init__(self, name: str = "searches") -> None:
        """Make the loop without running it."""
        self.asyncio_loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)

    def start(self) -> None:
        """Run it."""
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine from any thread; its future is to be waited on from outside the loop.

        Raises:
            RuntimeError: When the loop has been stopped.
        """
        if self.asyncio_loop.is_closed():
            work.close()
            raise RuntimeError("the loop of searches has been stopped")
        return asyncio.run_coroutine_threadsafe(work, self.asyncio_loop)

    def run(self, work: Coroutine[Any, Any, T], timeout_s: float | None = None) -> T:
        """Start a coroutine and wait for what it returns or raises."""
        return self.submit(work).result(timeout_s)

    def stop(self) -> None:
        """Cancel what still runs, wait until it has ended, and end the thread."""
        if not self._thread.is_alive():
            return
        self.asyncio_loop.call_soon_threadsafe(self.asyncio_loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.asyncio_loop)
        try:
            self.asyncio_loop.run_forever()
        finally:
            self._clear()
            self.asyncio_loop.close()

    def _clear(self) -> None:
        tasks = asyncio.all_tasks(self.asyncio_loop)
        for task in tasks:
            task.cancel()
        ended = asyncio.gather(*tasks, return_exceptions=True)
        self.asyncio_loop.run_until_complete(ended)
        self.asyncio_loop.run_until_complete(self.asyncio_loop.shutdown_asyncgens())
