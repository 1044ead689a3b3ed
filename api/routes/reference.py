"""The description of this API, for programs and for reading."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template

from api.answers import answer_json
from api.openapi import build_openapi
from api.problems import list_kinds

blueprint = Blueprint("reference", __name__)

EXTENSION = "svend_openapi"


def describe(app: Flask, *, release: str) -> dict[str, Any]:
    """Return the OpenAPI description of an application's routes."""
    return build_openapi(app.url_map.iter_rules(), release=release)


@blueprint.get("/openapi.json")
def show_openapi() -> Response:
    """Return the description."""
    return answer_json(current_app.extensions[EXTENSION])


@blueprint.get("/docs")
def show_reference() -> Response:
    """Return the description as one page that loads nothing."""
    style = render_template("reference.css")
    page = render_template(
        "reference.html",
        spec=current_app.extensions[EXTENSION],
        kinds=list_kinds(),
        style=style,
    )
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = render_page_csp(style)
    return response


def render_page_csp(style: str) -> str:
    """Return the policy that allows this one style and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    allowed = f"default-src 'none'; style-src 'sha256-{digest}'"
    return f"{allowed}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
