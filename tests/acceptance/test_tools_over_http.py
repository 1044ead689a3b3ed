"""A tool called over HTTP, from the published list to the picture, with a real worker process."""

from __future__ import annotations

import pytest

from api.app import create_app
from api.bootstrap import build_dependencies
from db.engine import create_engine
from db.keys import SCOPES, KeyStore
from engine.config import Settings
from engine.domain.event import EventType
from tests.acceptance.faults.conftest import farm, model
from tests.integration.api.checked_client import CheckedClient
from tools.registry import SANDBOXED

__all__ = ["farm", "model"]
PEPPER = "pepper-of-the-tests"
PLOT = {"kind": "bar", "labels": ["red", "blue"], "values": [3, 5]}
ENDED = [
    EventType.JOB_SUBMITTED,
    EventType.JOB_CLAIMED,
    EventType.TOOL_ENDED,
    EventType.JOB_SUCCEEDED,
]


@pytest.fixture
def client(farm, tmp_path):
    (tmp_path / "api-key-pepper").write_text(f"{PEPPER}\n")
    settings = Settings(
        database_url=farm.database_url,
        redis_url=farm.redis_url,
        secrets_dir=str(tmp_path),
        max_wait_s=60.0,
    )
    engine = create_engine(farm.database_url, pool_size=4)
    dependencies = build_dependencies(settings, engine, None)
    key = KeyStore(engine, [PEPPER.encode()]).create(farm.tenant_id, name="t", scopes=SCOPES)
    yield CheckedClient(create_app(dependencies), key.text)
    dependencies.close()
    engine.dispose()


def test_a_tool_is_listed_called_and_its_picture_fetched(farm, client):
    farm.await_ready(farm.start_worker())
    tools = {tool["name"]: tool for tool in client.get("/v1/tools").json["tools"]}
    called = client.post("/v1/tools/plot", json=PLOT, headers={"Prefer": "wait=60"})
    job_id, result = called.json["job"]["id"], called.json["result"]
    (made,) = result["artefacts"]
    picture = client.get(f"/v1/jobs/{job_id}/bodies/{made['digest']}")

    assert set(SANDBOXED) < set(tools)
    assert all(tool["is_available"] for tool in tools.values())
    assert (called.status_code, result["status"]) == (200, "ok")
    assert result["evidence"]["tier"].startswith("full")
    assert picture.mimetype == "image/png"
    assert picture.data.startswith(b"\x89PNG")
    assert [event.type for event in farm.list_events(job_id)] == ENDED
