"""Puts a worker process together: the one place that knows every adapter."""

# Celery has no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from celery import Celery
from httpx import AsyncClient

from celery_config import QUEUES
from db.catalogue import CatalogueStore
from db.engine import Engine, create_engine
from db.events import EventStore
from db.jobs import JobStore
from db.leases import LeaseStore
from db.migrate import check_schema
from db.mirror import EventMirror
from db.outbox import Outbox
from db.purge import PurgeStore
from db.workers import WorkerStore
from engine.adapters.execution_verifier import ExecutionVerifier
from engine.adapters.monotonic_clock import MonotonicClock
from engine.adapters.openai_http import ModelServer, OpenAIChatModel, create_client
from engine.adapters.profile_file import load_profile
from engine.adapters.retry import RetryPolicy
from engine.adapters.substitution_verifier import SubstitutionVerifier
from engine.adapters.unit_verifier import UnitVerifier
from engine.adapters.verifier_file import load_calibrator, load_shape_model, load_verifier_profile
from engine.adapters.verifier_http import VerifierHttp, VerifierServer
from engine.config import Settings, load_settings
from engine.domain.profile import ModelProfile
from engine.ports import ChatModel
from engine.prompts.prompt_set import load_prompt_set
from engine.verify.assessment import Assessment
from engine.verify.verdict import VerdictPolicy
from workers.broker import Broker, connect_redis
from workers.database import N_THREADS, Database
from workers.dispatch import ClaimScope, Dispatcher
from workers.event_log import LogPorts
from workers.leases import LeaseKeeper
from workers.loop import Loop
from workers.maintenance import Purger, Reaper, Reconciler
from workers.metrics import MetricsServer, WorkerMetrics
from workers.mirror import MirrorQueue
from workers.model_slots import ModelSlots, SharedModel
from workers.model_watch import ModelWatch
from workers.offer import OfferMaker
from workers.periodic import Periodic
from workers.runtime import Closing, Runtime, RuntimeParts
from workers.solve import SolvePorts, Solver
from workers.toolbox import Toolbox, make_sandbox_settings
from workers.verifier import VerifierFinder

REQUIRED = ("database_url", "redis_url", "llm_url")
# Renewing leases and reaping must not wait behind the commits of searches.
N_UPKEEP_CONNECTIONS = 3
PURGE_S = 3600.0


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Parse a worker's environment.

    Raises:
        SettingsError: Listing every fault.
    """
    return load_settings(
        environ, required=REQUIRED, read=lambda path: Path(path).read_text(encoding="utf-8")
    )


def build_runtime(settings: Settings, app: Celery, *, name: str) -> Runtime:
    """Make everything that a worker process holds open; starts nothing.

    Raises:
        SchemaMismatchError: When the database is newer than this program.
        DependencyUnavailableError: When the database cannot be reached.
        ProfileError: When the model's profile, or the verifier's, cannot be read.
        CalibrationError: When the calibrator cannot be read.
        SettingsError: When no port for the metrics can be had.
    """
    base = _open_base(settings, app)
    check_schema(base.upkeep)
    profile, http = load_profile(settings.profile_path), create_client()
    tools = Toolbox(MonotonicClock(), make_sandbox_settings(settings))
    maker = _make_offer_maker(settings, profile, http, tools)
    model = _make_model(settings, profile, http)
    keeper = LeaseKeeper(
        LeaseStore(base.upkeep),
        JobStore(base.upkeep),
        lease_s=settings.lease_s,
        renew_s=settings.renew_s,
        now_s=time.monotonic,
        metrics=base.metrics,
    )
    solver = _make_solver(base, settings, model, keeper, tools)
    parts = RuntimeParts(
        loop=base.loop,
        solver=solver,
        dispatcher=_make_dispatcher(base, settings, solver, name),
        keeper=keeper,
        watch=ModelWatch(
            model,
            CatalogueStore(base.upkeep),
            base.database,
            make=maker.make,
            publish_tools=tools.publish,
        ),
        broker=base.broker,
        workers=WorkerStore(base.upkeep),
        metrics=base.metrics,
        duties=_make_duties(base, settings),
        open_in_loop=tools.open,
        close_in_loop=partial(_close_all, tools, http),
        closables=(
            MetricsServer(base.metrics, settings.metrics_port),
            base.mirror,
            base.database,
            Closing(base.searches.dispose),
            Closing(base.upkeep.dispose),
        ),
    )
    return Runtime(parts, name=name, drain_s=settings.drain_s, republish_s=settings.republish_s)


def _make_model(settings: Settings, profile: ModelProfile, http: AsyncClient) -> OpenAIChatModel:
    return OpenAIChatModel(
        ModelServer(
            base_url=settings.llm_url,
            model=settings.model_name,
            api_key=settings.llm_api_key,
            kind=profile.endpoint,
        ),
        client=http,
        clock=MonotonicClock(),
        rng=random.Random(),  # noqa: S311 - spreads retries in time
        retry=RetryPolicy(max_attempts=settings.llm_max_attempts),
    )


async def _close_all(tools: Toolbox, http: AsyncClient) -> None:
    await tools.aclose()
    await http.aclose()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """What several parts share: two pools of connections, Redis, and the process's own."""

    searches: Engine
    upkeep: Engine
    broker: Broker
    mirror: MirrorQueue
    database: Database
    loop: Loop
    metrics: WorkerMetrics


def _open_base(settings: Settings, app: Celery) -> _Base:
    metrics, redis_client = WorkerMetrics(), connect_redis(settings.redis_url)
    return _Base(
        searches=create_engine(settings.database_url, pool_size=N_THREADS),
        upkeep=create_engine(settings.database_url, pool_size=N_UPKEEP_CONNECTIONS),
        broker=Broker(app, redis_client),
        mirror=MirrorQueue(EventMirror(redis_client), metrics),
        database=Database(),
        loop=Loop(),
        metrics=metrics,
    )


def _make_solver(
    base: _Base, settings: Settings, model: ChatModel, keeper: LeaseKeeper, tools: Toolbox
) -> Solver:
    slots = ModelSlots(settings.samples_in_flight)
    ports = SolvePorts(
        model=partial(SharedModel, model, slots),
        tools=tools,
        equality=tools.equality,
        clock=MonotonicClock(),
        log=LogPorts(
            leases=LeaseStore(base.searches),
            events=EventStore(base.searches),
            database=base.database,
            mirror=base.mirror,
            metrics=base.metrics,
        ),
        keeper=keeper,
    )
    return Solver(ports, settings)


def _make_dispatcher(base: _Base, settings: Settings, solver: Solver, name: str) -> Dispatcher:
    return Dispatcher(
        solver,
        LeaseStore(base.searches),
        base.database,
        base.metrics,
        scope=ClaimScope(
            owner=name,
            queues=QUEUES,
            capacity=settings.searches_per_worker,
            lease_s=settings.lease_s,
        ),
    )


def _make_offer_maker(
    settings: Settings, profile: ModelProfile, http: AsyncClient, tools: Toolbox
) -> OfferMaker:
    prompts = load_prompt_set(profile.prompt_set)
    finder = VerifierFinder(
        settings=settings,
        profile=profile,
        prompts=prompts,
        verifier_profile=load_verifier_profile(settings.verifier_profile_path),
        connect=partial(_connect_verifier, settings, http),
        shape=load_shape_model(settings.verifier_shape_path),
        checks=(
            ExecutionVerifier(tools, profile.answer_protocol),
            SubstitutionVerifier(tools),
            UnitVerifier(),
        ),
    )
    policy = VerdictPolicy(
        min_confidence=settings.min_confidence or None, min_score=settings.min_score
    )
    return OfferMaker(
        version=settings.model_version,
        profile=profile,
        prompts=prompts,
        equality=tools.equality,
        open_tools=tools.open,
        finder=finder,
        assessment=Assessment(calibrator=load_calibrator(settings.calibrator_path), policy=policy),
    )


def _connect_verifier(settings: Settings, http: AsyncClient, server: ModelServer) -> VerifierHttp:
    return VerifierHttp(
        VerifierServer(server=server, deadline_s=settings.llm_timeout_s),
        client=http,
        clock=MonotonicClock(),
        rng=random.Random(),  # noqa: S311 - spreads retries in time
        retry=RetryPolicy(max_attempts=settings.llm_max_attempts),
    )


def _make_duties(base: _Base, settings: Settings) -> tuple[Periodic, ...]:
    outbox = Outbox(base.upkeep)
    reaper = Reaper(outbox, LeaseStore(base.upkeep), base.mirror)
    reconciler = Reconciler(
        outbox,
        base.broker,
        WorkerStore(base.upkeep),
        queues=QUEUES,
        republish_s=settings.republish_s,
    )
    purger = Purger(outbox, PurgeStore(base.upkeep))
    return (
        Periodic("reaper", reaper.reap, settings.reap_s),
        Periodic("reconciler", reconciler.reconcile, settings.reconcile_s),
        Periodic("purger", purger.purge, PURGE_S),
    )
