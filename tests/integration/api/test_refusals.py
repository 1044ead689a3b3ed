import json

import pytest

PROBLEM = {"problem": "What is 6 x 7?"}
SAMPLES = {"strategy": "self_consistency"}
NO_SAMPLES = {"strategy": "self_consistency", "settings": {"samples": 0}}


def post(client, body, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **headers}
    return client.post("/v1/jobs", data=data, headers=sent)


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        pytest.param({"colour": 1}, "/colour", "unknown-field", id="unknown-field"),
        pytest.param({"problem": ""}, "/problem", "string-too-short", id="empty"),
        pytest.param({"problem": " \n"}, "/problem", "invalid", id="blank"),
        pytest.param({"problem": "x" * 20_001}, "/problem", "string-too-long", id="too-long"),
        pytest.param({"problem": 7}, "/problem", "string-type", id="wrong-type"),
        pytest.param({"problem": "\ud800"}, "/problem", "string-unicode", id="lone-surrogate"),
        pytest.param({"type": "report"}, "/type", "literal-error", id="unknown-type"),
        pytest.param({"budget": {"tokens": 0}}, "/budget/tokens", "greater-than-equal", id="zero"),
        pytest.param({"budget": {"tokens": 1.5}}, "/budget/tokens", "int-type", id="half-token"),
        pytest.param({"budget": {"tokens": "9"}}, "/budget/tokens", "int-type", id="text-token"),
        pytest.param({"budget": {"usd": 1}}, "/budget/usd", "unknown-field", id="unknown-limit"),
        pytest.param({"seed": -1}, "/seed", "greater-than-equal", id="negative-seed"),
        pytest.param({"seed": True}, "/seed", "int-type", id="flag-for-seed"),
        pytest.param({"priority": 101}, "/priority", "less-than-equal", id="priority"),
        pytest.param({"effort": "vast"}, "/effort", "literal-error", id="unknown-effort"),
        pytest.param(
            {"effort": "deep", "strategy": "direct"},
            "",
            "invalid",
            id="effort-of-another-strategy",
        ),
        pytest.param(
            {"effort": "deep", "settings": {"effort": "quick"}}, "", "invalid", id="two-efforts"
        ),
        pytest.param({"queue": "fast"}, "/queue", "literal-error", id="unknown-queue"),
        pytest.param({"deadline": "tomorrow"}, "/deadline", "invalid", id="deadline-word"),
        pytest.param({"deadline": 1790000000}, "/deadline", "invalid", id="deadline-number"),
        pytest.param(
            {"deadline": "2099-01-01T00:00:00"}, "/deadline", "invalid", id="deadline-no-offset"
        ),
        pytest.param(
            {"deadline": "0001-01-01T00:00:00+23:59"}, "/deadline", "invalid", id="before-time"
        ),
        pytest.param(
            {"deadline": "9999-12-31T23:59:59-23:59"}, "/deadline", "invalid", id="after-time"
        ),
        pytest.param(
            {"start_by": "1970-01-01T00:00:00+00:01"}, "/start_by", "invalid", id="before-1970"
        ),
        pytest.param(
            {"deadline": "9001-01-01T00:00:00Z"}, "/deadline", "invalid", id="after-9000"
        ),
        pytest.param(
            {"deadline": "2099-01-01T00:00:00Z", "start_by": "2099-01-02T00:00:00Z"},
            "/start_by",
            "invalid",
            id="start-after-deadline",
        ),
        pytest.param({"retention_days": 31}, "/retention_days", "less-than-equal", id="keep-long"),
        pytest.param(
            {"metadata": {str(n): "" for n in range(17)}}, "/metadata", "too-long", id="17-labels"
        ),
        pytest.param({"metadata": {"a": 1}}, "/metadata/a", "string-type", id="number-label"),
        pytest.param(
            {"settings": {"sampels": 3}}, "/settings", "unknown-field", id="unknown-setting"
        ),
        pytest.param(
            {"settings": {"samples": 0}}, "/settings/samples", "minimum", id="setting-too-low"
        ),
        pytest.param(
            {"settings": {"samples": "8"}}, "/settings/samples", "type", id="setting-wrong-type"
        ),
        pytest.param(
            {"strategy": "ensemble", "settings": {"parts": [{"strategy": "luck"}]}},
            "/settings/parts/0/strategy",
            "enum",
            id="unknown-part",
        ),
        pytest.param(
            {"strategy": "ensemble", "settings": {"parts": [SAMPLES, NO_SAMPLES]}},
            "/settings/parts/1/settings/samples",
            "minimum",
            id="setting-of-a-part",
        ),
    ],
)
def test_faulty_field_is_named(client, change, pointer, code):
    response = post(client, {**PROBLEM, **change})
    assert response.status_code == 422
    assert response.json["code"] == "validation"
    assert (pointer, code) in {(e["pointer"], e["code"]) for e in response.json["errors"]}


def test_every_fault_is_listed_at_once(client):
    response = post(client, {"problem": "", "seed": -1, "colour": 1})
    assert len(response.json["errors"]) == 3


def test_longest_problem_is_accepted(client):
    assert post(client, {"problem": "x" * 20_000}).status_code == 202


def test_problem_with_nul_is_accepted(client):
    assert post(client, {"problem": "a\0b"}).status_code == 202


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"strategy": "magic"}, "unknown-strategy", id="unknown"),
        pytest.param({"strategy": "away"}, "strategy-unavailable", id="unavailable"),
        pytest.param(
            {"settings": {"rule": "verifier"}}, "strategy-unavailable", id="unavailable-setting"
        ),
    ],
)
def test_strategy_that_cannot_run_is_refused_with_its_reason(client, body, code):
    response = post(client, {**PROBLEM, **body})
    assert (response.status_code, response.json["code"]) == (422, code)
    assert "verifier" in response.json["detail"] or code == "unknown-strategy"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"problem": ', id="cut"),
        pytest.param(b'{"problem": "a", "problem": "b"}', id="duplicate-key"),
        pytest.param(b'{"problem": "a", "seed": NaN}', id="nan"),
        pytest.param(b'{"problem": "a", "seed": ' + b"9" * 40 + b"}", id="huge-integer"),
        pytest.param(b"[" * 5000 + b"]" * 5000, id="deep"),
        pytest.param(b"\xff\xfe", id="not-utf-8"),
    ],
)
def test_malformed_json_is_refused(client, body):
    response = post(client, body)
    assert (response.status_code, response.json["code"]) == (400, "malformed-json")


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"null", b"7"], ids=repr)
def test_body_that_is_no_object_is_refused(client, body):
    response = post(client, body)
    assert (response.status_code, response.json["code"]) == (422, "validation")


def test_other_media_type_is_refused(client):
    response = client.post("/v1/jobs", data=b"problem=x")
    assert (response.status_code, response.json["code"]) == (415, "unsupported-media-type")


def test_oversized_body_is_refused(client):
    response = post(client, {"problem": "x", "metadata": {"a": "y" * 70_000}})
    assert (response.status_code, response.json["code"]) == (413, "too-large")


def test_unknown_path_is_a_problem(client):
    response = client.get("/v2/anything")
    assert (response.status_code, response.json["code"]) == (404, "route-not-found")


def test_wrong_method_names_the_right_ones(client):
    response = client.delete("/v1/jobs")
    assert (response.status_code, response.json["code"]) == (405, "method-not-allowed")
    assert "POST" in response.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/jobs?limit=0",
        "/v1/jobs?limit=201",
        "/v1/jobs?cursor=nonsense",
        "/v1/jobs?cursor=" + "A" * 600,
        # A time, and a lone surrogate where the id of a job belongs.
        "/v1/jobs?cursor=WyIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgIlx1ZDgwMCJd",
        "/v1/jobs?status=done",
        "/v1/jobs?page=2",
        "/v1/jobs?cursor=%00",
    ],
)
def test_bad_query_is_refused(client, path):
    response = client.get(path)
    assert (response.status_code, response.json["code"]) == (400, "invalid-parameter")


@pytest.mark.parametrize(
    "query", ["?after=-1", "?after=99", "?limit=0", "?limit=1001", "?since=1", "?after=x"]
)
def test_bad_events_query_is_refused(client, submit, query):
    response = client.get(f"/v1/jobs/{submit()}/events{query}")
    assert (response.status_code, response.json["code"]) == (400, "invalid-parameter")


def test_bad_last_event_id_is_refused(client, submit):
    headers = {"Last-Event-ID": "abc"}
    response = client.get(f"/v1/jobs/{submit()}/events", headers=headers)
    assert (response.status_code, response.json["code"]) == (400, "invalid-header")


@pytest.mark.parametrize(
    "job_id",
    ["job_1", "x", "%00", "job_" + "0" * 36, "..%2f..", "job_%ed%a0%80", "Job_" + "0" * 36],
)
def test_what_no_job_is_called_is_not_found(client, job_id):
    response = client.get(f"/v1/jobs/{job_id}")
    assert response.status_code == 404


def test_bad_idempotency_key_is_refused(client):
    response = post(client, PROBLEM, **{"Idempotency-Key": "x" * 256})
    assert (response.status_code, response.json["code"]) == (400, "invalid-header")


def test_request_id_is_echoed(client):
    response = client.get("/v1/jobs/x", headers={"X-Request-Id": "mine-1"})
    assert response.headers["X-Request-Id"] == "mine-1"
    assert response.json["request_id"] == "mine-1"


def test_unsafe_request_id_is_replaced(client):
    response = client.get("/v1/jobs/x", headers={"X-Request-Id": 'a"} {"x'})
    assert response.headers["X-Request-Id"].startswith("req_")
