"""API keys of the caller's tenant."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response

from api.answers import answer_json
from api.bodies import KeyBody
from api.dependencies import current_dependencies, current_principal
from api.refusals import KeyNotFoundError
from api.requests import parse_key_id, read_body, refuse_unknown_parameters
from api.views import render_key, render_new_key

blueprint = Blueprint("keys", __name__)


@blueprint.post("/v1/keys")
def create_key() -> Response:
    """Make a key; this answer is the only one that shows it."""
    refuse_unknown_parameters()
    body = read_body(KeyBody)
    key = current_dependencies().keys.create(
        current_principal().tenant_id,
        name=body.name,
        scopes=frozenset(body.scopes),
        expires_at=body.expires_at,
    )
    return answer_json(render_new_key(key), HTTPStatus.CREATED)


@blueprint.get("/v1/keys")
def list_keys() -> Response:
    """List the keys, without their secrets."""
    refuse_unknown_parameters()
    keys = current_dependencies().keys.list_keys(current_principal().tenant_id)
    return answer_json({"keys": [render_key(key) for key in keys]})


@blueprint.delete("/v1/keys/<key_id>")
def revoke_key(key_id: str) -> Response:
    """Make a key open nothing any more."""
    refuse_unknown_parameters()
    tenant_id = current_principal().tenant_id
    if not current_dependencies().keys.revoke(tenant_id, parse_key_id(key_id)):
        raise KeyNotFoundError
    return Response(status=HTTPStatus.NO_CONTENT)
