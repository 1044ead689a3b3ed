"""Bring a database's schema up to this program's, or say why the two do not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.pool import NullPool

from db.engine import driver_url, transaction, wrap_driver_errors
from engine.domain.errors import SchemaMismatchError

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Apply every migration up to a revision. Two callers at once wait for each other.

    Raises:
        DependencyUnavailableError: When the database cannot be reached.
        SchemaMismatchError: When its schema is newer than this program.
    """
    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Take migrations back down to a revision; ``base`` takes back all, with everything stored.

    Raises:
        DependencyUnavailableError: When the database cannot be reached.
        SchemaMismatchError: When its schema is newer than this program.
    """
    _run(url, lambda config: command.downgrade(config, revision))


def find_revision(engine: Engine) -> str | None:
    """Return the revision of a database's schema; ``None`` before the first migration."""
    with transaction(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check_schema(engine: Engine) -> None:
    """Check that this program can work with a database.

    Its schema is this program's, or lacks only the last migration and that is a post-deploy one:
    it takes away what no process of this release uses, so it may come after them.

    Raises:
        SchemaMismatchError: When the schema is newer, missing, or too old.
        DependencyUnavailableError: When the database cannot be reached.
    """
    found = find_revision(engine)
    scripts = ScriptDirectory.from_config(_config())
    newest_first = list(scripts.walk_revisions())
    known = [script.revision for script in newest_first]
    if found is None:
        raise SchemaMismatchError("the database has no schema yet: run the migrations")
    if found not in known:
        raise SchemaMismatchError
    missing = newest_first[: known.index(found)]
    if len(missing) > 1 or any(not script.module.is_post_deploy for script in missing):
        raise SchemaMismatchError(
            f"the database schema is {found}, this program needs {known[0]}: run the migrations"
        )


def _run(url: str, step: Callable[[Config], None]) -> None:
    # No pool and no statement timeout: this is one connection, and a migration may take long.
    engine = sqlalchemy.create_engine(driver_url(url), poolclass=NullPool, hide_parameters=True)
    config = _config()
    with wrap_driver_errors(), engine.connect() as connection:
        _refuse_newer(MigrationContext.configure(connection).get_current_revision(), config)
        connection.rollback()
        config.attributes["connection"] = connection
        step(config)


def _refuse_newer(found: str | None, config: Config) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaMismatchError


def _config() -> Config:
    config = Config()
    # A percent sign is Config's own escape.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
