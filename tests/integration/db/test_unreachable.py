"""A database that is away, busy or gone is one error, whatever the driver says."""

from __future__ import annotations

from datetime import UTC

import pytest
from sqlalchemy import select, text

from db.engine import create_engine, transaction
from engine.domain.errors import DependencyUnavailableError
from engine.domain.ids import JobId, TenantId
from tests.integration.db.builders import make_stores


def test_a_database_that_is_not_there_is_unavailable(tmp_path):
    engine = create_engine(f"postgresql://svend:secret@/svend?host={tmp_path}")

    with pytest.raises(DependencyUnavailableError) as raised:
        make_stores(engine).jobs.get(TenantId("t"), JobId("j"))
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is not None
    engine.dispose()


def test_a_connection_that_is_cut_is_unavailable_once(stores, engine):
    def work_on_a_cut_connection():
        with transaction(engine) as connection:
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with engine.begin() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})
            connection.execute(text("SELECT 1"))

    with pytest.raises(DependencyUnavailableError):
        work_on_a_cut_connection()
    with transaction(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_an_idle_connection_that_was_cut_is_replaced_unnoticed(database_url, stores):
    engine = create_engine(database_url, pool_size=1)
    with transaction(engine) as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with stores.engine.begin() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": pid})

    with transaction(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()


def test_a_full_pool_is_unavailable(database_url, monkeypatch):
    monkeypatch.setattr("db.engine.POOL_TIMEOUT_S", 0.05)
    engine = create_engine(database_url, pool_size=1)

    with transaction(engine), pytest.raises(DependencyUnavailableError), transaction(engine):
        pass
    engine.dispose()


def test_a_row_held_too_long_is_unavailable(engine, job):
    lock = text("SELECT 1 FROM jobs WHERE job_id = :job_id FOR UPDATE")

    def wait_for_the_row():
        with transaction(engine) as connection:
            connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
            connection.execute(lock, {"job_id": job.job_id})

    with engine.begin() as holder:
        holder.execute(lock, {"job_id": job.job_id})
        with pytest.raises(DependencyUnavailableError):
            wait_for_the_row()


def test_sessions_have_their_bounds_and_speak_utc(engine):
    with engine.connect() as connection:
        settings = {
            name: connection.execute(text(f"SHOW {name}")).scalar_one()
            for name in (
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
                "synchronous_commit",
            )
        }
        now = connection.execute(select(text("now()"))).scalar_one()
    assert settings == {
        "statement_timeout": "10s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "15s",
        "synchronous_commit": "on",
    }
    assert now.utcoffset() == now.astimezone(UTC).utcoffset()


def test_a_failed_transaction_leaves_nothing(stores, tenant, engine, job):
    def fail_midway():
        with transaction(engine) as connection:
            connection.execute(text("UPDATE jobs SET priority = 9"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert stores.jobs.get(tenant, job.job_id) == job
