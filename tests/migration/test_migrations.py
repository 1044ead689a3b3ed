"""Migrations go up, down and up again, and make what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from db.engine import create_engine
from db.migrate import MIGRATIONS, check_schema, downgrade, find_revision, upgrade
from db.models import metadata
from engine.domain.errors import DependencyUnavailableError, SchemaMismatchError
from engine.domain.job_status import TRANSITIONS, JobStatus

INSERT_JOB = (
    "INSERT INTO jobs (job_id, tenant_id, status, problem_text, strategy, queue,"
    " priority, metadata, budget, spent, max_attempts, last_seq, head_hash,"
    " retain_until, lease_until)"
    " VALUES ('j', 't', :status, '', '', '', 0, '{}', '{}', '{}', 1, 1, '', now(),"
    " CASE WHEN :status = 'running' THEN now() END)"
)


@pytest.fixture
def fresh_url(make_database) -> str:
    return make_database()


@pytest.fixture
def engine(fresh_url) -> Iterator[Engine]:
    engine = create_engine(fresh_url)
    yield engine
    engine.dispose()


def test_models_and_migrations_agree(fresh_url, engine):
    upgrade(fresh_url)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_down_takes_everything_back(fresh_url, engine):
    upgrade(fresh_url)
    downgrade(fresh_url, "base")

    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    with engine.connect() as connection:
        functions = connection.execute(
            text("SELECT proname FROM pg_proc WHERE proname LIKE 'svend%'")
        )
        assert functions.all() == []


def test_a_program_refuses_a_schema_without_what_it_needs(fresh_url, engine):
    upgrade(fresh_url, "0001_create_tables")

    with pytest.raises(SchemaMismatchError, match="run the migrations"):
        check_schema(engine)


def test_one_step_down_and_up_again_keeps_what_is_stored(fresh_url, engine):
    upgrade(fresh_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO tenants (tenant_id, name) VALUES ('t', 't')"))
        connection.execute(text(INSERT_JOB), {"status": "succeeded"})
    downgrade(fresh_url, "0001_create_tables")
    upgrade(fresh_url)

    with engine.connect() as connection:
        assert (
            connection.execute(text("SELECT is_finish_requested FROM jobs")).scalar_one() is False
        )


def test_up_after_down_restores(fresh_url, engine):
    upgrade(fresh_url)
    downgrade(fresh_url, "base")
    upgrade(fresh_url)

    check_schema(engine)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_upgrading_twice_changes_nothing(fresh_url, engine):
    upgrade(fresh_url)
    before = find_revision(engine)
    upgrade(fresh_url)

    assert find_revision(engine) == before


def test_there_is_one_head():
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_revisions_are_named_like_their_files():
    scripts = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())

    assert scripts
    for script in scripts:
        assert script.module.__file__.endswith(f"/{script.revision}.py")


def test_a_newer_schema_is_refused(fresh_url, engine):
    upgrade(fresh_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_from_later'"))

    with pytest.raises(SchemaMismatchError, match="newer"):
        check_schema(engine)
    with pytest.raises(SchemaMismatchError, match="newer"):
        upgrade(fresh_url)


def test_a_missing_schema_is_refused(engine):
    with pytest.raises(SchemaMismatchError, match="no schema"):
        check_schema(engine)


def test_an_unreachable_database_is_a_dependency_fault(tmp_path):
    with pytest.raises(DependencyUnavailableError):
        upgrade(f"postgresql+psycopg://svend@/svend?host={tmp_path}")


def test_the_database_allows_the_transitions_of_the_domain(fresh_url, engine):
    upgrade(fresh_url)

    allowed = {status: set() for status in JobStatus}
    for before, after in product(JobStatus, JobStatus):
        if before is not after and _allows(engine, before, after):
            allowed[before].add(after)

    assert allowed == TRANSITIONS


def test_the_database_knows_the_states_of_the_domain_and_no_other(fresh_url, engine):
    upgrade(fresh_url)

    with engine.connect() as connection:
        check = connection.execute(
            text(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE conname = 'ck_jobs_status'"
            )
        ).scalar_one()
    named = {part.split("'")[1] for part in check.split(",")}
    assert named == set(JobStatus)


def _allows(engine: Engine, before: JobStatus, after: JobStatus) -> bool:
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO tenants (tenant_id, name) VALUES ('t', 't')"))
        connection.execute(text(INSERT_JOB), {"status": before.value})
        try:
            connection.execute(
                text(
                    "UPDATE jobs SET status = :status,"
                    " lease_until = CASE WHEN :status = 'running' THEN now() END"
                ),
                {"status": after.value},
            )
        except IntegrityError:
            return False
        return True
