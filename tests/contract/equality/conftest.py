"""One sandbox for all tests of tools: to start one imports every library."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.threaded_tools import ThreadedTools


@pytest.fixture(scope="session")
def tools() -> Iterator[ThreadedTools]:
    """Every tool over a real sandbox."""
    threaded = ThreadedTools()
    yield threaded
    threaded.close()
