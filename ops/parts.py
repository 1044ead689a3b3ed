"""The stack's parts of Svend's own, web and workers: how their processes are started."""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from db.catalogue import CatalogueStore
from db.engine import create_engine
from db.workers import WorkerStore
from engine.config import Settings
from engine.domain.errors import SvendError
from ops.errors import StackError
from ops.http_check import answers_ok
from ops.layout import Layout
from ops.part import Part
from ops.process import ProcessSpec
from workers.command import worker_argv

WEB_STOP_TIMEOUT_S = 15.0
# The socket takes connections before the web server does, so a check of it may have to give up.
WEB_CHECK_TIMEOUT_S = 1.0
# On top of the time that a worker has to give its jobs back.
DRAIN_MARGIN_S = 10.0
# A worker shows that it lives every few seconds; one that was quiet this long does not.
MAX_QUIET_S = 30.0
REPOSITORY = Path(__file__).resolve().parent.parent


def web_part(
    layout: Layout,
    environment: Mapping[str, str],
    *,
    listener: int,
    url: str,
    after: tuple[str, ...],
) -> Part:
    """Returns the web server: API, pages and streams in one application.

    Args:
        layout: Where it writes.
        environment: What it is told.
        listener: The file descriptor of the socket that it takes its connections from.
        url: How this machine reaches that socket.
        after: What must be ready before it starts.
    """
    metrics = layout.run / "metrics"
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:api.gunicorn_config"]
    spec = ProcessSpec(
        name="web",
        command=[*gunicorn, "--bind", f"fd://{listener}", "--no-control-socket", "api.wsgi:app"],
        log=layout.log("web"),
        # The processes of the web server add up their figures in a folder of files.
        environment={**environment, "PROMETHEUS_MULTIPROC_DIR": str(metrics)},
        folder=REPOSITORY,
        stop_timeout_s=WEB_STOP_TIMEOUT_S,
        inherited=(listener,),
    )
    return Part(
        name="web",
        after=after,
        prepare=lambda: _empty_folder(metrics),
        spec=lambda: spec,
        is_ready=lambda: answers_ok(f"{url}/healthz", WEB_CHECK_TIMEOUT_S),
        address=url,
    )


def worker_part(
    layout: Layout,
    environment: Mapping[str, str],
    settings: Settings,
    *,
    number: int,
    after: tuple[str, ...],
) -> Part:
    """Returns one worker process. The settings are those in the environment."""
    name = f"worker-{number}"
    # Unique among all workers of a database, which another stack may share.
    place = hashlib.sha256(str(layout.root).encode()).hexdigest()[:8]
    unique_name = f"{name}-{place}"
    spec = ProcessSpec(
        name=name,
        command=worker_argv(unique_name, n_searches=settings.searches_per_worker),
        log=layout.log(name),
        environment=environment,
        folder=REPOSITORY,
        stop_timeout_s=settings.drain_s + DRAIN_MARGIN_S,
    )
    sign = SignOfLife(settings.database_url, unique_name)
    return Part(
        name=name, after=after, prepare=sign.forget, spec=lambda: spec, is_ready=sign.is_seen
    )


class SignOfLife:
    """Looks for a worker in the list that workers keep in the database."""

    def __init__(self, database_url: str, name: str) -> None:
        """Takes the database and the worker's name before the `@`."""
        self._workers = WorkerStore(create_engine(database_url, pool_size=1))
        self._prefix = f"{name}@"
        self._since_s = time.monotonic()

    def forget(self) -> None:
        """Believes only signs from now on, not those of a process that ended."""
        self._since_s = time.monotonic()

    def is_seen(self) -> bool:
        """Says whether the worker has shown since that it lives, and not too long ago."""
        max_age_s = min(MAX_QUIET_S, time.monotonic() - self._since_s)
        try:
            live = self._workers.list_live(max_age_s)
        except SvendError:
            return False
        return any(worker.name.startswith(self._prefix) for worker in live)


def catalogue_part(settings: Settings, *, after: tuple[str, ...], start_timeout_s: float) -> Part:
    """Returns the step that waits until a worker has said what can be run.

    Before that no job can be accepted, so without it the stack would be called ready too early.

    Args:
        settings: Those of web and workers.
        after: What must be ready before the catalogue can be read. No worker may be started
            earlier, or its word would be taken for that of an earlier start.
        start_timeout_s: How long the model may take to be there.
    """
    store = CatalogueStore(create_engine(settings.database_url, pool_size=1))
    catalogue = NewCatalogue(store)
    return Part(
        name="catalogue",
        after=after,
        prepare=catalogue.remember,
        is_ready=catalogue.is_published,
        start_timeout_s=start_timeout_s,
    )


class NewCatalogue:
    """Looks for a catalogue that was published after the first look.

    One of an earlier start may name another model, and a job that pins it could not be run.
    """

    def __init__(self, store: CatalogueStore) -> None:
        """Takes where workers publish it."""
        self._store = store
        self._is_asked = False
        self._before: datetime | None = None

    def remember(self) -> None:
        """Remembers the present catalogue, at the first call only.

        Raises:
            StackError: The database does not answer.
        """
        if self._is_asked:
            return
        try:
            self._before = self._find()
        except SvendError as error:
            raise StackError(str(error)) from error
        self._is_asked = True

    def is_published(self) -> bool:
        """Says whether there is a newer catalogue."""
        try:
            return self._find() != self._before
        except SvendError:
            return False

    def _find(self) -> datetime | None:
        found = self._store.find()
        return None if found is None else found.published_at


def local_url(host: str, port: int) -> str:
    """Returns the address by which this machine reaches a server that listens on a host."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def check_port(port: int) -> None:
    """Refuses what is no TCP port.

    Raises:
        StackError: The number is out of range.
    """
    if not 0 < port < 1 << 16:
        raise StackError(f"{port} is no TCP port.")


def _empty_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
