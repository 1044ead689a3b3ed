import re

import pytest

from api.operations import OPERATIONS
from engine.domain.canonical import digest
from tests.integration.api.checked_client import CheckedClient
from tests.integration.api.hand_worker import OUTPUT


def list_routes(app):
    """Every method and path of the application, its variables filled with what is there."""
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
            yield method, rule


def fill(rule, job_id="job_" + "0" * 36, key_id="0" * 12):
    named = {"job_id": job_id, "key_id": key_id, "name": "calculator"}
    values = {**named, "digest": digest(OUTPUT)}
    return re.sub(r"<(\w+)>", lambda found: values[found.group(1)], rule.rule)


def test_every_route_has_an_operation_and_the_reverse(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(OPERATIONS)


def test_only_four_operations_are_open():
    assert {name for name, operation in OPERATIONS.items() if operation.scope is None} == {
        "server.show_liveness",
        "server.show_readiness",
        "reference.show_openapi",
        "reference.show_reference",
    }


@pytest.mark.parametrize(
    "key",
    [
        "",
        "svend_live_abc",
        "svend_live_000000000000_" + "0" * 32 + "_000000",
        "x" * 5000,
    ],
    ids=["none", "malformed", "unknown", "long"],
)
def test_every_route_refuses_a_missing_or_bad_key(app, key):
    stranger = CheckedClient(app)
    n_closed = 0
    for method, rule in list_routes(app):
        if OPERATIONS[rule.endpoint].scope is None:
            continue
        response = stranger.open(method, fill(rule), key=key, json={})
        assert response.status_code == 401, rule.rule
        assert response.json["code"] == "bad-key"
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        n_closed += 1
    assert n_closed == len(OPERATIONS) - 4


def test_every_route_refuses_a_key_without_its_scope(app, make_key):
    keys = {
        scope: make_key("first", [scope]).text
        for scope in ("jobs:read", "jobs:write", "tools", "admin")
    }
    for method, rule in list_routes(app):
        scope = OPERATIONS[rule.endpoint].scope
        for name, key in keys.items():
            response = CheckedClient(app, key).open(method, fill(rule), json={})
            refused = scope is not None and name != scope.value
            assert (response.status_code == 403) is refused, (rule.rule, name)
            assert not refused or response.json["code"] == "scope"


def test_revoked_key_opens_nothing(app, client, make_key):
    key = make_key("first")
    assert client.delete(f"/v1/keys/{key.record.key_id}").status_code == 204
    assert CheckedClient(app, key.text).get("/v1/jobs").status_code == 401


def test_foreign_job_is_not_found_on_every_route(app, other_client, submit, worker):
    job_id = submit()
    worker.solve(job_id)
    n_walked = 0
    for method, rule in list_routes(app):
        if "job_id" in rule.arguments:
            response = other_client.open(method, fill(rule, job_id=job_id), json={})
            assert response.status_code == 404, rule.rule
            assert response.json["code"] == "not-found"
            n_walked += 1
    assert n_walked == 9


def test_foreign_key_is_not_found(app, other_client, make_key):
    key_id = make_key("first").record.key_id
    response = other_client.delete(f"/v1/keys/{key_id}")
    assert (response.status_code, response.json["code"]) == (404, "key-not-found")


def test_lists_hold_nothing_foreign(other_client, submit, make_key):
    job_id, key_id = submit(), make_key("first").record.key_id
    assert job_id not in other_client.get("/v1/jobs?limit=200").text
    assert key_id not in other_client.get("/v1/keys").text


def test_key_made_over_http_opens_what_it_may(app, client):
    made = client.post("/v1/keys", json={"name": "reader", "scopes": ["jobs:read"]})
    assert made.status_code == 201
    reader = CheckedClient(app, made.json["key"])
    assert reader.get("/v1/jobs").status_code == 200
    assert reader.post("/v1/jobs", json={"problem": "x"}).status_code == 403
    listed = client.get("/v1/keys")
    assert made.json["id"] in {key["id"] for key in listed.json["keys"]}
    assert made.json["key"] not in listed.text


def test_secret_of_a_key_is_not_logged(app, client, capfd):
    made = client.post("/v1/keys", json={"name": "quiet"})
    CheckedClient(app, made.json["key"]).get("/v1/jobs")
    captured = capfd.readouterr()
    secret = made.json["key"].split("_")[3]
    assert secret not in captured.out + captured.err


def test_listed_origin_may_read_answers(app):
    stranger = CheckedClient(app)
    response = stranger.get("/healthz", headers={"Origin": "https://app.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert "ETag" in response.headers["Access-Control-Expose-Headers"]
    assert "Origin" in response.headers["Vary"]


def test_other_origin_may_not(app):
    response = CheckedClient(app).get("/healthz", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in response.headers


def test_preflight_needs_no_key(app):
    client = app.test_client()
    response = client.options(
        "/v1/jobs",
        headers={"Origin": "https://app.example", "Access-Control-Request-Method": "POST"},
    )
    assert response.status_code == 200
    assert "Idempotency-Key" in response.headers["Access-Control-Allow-Headers"]
