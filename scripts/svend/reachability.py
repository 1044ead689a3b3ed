"""What can be reached: named outside servers, the secrets, the Svend server and its parts."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import httpx

from ops.errors import StackError
from ops.outside import database_part, model_part, redis_part
from ops.part import Part
from ops.secret_files import SecretName, read_secret
from scripts.svend.client import SvendClient, open_client
from scripts.svend.errors import RefusedError
from scripts.svend.finding import Finding, State
from scripts.svend.server import Server, ServerChoice, find_local_server, find_server

GIB = 1 << 30
LOW_DISK_BYTES = GIB
OUTSIDE: tuple[tuple[str, Callable[[str], Part]], ...] = (
    ("DATABASE_URL", database_part),
    ("REDIS_URL", redis_part),
    ("SVEND_LLM_URL", model_part),
)


def list_reachable(choice: ServerChoice, environ: Mapping[str, str]) -> list[Finding]:
    """Look at everything that has to be reached."""
    return [
        *_look_at_outside(environ),
        _look_at_disk(choice.data_dir),
        *_look_at_secrets(choice.data_dir, environ),
        *_look_at_server(choice),
    ]


def _look_at_outside(environ: Mapping[str, str]) -> list[Finding]:
    findings: list[Finding] = []
    for variable, make_part in OUTSIDE:
        url = environ.get(variable)
        if not url:
            continue
        part = make_part(url)
        is_ready = part.is_ready()
        findings.append(
            Finding(
                name=variable,
                state=State.OK if is_ready else State.MISSING,
                detail=part.address if is_ready else f"{part.address} does not answer",
                remedy="" if is_ready else f"start that server, or mend {variable}",
            )
        )
    return findings


def _look_at_disk(data_dir: Path) -> Finding:
    place = next(
        one for one in (data_dir.absolute(), *data_dir.absolute().parents) if one.exists()
    )
    free = shutil.disk_usage(place).free
    is_low = free < LOW_DISK_BYTES
    return Finding(
        name="disk",
        state=State.MISSING if is_low else State.OK,
        detail=f"{free / GIB:.1f} GiB free for {data_dir}",
        remedy="make room, or choose another folder with --data-dir" if is_low else "",
    )


def _look_at_secrets(data_dir: Path, environ: Mapping[str, str]) -> list[Finding]:
    """Show a fingerprint of what several hosts must share; equal ones mean equal secrets."""
    folder = Path(environ.get("SVEND_SECRETS_DIR") or data_dir / "secrets")
    path = folder / SecretName.API_KEY_PEPPER
    if not path.exists():
        detail = f"none in {folder} yet; `svend up` makes them"
        return [Finding(name="secrets", state=State.ABSENT, detail=detail)]
    try:
        pepper = read_secret(path)
    except StackError as error:
        return [Finding(name="secrets", state=State.MISSING, detail=str(error))]
    fingerprint = hashlib.sha256(b"svend secrets fingerprint\0" + pepper.encode()).hexdigest()[:12]
    detail = f"{folder}, fingerprint {fingerprint} (must be the same on every host)"
    return [Finding(name="secrets", state=State.OK, detail=detail)]


def _look_at_server(choice: ServerChoice) -> list[Finding]:
    try:
        is_local = not choice.url
        if is_local and find_local_server(choice.data_dir) is None:
            detail = f"no local stack runs in {choice.data_dir}"
            remedy = "start one with `svend up`, or name a server with --url"
            return [Finding(name="server", state=State.ABSENT, detail=detail, remedy=remedy)]
        server = find_server(choice)
        with open_client(server, patience_s=0.0) as client:
            return _probe(client, server)
    except click.ClickException as error:
        return [Finding(name="server", state=State.MISSING, detail=error.message)]


def _probe(client: SvendClient, server: Server) -> list[Finding]:
    try:
        answer = client.probe("/readyz")
    except httpx.TransportError as error:
        detail = f"{server.url} (from {server.origin}) cannot be reached: {error}"
        remedy = "start it; `svend up` starts a local one"
        return [Finding(name="server", state=State.MISSING, detail=detail, remedy=remedy)]
    is_ready = answer.is_success
    said = "ready" if is_ready else f"not ready (HTTP {answer.status_code})"
    state = State.OK if is_ready else State.MISSING
    found = Finding(name="server", state=state, detail=f"{server.url}, {said}")
    return [found, *_read_parts(answer), _look_at_key(client)]


def _read_parts(answer: httpx.Response) -> list[Finding]:
    try:
        checks: list[Mapping[str, Any]] = list(answer.json()["checks"])
        return [_read_part(check) for check in checks]
    except (ValueError, KeyError, TypeError) as error:
        detail = f"its /readyz is not Svend's: {error!r}"
        return [Finding(name="server parts", state=State.MISSING, detail=detail)]


def _read_part(check: Mapping[str, Any]) -> Finding:
    states = {"ok": State.OK, "degraded": State.ABSENT, "failed": State.MISSING}
    health = str(check["health"])
    return Finding(
        name=f"server: {check['part']}",
        state=states.get(health, State.MISSING),
        detail=f"{health}. {check.get('detail') or ''}".removesuffix(". "),
    )


def _look_at_key(client: SvendClient) -> Finding:
    try:
        client.list_jobs(limit=1)
    except RefusedError as error:
        remedy = "give a key with --key or SVEND_API_KEY; `svend keys create` makes one"
        return Finding(name="API key", state=State.MISSING, detail=error.message, remedy=remedy)
    return Finding(name="API key", state=State.OK, detail="accepted")
