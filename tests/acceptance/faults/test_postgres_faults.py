"""F16, F18: Postgres dies under running searches; they wait for it and lose nothing."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from db.leases import LeaseStore
from db.migrate import upgrade
from engine.domain.job_status import JobStatus
from ops.postgres import PostgresServer
from ops.process import ManagedProcess, start_process
from ops.sockets import private_folder
from tests.acceptance.faults.farm import Farm, wait_until
from tests.fakes.model_server import FakeModelServer

FORGET_RENEWALS = text("UPDATE jobs SET lease_until = now() - interval '1 s'")


@dataclass(kw_only=True)
class MortalPostgres:
    """A Postgres that the test may kill."""

    server: PostgresServer
    process: ManagedProcess = field(init=False)

    def start(self) -> None:
        self.process = start_process(self.server.spec())
        wait_until(self.server.is_ready, "Postgres")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()


@pytest.fixture
def postgres(server_folder: Path) -> Iterator[MortalPostgres]:
    name = f"m{random.getrandbits(24):x}"
    server = PostgresServer(
        data_folder=server_folder / name,
        socket_folder=private_folder(server_folder, f"{name}s"),
        log=server_folder / f"{name}.log",
        admin_password="admin-in-tests",
        password="svend-in-tests",
        settings={},
    )
    server.prepare()
    postgres = MortalPostgres(server=server)
    postgres.start()
    server.provision()
    address = server.admin_url().replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE DATABASE mortal OWNER svend")
    upgrade(server.url("mortal"))
    yield postgres
    postgres.process.stop()


@pytest.fixture
def mortal_farm(
    postgres: MortalPostgres, redis_url: str, model: FakeModelServer, tmp_path: Path
) -> Iterator[Farm]:
    farm = Farm(
        database_url=postgres.server.url("mortal"),
        redis_url=redis_url,
        folder=tmp_path,
        model=model,
    )
    yield farm
    farm.close()


def test_searches_wait_for_a_database_that_was_killed(
    mortal_farm: Farm, postgres: MortalPostgres, model: FakeModelServer
) -> None:
    """F16, F18: commits of unknown fate are looked up; each job ends in its first attempt."""
    farm = mortal_farm
    model.latency_s = 0.3
    farm.await_ready(farm.start_worker(n_searches=8, lease_s=60, renew_s=1))
    farm.submit(8, samples=16, settings={"haste": 0.0})
    samples = "SELECT count(*) FROM events WHERE type = 'trial.ended'"
    wait_until(lambda: farm.scalar(samples) >= 8, "samples")

    postgres.kill()
    postgres.start()

    census = farm.await_all_ended(timeout_s=120)
    assert census.by_status == {JobStatus.SUCCEEDED: 8}
    assert census.n_claims == 8
    assert len(set(model.samples)) == len(model.samples)


def test_a_restarted_database_gives_every_holder_a_whole_lease(
    mortal_farm: Farm, postgres: MortalPostgres
) -> None:
    """F16: nobody could renew while it was down, so nobody is taken for lost."""
    farm, leases = mortal_farm, LeaseStore(mortal_farm.engine)
    (job_id,) = farm.submit()
    claim = leases.claim("holder", lease_s=3600, hint=job_id, queues=())
    assert claim is not None
    with farm.engine.begin() as connection:
        connection.execute(FORGET_RENEWALS)

    postgres.kill()
    postgres.start()

    assert leases.reap(10) == []
    assert leases.claim("other", lease_s=1, hint=job_id, queues=()) is None
    assert leases.renew([claim.lease], lease_s=3600)[job_id].is_held
