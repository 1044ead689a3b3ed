"""A client that holds every answer against the published description."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator


class CheckedClient:
    def __init__(self, app, key: str | None = None) -> None:
        self._app = app
        self._client = app.test_client()
        self._key = key
        self._spec = app.extensions["svend_openapi"]

    def get(self, path, **options):
        return self.open("GET", path, **options)

    def post(self, path, **options):
        return self.open("POST", path, **options)

    def delete(self, path, **options):
        return self.open("DELETE", path, **options)

    def open(self, method, path, *, headers=None, key=None, **options):
        sent = dict(headers or {})
        key = self._key if key is None else key
        if key:
            sent["Authorization"] = f"Bearer {key}"
        response = self._client.open(path, method=method, headers=sent, **options)
        self.check(method, response)
        return response

    def check(self, method, response) -> None:
        assert response.headers["X-Request-Id"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response.headers["Cache-Control"]
        if response.mimetype == "application/problem+json":
            self._check_schema({"$ref": "#/components/schemas/Problem"}, response)
            assert response.json["status"] == response.status_code
            return
        operation = self._find_operation(method, response)
        if operation is None:
            return
        replies = operation["responses"]
        assert str(response.status_code) in replies
        content = replies[str(response.status_code)].get("content", {})
        if response.mimetype == "application/json":
            self._check_schema(content["application/json"]["schema"], response)

    def _find_operation(self, method, response):
        with self._app.test_request_context(response.request.path, method=method) as context:
            endpoint = context.request.endpoint
        operations = [
            operation
            for methods in self._spec["paths"].values()
            for operation in methods.values()
            if endpoint and operation["operationId"] == endpoint.partition(".")[2]
        ]
        return operations[0] if operations else None

    def _check_schema(self, schema, response) -> None:
        rooted = {**schema, "components": self._spec["components"]}
        Draft202012Validator(rooted).validate(json.loads(response.data))
