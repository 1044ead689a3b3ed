"""The OpenAPI 3.1 description, built from the table of operations and the routes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.routing import Rule

from api.operation import Operation, Reply
from api.operations import OPERATIONS
from api.problems import CONTENT_TYPE, find_status
from api.schemas import SCHEMAS, Name, refer

VERSION = "3.1.0"
_METHODS = ("GET", "POST", "DELETE")
_EVERYWHERE = ("bad-key", "scope")


def build_openapi(rules: Iterable[Rule], *, release: str) -> dict[str, Any]:
    """Return the description of every route that has an operation.

    Args:
        rules: The application's routes.
        release: Version of the program.
    """
    paths: dict[str, dict[str, Any]] = {}
    schemas: dict[str, Any] = {name.value: dict(schema) for name, schema in SCHEMAS.items()}
    for rule in sorted(rules, key=lambda found: found.rule):
        operation = OPERATIONS.get(rule.endpoint)
        if operation is not None:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            method = next(name for name in _METHODS if name in (rule.methods or ()))
            paths.setdefault(path, {})[method.lower()] = _describe(rule.endpoint, operation)
            schemas.update(_body_schemas(operation))
    return {
        "openapi": VERSION,
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Svend",
            "version": release,
            "description": "Answers hard questions by searching.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _describe(endpoint: str, operation: Operation) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "operationId": endpoint.partition(".")[2],
        "summary": operation.summary,
        "tags": [operation.tag.value],
        "parameters": [parameter.to_data() for parameter in operation.parameters],
        "responses": _responses(operation),
    }
    if operation.description:
        shown["description"] = operation.description
    if operation.scope is None:
        shown["security"] = []
    else:
        shown["x-scope"] = operation.scope.value
    if operation.body is not None:
        reference = {"$ref": f"#/components/schemas/{operation.body.__name__}"}
        content = {"application/json": {"schema": reference}}
        shown["requestBody"] = {"required": True, "content": content}
    return shown


def _responses(operation: Operation) -> dict[str, Any]:
    responses = {str(status): _reply(reply) for status, reply in operation.replies.items()}
    common = _EVERYWHERE if operation.scope is not None else ()
    by_status: dict[str, list[str]] = {}
    for code in (*common, *operation.refusals):
        by_status.setdefault(str(int(find_status(code))), []).append(code)
    for status, codes in by_status.items():
        problem = {"schema": refer(Name.PROBLEM)}
        described = "Code: " + ", ".join(codes)
        responses.setdefault(
            status, {"description": described, "content": {CONTENT_TYPE: problem}}
        )
    return responses


def _reply(reply: Reply) -> dict[str, Any]:
    shown: dict[str, Any] = {"description": reply.description}
    if reply.headers:
        shown["headers"] = {name: {"schema": {"type": "string"}} for name in reply.headers}
    if reply.media_type:
        schema: Mapping[str, Any] = refer(reply.schema) if reply.schema else {"type": "string"}
        shown["content"] = {reply.media_type: {"schema": schema}}
    if reply.schema is Name.EVENT_PAGE:
        shown["content"]["text/event-stream"] = {"schema": {"type": "string"}}
    return shown


def _body_schemas(operation: Operation) -> dict[str, Any]:
    if operation.body is None:
        return {}
    schema = operation.body.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), operation.body.__name__: schema}
