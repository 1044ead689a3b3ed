"""Brings the database's schema up, after a backup of what is in it."""

from __future__ import annotations

from datetime import UTC, datetime

from alembic.script import ScriptDirectory

from db.engine import create_engine
from db.migrate import MIGRATIONS, find_revision, upgrade
from engine.domain.errors import SvendError
from ops.errors import StackError
from ops.layout import Layout
from ops.postgres import PostgresServer, dump_database

BACKUP_TIMEOUT_S = 3600.0
N_BACKUPS_KEPT = 3


def migrate(url: str, layout: Layout, server: PostgresServer | None) -> None:
    """Applies every migration that is missing.

    Args:
        url: The database.
        layout: Where backups go.
        server: The stack's own server, whose database is backed up first; None for an outside
            one, whose operator does that.

    Raises:
        StackError: The database does not answer, or its schema is newer than this program.
    """
    try:
        revision = _find_revision(url)
        if revision == ScriptDirectory(str(MIGRATIONS)).get_current_head():
            return
        if revision is not None and server is not None:
            _back_up(layout, server, revision)
        upgrade(url)
    except SvendError as error:
        raise StackError(str(error)) from error


def _find_revision(url: str) -> str | None:
    engine = create_engine(url, pool_size=1)
    try:
        return find_revision(engine)
    finally:
        engine.dispose()


def _back_up(layout: Layout, server: PostgresServer, revision: str) -> None:
    now = datetime.now(UTC)
    target = layout.backups / f"{now:%Y%m%dT%H%M%S}-{revision}.dump"
    dump_database(server, target, BACKUP_TIMEOUT_S)
    for old in sorted(layout.backups.glob("*.dump"))[:-N_BACKUPS_KEPT]:
        old.unlink()
