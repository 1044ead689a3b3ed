from __future__ import annotations

import sys

import pytest
from celery import Celery

import celery_config
import workers.app
from engine.config import Settings
from workers.app import create_celery
from workers.command import worker_argv


@pytest.fixture
def app() -> Celery:
    return create_celery(Settings(redis_url="unix:///run/redis.sock?db=3"))


def test_every_task_is_known_to_the_routes(app: Celery) -> None:
    own = {name for name in app.tasks if name.startswith("svend.")}

    assert own == set(celery_config.ROUTES)


def test_tasks_are_acknowledged_early_and_keep_no_result(app: Celery) -> None:
    for name in celery_config.ROUTES:
        task = app.tasks[name]

        assert not task.acks_late
        assert task.ignore_result
        assert task.max_retries == 0


def test_a_worker_takes_no_more_hints_than_it_has_slots(app: Celery) -> None:
    assert app.conf.worker_disable_prefetch
    assert not app.conf.worker_cancel_long_running_tasks_on_connection_loss
    assert app.conf.accept_content == ["json"]


def test_the_broker_is_the_redis_of_the_settings(app: Celery) -> None:
    assert app.conf.broker_url == "redis+socket:///run/redis.sock?virtual_host=3"


def test_importing_the_module_reads_no_environment() -> None:
    with pytest.raises(AttributeError):
        _ = workers.app.nothing_of_the_kind


def test_the_app_says_what_the_environment_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "SVEND_LLM_URL"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(SystemExit, match="DATABASE_URL is not set\nREDIS_URL is not set"):
        workers.app.__getattr__("app")


def test_the_command_starts_as_many_threads_as_searches() -> None:
    argv = worker_argv("w", n_searches=5, queues=("a", "b"))

    assert argv[0] == sys.executable
    assert argv[argv.index("--concurrency") + 1] == "5"
    assert argv[argv.index("--pool") + 1] == "threads"
    assert argv[argv.index("--queues") + 1] == "a,b"
