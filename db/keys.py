"""API keys: who may call, and what for.

Of a secret only its HMAC under a pepper is stored, so that neither the database nor the pepper
alone is enough to make one. A secret has 190 bits; a slow hash would add nothing but load.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, or_, select, update

from db.engine import transaction
from db.key_format import KeyText, make_key, parse_key, render_key
from db.models import api_keys
from db.records import KeyRecord, NewKey, Principal
from engine.domain.errors import InvalidInputError, UnauthenticatedError
from engine.domain.ids import TenantId

SCOPES = frozenset({"jobs:read", "jobs:write", "admin", "tools"})
# A busy key would otherwise write its row at each request.
LAST_USED_EVERY = timedelta(minutes=1)


class KeyStore:
    """The API keys of all tenants.

    Args:
        engine: Where they are stored.
        peppers: The secrets of this installation, the current one first. During a rotation the
            former follows it; a key proved under that is stored anew under the current one.
    """

    def __init__(self, engine: Engine, peppers: Sequence[bytes]) -> None:
        if not peppers or not all(peppers):
            raise ValueError("API keys need a pepper")
        self._engine = engine
        self._peppers = tuple(peppers)

    def create(
        self,
        tenant_id: TenantId,
        *,
        name: str,
        scopes: Collection[str],
        expires_at: datetime | None = None,
        environment: str = "live",
    ) -> NewKey:
        """Make a key. Its text is in the returned value and nowhere else.

        Raises:
            InvalidInputError: For no scope, or an unknown one.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        unknown = sorted(set(scopes) - SCOPES)
        if unknown or not scopes:
            raise InvalidInputError(f"a key needs scopes out of {', '.join(sorted(SCOPES))}")
        key = make_key(environment)
        statement = insert(api_keys).values(
            key_id=key.key_id,
            tenant_id=tenant_id,
            name=name,
            mac=self._mac(key, self._peppers[0]),
            scopes=sorted(set(scopes)),
            expires_at=expires_at,
        )
        with transaction(self._engine) as connection:
            row = connection.execute(statement.returning(api_keys)).one()
        return NewKey(record=_read_key(row), text=render_key(key))

    def list_keys(self, tenant_id: TenantId) -> list[KeyRecord]:
        """Return a tenant's keys, newest first, revoked ones included.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        statement = (
            select(api_keys)
            .where(api_keys.c.tenant_id == tenant_id)
            .order_by(api_keys.c.created_at.desc(), api_keys.c.key_id)
        )
        with transaction(self._engine) as connection:
            return [_read_key(row) for row in connection.execute(statement)]

    def revoke(self, tenant_id: TenantId, key_id: str) -> bool:
        """End a key for good; return whether the tenant has such a key.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        statement = (
            update(api_keys)
            .where(api_keys.c.tenant_id == tenant_id, api_keys.c.key_id == key_id)
            .values(revoked_at=func.coalesce(api_keys.c.revoked_at, func.now()))
        )
        with transaction(self._engine) as connection:
            return connection.execute(statement).rowcount == 1

    def authenticate(self, text: str) -> Principal:
        """Return who calls with a key.

        Raises:
            UnauthenticatedError: When the key is malformed, unknown, wrong, revoked or expired.
                Which of the last four it is, the caller is not told.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        key = parse_key(text)
        is_live = api_keys.c.revoked_at.is_(None) & or_(
            api_keys.c.expires_at.is_(None), api_keys.c.expires_at > func.now()
        )
        is_stale = or_(
            api_keys.c.last_used_at.is_(None),
            api_keys.c.last_used_at < func.now() - LAST_USED_EVERY,
        )
        statement = select(api_keys, is_live.label("is_live"), is_stale.label("is_stale")).where(
            api_keys.c.key_id == key.key_id
        )
        with transaction(self._engine) as connection:
            row = connection.execute(statement).first()
            used = self._find_pepper(key, b"" if row is None else row.mac)
            if row is None or used is None or not row.is_live:
                raise UnauthenticatedError
            self._note_use(connection, key, row, is_former=used != self._peppers[0])
        return Principal(tenant_id=row.tenant_id, key_id=row.key_id, scopes=frozenset(row.scopes))

    def _find_pepper(self, key: KeyText, mac: bytes) -> bytes | None:
        """Return the pepper under which the key is proved; each is tried, whatever the outcome."""
        found = None
        for pepper in self._peppers:
            if hmac.compare_digest(self._mac(key, pepper), mac):
                found = pepper
        return found

    def _note_use(
        self, connection: Connection, key: KeyText, row: Row[Any], *, is_former: bool
    ) -> None:
        changes: dict[str, Any] = {}
        if is_former:
            changes["mac"] = self._mac(key, self._peppers[0])
        if is_former or row.is_stale:
            changes["last_used_at"] = func.now()
        if changes:
            connection.execute(
                update(api_keys).where(api_keys.c.key_id == row.key_id).values(**changes)
            )

    @staticmethod
    def _mac(key: KeyText, pepper: bytes) -> bytes:
        # The id is covered too, so that one row's MAC proves nothing in another's place.
        return hmac.digest(pepper, f"{key.key_id}.{key.secret}".encode(), hashlib.sha256)


def _read_key(row: Row[Any]) -> KeyRecord:
    return KeyRecord(
        key_id=row.key_id,
        tenant_id=row.tenant_id,
        name=row.name,
        scopes=frozenset(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
