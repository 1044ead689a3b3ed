"""Tenants: whom everything belongs to."""

from __future__ import annotations

import uuid

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert

from db.engine import transaction
from db.models import tenants
from engine.domain.ids import TenantId


class TenantStore:
    """The tenants of this installation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ensure(self, name: str) -> TenantId:
        """Return the tenant of this name, made now if there was none.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        made = insert(tenants).values(tenant_id=uuid.uuid4().hex, name=name)
        with transaction(self._engine) as connection:
            connection.execute(made.on_conflict_do_nothing())
            found = select(tenants.c.tenant_id).where(tenants.c.name == name)
            return TenantId(connection.execute(found).scalar_one())
