"""Puts the local stack together: which parts there are, and what each is told."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.config import Settings, load_settings
from engine.domain.errors import SettingsError
from ops.errors import MissingModelError, StackError
from ops.first_key import make_first_key
from ops.layout import Layout, make_layout
from ops.model import Model, find_model
from ops.outside import database_part, model_part, redis_part
from ops.part import Part
from ops.parts import (
    REPOSITORY,
    catalogue_part,
    check_port,
    local_url,
    web_part,
    worker_part,
)
from ops.ports import find_free_port, open_listener
from ops.postgres import PostgresServer
from ops.redis import RedisServer
from ops.schema import migrate
from ops.secret_files import API_KEY_FILE, SecretName, prepare_secrets
from ops.sockets import prepare_socket_folder, private_folder
from ops.vllm import HOST, VllmServer, check_installed

DEFAULT_PORT = 8420
DEFAULT_MODEL = REPOSITORY / "models/svend-mini"
# Files of a model's folder, by the setting that names such a file.
ARTEFACTS = {
    "SVEND_CALIBRATOR": "svend-calibrator.json",
    "SVEND_VERIFIER_SHAPE": "svend-shape.json",
}
MODEL_START_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StackOptions:
    """What the operator wants.

    Attributes:
        data_folder: Where all state lies.
        host: The address that the web server listens on.
        port: Its port, or None for the usual one, or any other if that is taken.
        n_workers: How many worker processes run.
        environ: The environment: DATABASE_URL, REDIS_URL, SVEND_LLM_URL and SVEND_MODEL replace
            parts, everything else is handed on.
    """

    data_folder: Path
    host: str
    port: int | None
    n_workers: int
    environ: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuses what cannot be started."""
        if self.n_workers < 0:
            raise StackError(f"{self.n_workers} workers are fewer than none.")
        if self.port is not None:
            check_port(self.port)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack put together and not started yet.

    Attributes:
        parts: What runs, each after what it needs.
        layout: Where everything lies.
        listener: The socket that the web server takes its connections from.
        url: Where people reach it.
        api_key_file: The file that holds the first API key.
        model: Where its model server is and how workers speak to it: ``url``, ``name``,
            ``profile`` and ``api_key_file``, each empty where there is none.
    """

    parts: tuple[Part, ...]
    layout: Layout
    listener: socket.socket
    url: str
    api_key_file: Path
    model: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Connection:
    """A part that others are told of by environment variables."""

    part: Part
    environment: Mapping[str, str]


def build_stack(options: StackOptions) -> Stack:
    """Puts the stack together. The data folder must be held by this process.

    The settings are checked here by the parser that web and workers use themselves, so that a
    fault is told once, and not by each of them in its log.

    Raises:
        StackError: A setting, a secret, the port or the model is not usable.
    """
    layout = make_layout(options.data_folder, options.environ.get("SVEND_SECRETS_DIR", ""))
    layout.make()
    layout.stack_file.unlink(missing_ok=True)
    secrets = prepare_secrets(layout.secrets)
    sockets = prepare_socket_folder(layout.run, options.environ)
    postgres, server = _postgres(options, layout, sockets, secrets)
    broker = _redis(options, layout, sockets)
    model = _model(options, layout, secrets)
    environment = _environment(options, layout, (postgres, broker, model))
    settings = _check_settings(environment)
    database_url = settings.database_url
    schema = Part(
        name="schema", after=("postgres",), settle=lambda: migrate(database_url, layout, server)
    )
    key_file = layout.secrets / API_KEY_FILE
    pepper = secrets[SecretName.API_KEY_PEPPER]
    key = Part(
        name="api key",
        after=("schema",),
        settle=lambda: make_first_key(database_url, pepper, key_file),
    )
    listener = open_listener(options.host, options.port, DEFAULT_PORT)
    url = local_url(options.host, listener.getsockname()[1])
    web = web_part(
        layout, environment, listener=listener.fileno(), url=url, after=("api key", "redis")
    )
    workers = _workers(options, layout, environment, settings)
    # The model server takes longest by far, so nothing keeps it waiting, a new cluster least.
    parts = (model.part, postgres.part, broker.part, schema, key, web, *workers)
    return Stack(
        parts=parts,
        layout=layout,
        listener=listener,
        url=url,
        api_key_file=key_file,
        model=_describe_model(settings, environment),
    )


def _describe_model(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """Returns what one needs to speak to the model as workers do; of its key only the file."""
    return {
        "url": settings.llm_url,
        "name": settings.model_name,
        "profile": settings.profile_path,
        "api_key_file": environment.get("SVEND_LLM_API_KEY_FILE", ""),
    }


def _workers(
    options: StackOptions, layout: Layout, environment: Mapping[str, str], settings: Settings
) -> list[Part]:
    """Returns the workers, and before them the step that waits for what they can run."""
    catalogue = catalogue_part(settings, after=("schema",), start_timeout_s=MODEL_START_TIMEOUT_S)
    workers = [
        worker_part(layout, environment, settings, number=number, after=("schema", "redis"))
        for number in range(1, options.n_workers + 1)
    ]
    return [catalogue, *workers] if workers else []


def default_n_workers() -> int:
    """Returns how many workers suit this machine beside a model server: one for two cores."""
    return max(1, (os.cpu_count() or 1) // 2)


def _postgres(
    options: StackOptions, layout: Layout, sockets: Path, secrets: Mapping[SecretName, str]
) -> tuple[_Connection, PostgresServer | None]:
    url = _given(options.environ, "DATABASE_URL")
    if url is not None:
        return _Connection(part=database_part(url), environment={"DATABASE_URL": url}), None
    server = PostgresServer(
        data_folder=layout.postgres,
        socket_folder=private_folder(sockets, "postgres"),
        log=layout.log("postgres"),
        admin_password=secrets[SecretName.POSTGRES_ADMIN_PASSWORD],
        password=secrets[SecretName.POSTGRES_PASSWORD],
        settings={},
    )
    part = Part(
        name="postgres",
        prepare=server.prepare,
        spec=server.spec,
        is_ready=server.is_ready,
        settle=server.provision,
        address=str(server.socket_folder),
    )
    return _Connection(part=part, environment={"DATABASE_URL": server.url()}), server


def _redis(options: StackOptions, layout: Layout, sockets: Path) -> _Connection:
    url = _given(options.environ, "REDIS_URL")
    if url is not None:
        return _Connection(part=redis_part(url), environment={"REDIS_URL": url})
    server = RedisServer(
        data_folder=layout.redis,
        socket_folder=private_folder(sockets, "redis"),
        log=layout.log("redis"),
    )
    part = Part(
        name="redis",
        prepare=server.prepare,
        spec=server.spec,
        is_ready=server.is_ready,
        address=str(server.socket_folder),
    )
    return _Connection(part=part, environment={"REDIS_URL": server.url()})


def _model(
    options: StackOptions, layout: Layout, secrets: Mapping[SecretName, str]
) -> _Connection:
    url = options.environ.get("SVEND_LLM_URL")
    if url:
        return _Connection(part=model_part(url), environment={"SVEND_LLM_URL": url})
    check_installed()
    model = _choose_model(options, layout)
    server = VllmServer(
        model=model,
        port=find_free_port(HOST),
        api_key=secrets[SecretName.LLM_API_KEY],
        log=layout.log("model"),
        cache_folder=layout.cache / "vllm",
        environment=options.environ,
    )
    part = Part(
        name="model",
        spec=server.spec,
        is_ready=server.is_ready,
        start_timeout_s=MODEL_START_TIMEOUT_S,
        address=f"{server.url()} {model.served_name}",
    )
    key_file = layout.secrets / SecretName.LLM_API_KEY
    environment = _model_environment(server.url(), model, key_file)
    return _Connection(part=part, environment={**_artefacts(options, model), **environment})


def _choose_model(options: StackOptions, layout: Layout) -> Model:
    name = options.environ.get("SVEND_MODEL")
    if not name and not DEFAULT_MODEL.is_dir():
        raise MissingModelError(DEFAULT_MODEL)
    return find_model(name or str(DEFAULT_MODEL), layout.cache / "weights.json")


def _model_environment(url: str, model: Model, key_file: Path) -> dict[str, str]:
    profile = {"SVEND_PROFILE": str(model.profile)} if model.profile else {}
    return {
        "SVEND_LLM_URL": url,
        "SVEND_LLM_API_KEY_FILE": str(key_file),
        "SVEND_MODEL_NAME": model.served_name,
        "SVEND_MODEL_VERSION": model.served_name.rpartition("@")[2],
        **profile,
    }


def _artefacts(options: StackOptions, model: Model) -> dict[str, str]:
    """Returns what comes with a model, unless others were named."""
    files = {name: model.folder / file for name, file in ARTEFACTS.items()}
    return {
        name: str(file)
        for name, file in files.items()
        if not options.environ.get(name) and file.is_file()
    }


def _environment(
    options: StackOptions, layout: Layout, connections: tuple[_Connection, ...]
) -> dict[str, str]:
    """Returns what web and workers are told."""
    environment = {
        **options.environ,
        "SVEND_DATA_DIR": str(layout.root),
        "SVEND_SECRETS_DIR": str(layout.secrets),
        "PYTHONUNBUFFERED": "1",
    }
    if not options.environ.get("SVEND_LLM_URL"):
        # A key left over from an outside server would beat the file with our own server's.
        environment.pop("SVEND_LLM_API_KEY", None)
    for connection in connections:
        environment.update(connection.environment)
    return environment


def _check_settings(environment: Mapping[str, str]) -> Settings:
    try:
        return load_settings(environment, read=lambda path: Path(path).read_text())
    except SettingsError as error:
        raise StackError(f"The settings hold faults:\n{error}") from error


def _given(environ: Mapping[str, str], name: str) -> str | None:
    """Returns the value of a variable, or the content of the file that `NAME_FILE` names."""
    if environ.get(name):
        return environ[name]
    path = environ.get(f"{name}_FILE")
    try:
        return Path(path).read_text().strip() if path else None
    except OSError as error:
        raise StackError(f"{name}_FILE: {error}") from error
