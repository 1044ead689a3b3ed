"""Taking the best answer so far, and what it has cost."""

import pytest

from api.app import create_app
from api.bootstrap import build_dependencies
from engine.config import Settings
from tests.integration.api.checked_client import CheckedClient

PROBLEM = {"problem": "What is 6 x 7?"}


@pytest.fixture(scope="module")
def paid_client(settings, engine, catalogue, make_key):
    """A client of a server whose tokens cost something."""
    given = {name: getattr(settings, name) for name in ("database_url", "redis_url")}
    priced = Settings(
        **given,
        secrets_dir=settings.secrets_dir,
        price_per_mtok_in=1.0,
        price_per_mtok_out=2.5,
    )
    dependencies = build_dependencies(priced, engine, None)
    yield CheckedClient(create_app(dependencies), make_key("first").text)
    dependencies.close()


def test_queued_job_ends_at_once_without_an_answer(client, submit):
    job_id = submit()
    response = client.post(f"/v1/jobs/{job_id}/finish")
    assert (response.status_code, response.json["status"]) == (200, "succeeded")
    assert (response.json["outcome"], response.json["stop_reason"]) == ("no_answer", "harvested")
    assert client.get(f"/v1/jobs/{job_id}/result").json["answer"] is None
    again = client.post(f"/v1/jobs/{job_id}/finish")
    assert again.json == response.json


def test_running_job_is_asked_for_its_best_answer(client, submit, worker):
    job_id = submit()
    worker.claim(job_id)
    response = client.post(f"/v1/jobs/{job_id}/finish")
    assert response.json["status"] == "running"
    assert response.json["is_finish_requested"] is True
    assert client.get(f"/v1/jobs/{job_id}/trace").json["is_finish_requested"] is True
    assert client.post(f"/v1/jobs/{job_id}/finish").json["version"] == response.json["version"]


def test_a_job_tells_where_to_finish_it(client, submit):
    shown = client.get(f"/v1/jobs/{submit()}").json
    assert shown["links"]["finish"] == f"/v1/jobs/{shown['id']}/finish"
    assert shown["source"] is None


def test_money_cannot_be_limited_where_tokens_are_free(client):
    response = client.post("/v1/jobs", json={**PROBLEM, "budget": {"money": 1}})
    assert (response.status_code, response.json["code"]) == (422, "validation")
    fault = response.json["errors"][0]
    assert (fault["pointer"], fault["code"]) == ("/budget/money", "no-price")
    assert "SVEND_PRICE_PER_MTOK_OUT" in fault["detail"]


def test_prices_are_pinned_with_the_budget(paid_client):
    job = paid_client.post("/v1/jobs", json={**PROBLEM, "budget": {"money": 0.5}}).json
    assert job["budget"] == {"money": 0.5}
    trace = paid_client.get(f"/v1/jobs/{job['id']}/trace").json
    assert trace["prices"] == {"per_mtok_in": 1, "per_mtok_out": 2.5}


def test_what_was_spent_is_told_in_units_of_the_prices(paid_client, worker):
    job_id = paid_client.post("/v1/jobs", json=PROBLEM).json["id"]
    worker.solve(job_id)
    trace = paid_client.get(f"/v1/jobs/{job_id}/trace").json
    assert trace["spent"]["cost"] == pytest.approx((5 * 1.0 + 7 * 2.5) / 1e6)
