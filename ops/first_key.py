"""The first API key: made by the start, since without one nobody could ask for another."""

from __future__ import annotations

from pathlib import Path

from db.engine import create_engine
from db.keys import SCOPES, KeyStore
from db.tenants import TenantStore
from engine.domain.errors import SvendError, UnauthenticatedError
from ops.errors import StackError
from ops.secret_files import read_secret, write_secret

TENANT = "default"
NAME = "first key of the local stack"


def make_first_key(url: str, peppers: str, file: Path) -> None:
    """Makes a key with every scope, unless the file holds one that this database knows.

    Args:
        url: The database.
        peppers: The installation's peppers, one a line, the current one first.
        file: Where the key is kept, readable by its owner alone.

    Raises:
        StackError: The database does not answer, or the file cannot be read.
    """
    engine = create_engine(url, pool_size=1)
    keys = KeyStore(engine, [line.encode() for line in peppers.split()])
    try:
        if file.exists() and _is_known(keys, read_secret(file)):
            return
        tenant_id = TenantStore(engine).ensure(TENANT)
        key = keys.create(tenant_id, name=NAME, scopes=SCOPES)
        # A key of another database, or a revoked one, opens nothing here.
        file.unlink(missing_ok=True)
        write_secret(file, key.text)
    except SvendError as error:
        raise StackError(str(error)) from error
    finally:
        engine.dispose()


def _is_known(keys: KeyStore, text: str) -> bool:
    try:
        keys.authenticate(text)
    except UnauthenticatedError:
        return False
    return True
