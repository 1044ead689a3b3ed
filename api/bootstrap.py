"""Puts the web process together: the one place of it that reads the environment."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import redis
from flask import Flask

from api.app import create_app
from api.dependencies import Dependencies
from api.health import LIVE_WORKER_S, HealthChecks, Probe
from api.hub import StreamHub
from api.identity import Entropy
from api.log import configure_logs
from api.metrics import RequestMetrics
from api.offer import CurrentOffer
from api.queue import BackgroundJobQueue, make_sender
from db.catalogue import CatalogueStore
from db.engine import Engine, create_engine
from db.events import EventStore
from db.jobs import JobStore
from db.keys import KeyStore
from db.migrate import check_schema
from db.mirror import EventMirror
from db.outbox import Outbox
from db.stats import read_stats
from db.workers import WorkerStore
from engine.config import Settings, load_settings
from engine.domain.errors import DependencyUnavailableError, SettingsError

REQUIRED = ("database_url", "redis_url", "secrets_dir")
# One process answers many requests at once, each holding a connection for a few milliseconds.
POOL_SIZE = 10
PEPPER_FILE = "api-key-pepper"
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
PROBE_TIMEOUT_S = 1.0


def bootstrap(environ: Mapping[str, str]) -> Flask:
    """Return the application as the environment describes it.

    Raises:
        SettingsError: Listing every fault of the environment.
        SchemaMismatchError: When the database is newer than this program.
        DependencyUnavailableError: When the database cannot be reached.
    """
    settings = load_settings(
        environ, required=REQUIRED, read=lambda path: Path(path).read_text(encoding="utf-8")
    )
    configure_logs(settings.log_level)
    engine = create_engine(settings.database_url, pool_size=POOL_SIZE)
    check_schema(engine)
    return create_app(build_dependencies(settings, engine, environ.get(METRICS_FOLDER)))


def build_dependencies(
    settings: Settings, engine: Engine, metrics_folder: str | None
) -> Dependencies:
    """Return everything that the application is given.

    Raises:
        SettingsError: When the secrets cannot be read.
    """
    jobs, workers, catalogue = JobStore(engine), WorkerStore(engine), CatalogueStore(engine)
    client = _connect_redis(settings.redis_url)
    probes = (
        Probe(
            part="postgres",
            look=partial(_look_at_postgres, catalogue),
            without="No job can be accepted or shown.",
            is_needed=True,
        ),
        Probe(
            part="redis",
            look=partial(_look_at_redis, client),
            without="Jobs start and events show up to a second later.",
        ),
        Probe(
            part="workers",
            look=partial(_look_at_workers, workers),
            without="It is not known whether any runs.",
        ),
        Probe(
            part="model",
            look=partial(_look_at_model, settings.llm_url),
            without="The model server does not answer; jobs wait for it.",
        ),
    )
    return Dependencies(
        settings=settings,
        jobs=jobs,
        events=EventStore(engine),
        keys=KeyStore(engine, read_peppers(settings.secrets_dir)),
        offer=CurrentOffer(catalogue),
        queue=BackgroundJobQueue(make_sender(settings.redis_url), Outbox(engine).mark_published),
        hub=StreamHub(jobs, EventMirror(client)),
        check_health=HealthChecks(probes),
        read_stats=partial(read_stats, engine),
        metrics=RequestMetrics(metrics_folder),
        entropy=Entropy(now_ms=lambda: time.time_ns() // 1_000_000, random_bits=secrets.randbits),
        utc_now=lambda: datetime.now(UTC),
        jitter=lambda: secrets.randbelow(1000) / 1000,
    )


def read_peppers(secrets_dir: str) -> tuple[bytes, ...]:
    """Return the peppers of the API keys, one a line: the first signs, the others still open.

    Raises:
        SettingsError: When there is none.
    """
    path = Path(secrets_dir) / PEPPER_FILE
    try:
        lines = path.read_text(encoding="utf-8").split()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    if not lines:
        raise SettingsError(f"{path} is empty")
    return tuple(line.encode() for line in lines)


def _connect_redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        url, socket_timeout=PROBE_TIMEOUT_S, socket_connect_timeout=PROBE_TIMEOUT_S
    )


def _look_at_postgres(catalogue: CatalogueStore) -> str | None:
    # Any cheap read will do: it takes a connection, and the store words the failure.
    catalogue.find()
    return None


def _look_at_redis(client: redis.Redis) -> str | None:
    try:
        client.ping()  # pyright: ignore[reportUnknownMemberType]
    except redis.RedisError as error:
        raise DependencyUnavailableError(f"Redis does not answer: {error}") from error
    return None


def _look_at_workers(workers: WorkerStore) -> str | None:
    return None if workers.list_live(LIVE_WORKER_S) else "No worker is alive; jobs wait."


def _look_at_model(llm_url: str) -> str | None:
    if not llm_url:
        return "This process was not told where the model server is (SVEND_LLM_URL)."
    try:
        # Any answer shows a server; what it answers is the workers' business.
        httpx.get(f"{llm_url.rstrip('/')}/v1/models", timeout=PROBE_TIMEOUT_S)
    except httpx.HTTPError as error:
        raise DependencyUnavailableError(f"no answer: {error!r}") from error
    return None
