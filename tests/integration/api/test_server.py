"""The server itself: health, figures, description, and what it says when parts are missing."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator

from api.app import create_app
from api.bootstrap import build_dependencies
from db.engine import create_engine
from db.key_format import make_key, render_key
from db.keys import KeyStore
from db.tenants import TenantStore
from db.workers import WorkerStore
from engine.config import Settings
from tests.integration.api.checked_client import CheckedClient

UNREACHABLE = "postgresql+psycopg://nobody@/none?host=/nonexistent"


@pytest.fixture(scope="module")
def empty_app(make_database, migrated_template, redis_url, secrets_dir):
    """An installation that no worker has ever seen."""
    url = make_database(migrated_template)
    settings = Settings(database_url=url, redis_url=redis_url, secrets_dir=str(secrets_dir))
    engine = create_engine(url)
    dependencies = build_dependencies(settings, engine, None)
    yield create_app(dependencies), engine
    dependencies.close()
    engine.dispose()


@pytest.fixture(scope="module")
def empty_client(empty_app):
    app, engine = empty_app
    keys = KeyStore(engine, [b"pepper-of-the-tests"])
    scopes = ("jobs:read", "jobs:write", "admin")
    key = keys.create(TenantStore(engine).ensure("only"), name="test", scopes=scopes)
    return CheckedClient(app, key.text)


@pytest.fixture(scope="module")
def severed_client(redis_url, secrets_dir):
    """An application whose database is out of reach."""
    settings = Settings(redis_url=redis_url, secrets_dir=str(secrets_dir))
    engine = create_engine(UNREACHABLE)
    key = "svend_live_000000000000_" + "0" * 32 + "_000000"
    yield CheckedClient(create_app(build_dependencies(settings, engine, None)), key)
    engine.dispose()


def find_checks(response):
    return {check["part"]: check["health"] for check in response.json["checks"]}


def test_liveness_looks_at_nothing(severed_client):
    assert severed_client.get("/healthz").json == {"status": "ok"}


def test_readiness_fails_without_postgres_alone(severed_client):
    response = severed_client.get("/readyz")
    assert response.status_code == 503
    assert response.json["status"] == "failed"
    assert find_checks(response)["postgres"] == "failed"
    assert "nonexistent" not in response.text


def test_readiness_tells_what_is_degraded(empty_client):
    response = empty_client.get("/readyz")
    assert response.status_code == 200
    checks = find_checks(response)
    assert checks["postgres"] == checks["redis"] == "ok"
    assert checks["workers"] == checks["model"] == "degraded"


def test_live_worker_is_seen(app, engine):
    WorkerStore(engine).beat("w", 32, 0)
    response = CheckedClient(app).get("/readyz")
    assert find_checks(response)["workers"] == "ok"


def test_database_out_of_reach_is_told_with_a_time_to_retry(severed_client):
    response = severed_client.get("/v1/jobs", key=render_key(make_key()))
    assert (response.status_code, response.json["code"]) == (503, "dependency-unavailable")
    assert int(response.headers["Retry-After"]) >= 1
    assert response.json["retryable"] is True


def test_submission_before_any_worker_is_told_to_come_back(empty_client):
    response = empty_client.post("/v1/jobs", json={"problem": "x"})
    assert (response.status_code, response.json["code"]) == (503, "no-worker-yet")
    assert int(response.headers["Retry-After"]) >= 1
    assert empty_client.get("/v1/strategies").status_code == 503
    assert empty_client.get("/v1/jobs").json["jobs"] == []


def test_faulty_body_is_refused_even_before_any_worker(empty_client):
    assert empty_client.post("/v1/jobs", json={"problem": ""}).status_code == 422


def test_strategies_tell_what_cannot_run_and_why(client):
    shown = {s["name"]: s for s in client.get("/v1/strategies").json["strategies"]}
    assert shown["self_consistency"]["is_available"] is True
    assert shown["away"]["is_available"] is False
    assert shown["away"]["reason"] == "no verifier"
    for strategy in shown.values():
        Draft202012Validator.check_schema(strategy["schema"])
        Draft202012Validator(strategy["schema"]).validate(strategy["defaults"])


def test_figures_tell_of_requests_and_queue(client, submit):
    submit()
    text = client.get("/metrics").text
    assert re.search(r'^svend_jobs_queued\{queue="solve.interactive"\} [1-9]', text, re.MULTILINE)
    assert re.search(
        r'^svend_http_answers_total\{method="POST",route="/v1/jobs",status="202"\} [1-9]',
        text,
        re.MULTILINE,
    )
    assert "svend_queue_readable 1.0" in text
    assert "job_" not in text


def test_description_is_openapi_3_1(client):
    spec = client.get("/openapi.json").json
    assert spec["openapi"].startswith("3.1")
    for schema in spec["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    references = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(spec)))
    for reference in references:
        found = spec
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
    assert references
    operations = [o for methods in spec["paths"].values() for o in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) == 23
    for path, methods in spec["paths"].items():
        for operation in methods.values():
            in_path = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert in_path == set(re.findall(r"{(\w+)}", path))


def test_reference_page_loads_nothing_and_explains_every_code(client):
    response = client.get("/docs")
    page = response.text
    assert response.content_type.startswith("text/html")
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "style-src 'sha256-" in response.headers["Content-Security-Policy"]
    for code in ("not-found", "idempotency-mismatch", "no-worker-yet"):
        assert f'id="problem-{code}"' in page
    spec = client.get("/openapi.json").json
    for path in spec["paths"]:
        assert path in page


def test_unforeseen_fault_is_told_as_ours(app, client, monkeypatch, dependencies):
    class Broken:
        def get(self, tenant_id, job_id):
            raise RuntimeError("secret inside")

    changed = {**app.extensions, "svend": _Replaced(dependencies, jobs=Broken())}
    monkeypatch.setattr(app, "extensions", changed)
    response = client.get("/v1/jobs/job_" + "0" * 36)
    assert (response.status_code, response.json["code"]) == (500, "internal")
    assert "secret inside" not in response.text


class _Replaced:
    """The dependencies with some of them replaced."""

    def __init__(self, dependencies, **replaced):
        self._dependencies = dependencies
        self.__dict__.update(replaced)

    def __getattr__(self, name):
        return getattr(self._dependencies, name)
