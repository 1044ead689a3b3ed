"""API keys."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from db.key_format import make_key, parse_key, render_key
from db.keys import KeyStore
from db.models import api_keys
from engine.domain.errors import InvalidInputError, UnauthenticatedError

OLD, NEW = b"former pepper", b"current pepper"


@pytest.fixture
def key(stores, tenant):
    return stores.keys.create(tenant, name="mine", scopes={"jobs:read", "jobs:write"})


def row_of(stores, key):
    with stores.engine.connect() as connection:
        return connection.execute(
            select(api_keys).where(api_keys.c.key_id == key.record.key_id)
        ).one()


def set_row(stores, key, **columns):
    with stores.engine.begin() as connection:
        connection.execute(
            update(api_keys).where(api_keys.c.key_id == key.record.key_id).values(**columns)
        )


def test_a_key_tells_who_calls(stores, tenant, key):
    principal = stores.keys.authenticate(key.text)

    assert principal.tenant_id == tenant
    assert principal.key_id == key.record.key_id
    assert principal.scopes == {"jobs:read", "jobs:write"}


def test_the_secret_is_stored_nowhere(stores, key):
    secret = parse_key(key.text).secret

    assert secret not in str(row_of(stores, key))
    assert secret not in repr(key)


def test_another_secret_under_the_same_id_is_refused(stores, key):
    parts = parse_key(key.text)
    forged = render_key(
        type(parts)(environment=parts.environment, key_id=parts.key_id, secret=make_key().secret)
    )

    with pytest.raises(UnauthenticatedError):
        stores.keys.authenticate(forged)


def test_an_unknown_key_is_refused(stores):
    with pytest.raises(UnauthenticatedError):
        stores.keys.authenticate(render_key(make_key()))


def test_a_revoked_key_is_refused(stores, tenant, key):
    assert stores.keys.revoke(tenant, key.record.key_id)
    first = row_of(stores, key).revoked_at
    assert stores.keys.revoke(tenant, key.record.key_id)

    with pytest.raises(UnauthenticatedError):
        stores.keys.authenticate(key.text)
    assert row_of(stores, key).revoked_at == first


def test_an_expired_key_is_refused(stores, tenant):
    until = datetime.now(UTC) + timedelta(days=1)
    key = stores.keys.create(tenant, name="short", scopes={"admin"}, expires_at=until)
    stores.keys.authenticate(key.text)
    set_row(stores, key, expires_at=func.now() - timedelta(seconds=1))

    with pytest.raises(UnauthenticatedError):
        stores.keys.authenticate(key.text)


def test_a_revoked_key_proves_nothing_new(stores, tenant, key):
    rotated = KeyStore(stores.engine, [NEW, b"pepper"])
    before = row_of(stores, key).mac
    stores.keys.revoke(tenant, key.record.key_id)

    with pytest.raises(UnauthenticatedError):
        rotated.authenticate(key.text)
    assert row_of(stores, key).mac == before


def test_keys_survive_a_rotation_of_the_pepper(stores, tenant):
    key = KeyStore(stores.engine, [OLD]).create(tenant, name="k", scopes={"tools"})
    KeyStore(stores.engine, [NEW, OLD]).authenticate(key.text)

    assert KeyStore(stores.engine, [NEW]).authenticate(key.text).tenant_id == tenant
    with pytest.raises(UnauthenticatedError):
        KeyStore(stores.engine, [OLD]).authenticate(key.text)


def test_use_is_noted_at_most_once_a_minute(stores, key):
    stores.keys.authenticate(key.text)
    first = row_of(stores, key).last_used_at
    stores.keys.authenticate(key.text)
    assert row_of(stores, key).last_used_at == first

    set_row(stores, key, last_used_at=func.now() - timedelta(seconds=61))
    stores.keys.authenticate(key.text)
    assert row_of(stores, key).last_used_at > first


def test_a_tenant_sees_its_keys_newest_first(stores, tenant):
    made = [
        stores.keys.create(tenant, name=str(index), scopes={"admin"}).record for index in range(3)
    ]
    stores.keys.create(stores.tenants.ensure(uuid.uuid4().hex), name="x", scopes={"admin"})

    assert stores.keys.list_keys(tenant) == made[::-1]


@pytest.mark.parametrize("scopes", [set(), {"jobs:read", "root"}], ids=["none", "unknown"])
def test_only_known_scopes_are_given(stores, tenant, scopes):
    with pytest.raises(InvalidInputError):
        stores.keys.create(tenant, name="k", scopes=scopes)


@pytest.mark.parametrize("peppers", [[], [b""]], ids=["none", "empty"])
def test_a_store_without_a_pepper_is_refused(stores, peppers):
    with pytest.raises(ValueError, match="pepper"):
        KeyStore(stores.engine, peppers)
