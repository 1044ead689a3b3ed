"""A farm for each test: its own database and Redis database, its own model server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.faults.farm import Farm
from tests.fakes.model_server import FakeModelServer


@pytest.fixture
def model() -> Iterator[FakeModelServer]:
    with FakeModelServer() as server:
        yield server


@pytest.fixture
def farm(
    make_database: Callable[..., str],
    migrated_template: str,
    redis_url: str,
    model: FakeModelServer,
    tmp_path: Path,
) -> Iterator[Farm]:
    farm = Farm(
        database_url=make_database(migrated_template),
        redis_url=redis_url,
        folder=tmp_path,
        model=model,
    )
    yield farm
    farm.close()
