"""The application: one WSGI app for everything that is answered over HTTP."""

from __future__ import annotations

from importlib.metadata import version

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from api.answers import render_problem
from api.dependencies import EXTENSION, Dependencies, current_request_id
from api.gate import install_gate
from api.problems import describe_problem, translate_status
from api.routes import (
    catalogue,
    events,
    jobs,
    keys,
    lineage,
    reference,
    server,
    solve,
    tools,
)
from engine.domain.errors import SvendError

BLUEPRINTS = (
    jobs.blueprint,
    lineage.blueprint,
    events.blueprint,
    solve.blueprint,
    catalogue.blueprint,
    tools.blueprint,
    keys.blueprint,
    server.blueprint,
    reference.blueprint,
)

_log = structlog.stdlib.get_logger(__name__)


def create_app(dependencies: Dependencies) -> Flask:
    """Return the application, composed of what it is given.

    Args:
        dependencies: Stores, hub, queue and settings.
    """
    app = Flask("api", static_folder=None, template_folder="pages")
    app.config["MAX_CONTENT_LENGTH"] = dependencies.settings.max_body_bytes
    app.extensions[EXTENSION] = dependencies
    app.url_map.strict_slashes = False
    install_gate(app, dependencies)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_error_handler(SvendError, _answer_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_fault)
    app.extensions["svend_openapi"] = reference.describe(app, release=version("svend"))
    return app


def _answer_error(error: SvendError) -> Response:
    problem = describe_problem(error, instance=request.path, request_id=current_request_id())
    if problem.detail != str(error):
        _log.error("request_failed", code=error.code, exc_info=error)
    return render_problem(problem)


def _answer_http_error(error: HTTPException) -> Response:
    response = _answer_error(translate_status(error.code, error.description))
    # The framework knows which methods a path has.
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _answer_fault(error: Exception) -> Response:
    """The edge of the process: whatever nobody foresaw is logged whole and told as our fault."""
    _log.error("request_crashed", exc_info=error)
    problem = describe_problem(
        SvendError(), instance=request.path, request_id=current_request_id()
    )
    return render_problem(problem)
