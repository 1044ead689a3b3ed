"""Celery's way in: ``celery --app workers.app worker``."""

# Celery has no types; what it is given and gives stays in this module, tasks and broker.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from celery import Celery, signals

import celery_config
from db.broker_url import render_broker_url
from engine.config import Settings
from engine.domain.errors import SvendError
from workers.bootstrap import build_runtime, read_settings
from workers.json_log import configure_logging
from workers.tasks import RuntimeSlot, register_tasks

EXIT_CONFIGURATION = 78

_log = structlog.get_logger(__name__)


def create_celery(settings: Settings) -> Celery:
    """Return the app of a worker process; it connects to nothing until the worker starts."""
    app = Celery("svend", broker=render_broker_url(settings.redis_url), set_as_current=False)
    app.conf.update(celery_config.SETTINGS)
    slot = RuntimeSlot()
    register_tasks(app, slot)
    _connect_signals(app, settings, slot)
    return app


def _connect_signals(app: Celery, settings: Settings, slot: RuntimeSlot) -> None:
    def set_up_logging(**_: Any) -> None:
        # Being connected is what keeps Celery from setting up its own.
        configure_logging(settings.log_level)

    def start(sender: Any, **_: Any) -> None:
        # Celery asks for logging only after this.
        configure_logging(settings.log_level)
        try:
            runtime = build_runtime(settings, app, name=sender.hostname)
        except SvendError as error:
            # Celery logs what a receiver raises and goes on, unless it ends the process.
            _log.critical("worker_cannot_start", code=error.code, error=str(error))
            sys.exit(EXIT_CONFIGURATION)
        slot.put(runtime)
        runtime.start()

    def drain(**_: Any) -> None:
        runtime = slot.find()
        if runtime is not None:
            runtime.drain.request()

    def stop(**_: Any) -> None:
        runtime = slot.find()
        if runtime is not None:
            runtime.close()

    signals.setup_logging.connect(set_up_logging, weak=False)
    signals.worker_init.connect(start, weak=False)
    signals.worker_shutting_down.connect(drain, weak=False)
    signals.worker_shutdown.connect(stop, weak=False)


def _create_app(environ: Mapping[str, str]) -> Celery:
    try:
        settings = read_settings(environ)
    except SvendError as error:
        sys.exit(f"svend: {error}")
    return create_celery(settings)


def __getattr__(name: str) -> Celery:
    # Made when Celery asks for it, so that importing this module reads no environment.
    if name != "app":
        raise AttributeError(name)
    app = _create_app(os.environ)
    globals()["app"] = app
    return app
