"""What Alembic runs for each command: it is handed a connection and asks nobody for anything."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from db.models import metadata

# Two stacks that start against one database at once must migrate it one after the other.
MIGRATION_LOCK = 0x5356454E44

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    context.run_migrations()
