"""The zygote's way in: confine, import, report, serve.

Started as a new process with a fixed environment, never forked from a process that holds
secrets. Takes one message of settings on the control socket, whose number is the only argument.
"""

from __future__ import annotations

import os
import platform
import resource
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.sandbox.inside import kernel, wire
from tools.sandbox.inside.compact import gather_memory
from tools.sandbox.inside.isolation import Identity, become, isolate
from tools.sandbox.inside.landlock import MIN_VERSION, find_version
from tools.sandbox.inside.layout import PACKAGES, Layout, plan_layout
from tools.sandbox.inside.lockdown import ZYGOTE_DESCRIPTORS, Lockdown
from tools.sandbox.inside.packages import Selection, select_packages
from tools.sandbox.inside.serve import ZygoteLoop
from tools.sandbox.inside.sources import Source, install_sources, list_modules, read_sources
from tools.sandbox.inside.trial import look_outside, run_apart
from tools.sandbox.inside.warm import count_threads, import_all


@dataclass(frozen=True, slots=True, kw_only=True)
class _Confinement:
    """What became of the attempt at namespaces.

    Attributes:
        has_namespaces: Whether they and the private root are there.
        refusal: The kernel's reason where they are not.
    """

    has_namespaces: bool
    refusal: str | None


def main(control_fd: int) -> None:
    """Run the zygote until the control socket closes."""
    control = socket.socket(fileno=control_fd)
    control.set_inheritable(False)
    message = wire.receive(control)
    if message is None:
        return
    settings = message.body
    n_descriptors = min(ZYGOTE_DESCRIPTORS, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (n_descriptors, n_descriptors))
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    selection = select_packages(settings["sites"], settings["packages"])
    layout = plan_layout(selection, settings["sites"])
    sources = read_sources(settings["modules"])
    confinement = _confine(layout, settings, proc)
    pid = os.fork()
    if pid:
        control.close()
        _, status = os.waitpid(pid, 0)
        if status:
            code = os.waitstatus_to_exitcode(status)
            os.write(2, f"the process that serves ended with {code}\n".encode())
        os._exit(0 if status == 0 else 1)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    prepared = _Prepared(
        selection=selection, layout=layout, sources=sources, confinement=confinement, proc=proc
    )
    _serve(control, settings, prepared)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """What the first process hands to the one that serves.

    Attributes:
        selection: The packages that were found.
        layout: What is shown of the file system.
        sources: Modules of Svend's own that programs may import.
        confinement: What became of the namespaces.
        proc: A descriptor of /proc of the machine.
    """

    selection: Selection
    layout: Layout
    sources: Mapping[str, Source]
    confinement: _Confinement
    proc: int


def _confine(layout: Layout, settings: Mapping[str, Any], proc: int) -> _Confinement:
    refusal = None
    for mounts_first in (True, False) if os.geteuid() == 0 else (False,):
        identity = Identity(uid=settings["uid"], mounts_first=mounts_first)
        outcome = run_apart(lambda identity=identity: _try(layout, identity, proc))
        if "error" not in outcome:
            isolate(layout, identity, proc)
            return _Confinement(has_namespaces=True, refusal=None)
        refusal = refusal or str(outcome["error"])
    become(settings["uid"])
    return _Confinement(has_namespaces=False, refusal=refusal)


def _try(layout: Layout, identity: Identity, proc: int) -> Mapping[str, Any]:
    isolate(layout, identity, proc)
    return {}


def _serve(control: socket.socket, settings: Mapping[str, Any], prepared: _Prepared) -> None:
    layout, confinement = prepared.layout, prepared.confinement
    sites = [PACKAGES] if confinement.has_namespaces else list(layout.sites)
    sys.path[:] = [*layout.standard_path, *sites]
    sys.path_importer_cache.clear()
    install_sources(prepared.sources)
    failures = import_all(prepared.selection.modules, list_modules(prepared.sources))
    gather_memory(prepared.proc)
    version = find_version()
    plan = Lockdown(
        has_namespaces=confinement.has_namespaces,
        rules=tuple(
            layout.private_rules() if confinement.has_namespaces else layout.shared_rules()
        ),
        landlock_version=version,
        scratch_bytes=settings["scratch_bytes"],
        scratch_files=settings["scratch_files"],
        file_bytes=settings["file_bytes"],
        n_threads=settings["n_threads"],
    )
    loop = ZygoteLoop(control, plan, settings["n_ready"], prepared.proc)
    report = {
        "event": "ready",
        "uid": os.getuid(),
        "has_namespaces": confinement.has_namespaces,
        "refusal": confinement.refusal,
        "outside": run_apart(lambda: look_outside(settings["canaries"])),
        "landlock_version": version if version >= MIN_VERSION else 0,
        "n_threads": count_threads(prepared.proc),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "versions": {
            name: found.version for name, found in prepared.selection.distributions.items()
        },
        "missing": list(prepared.selection.missing),
        "failures": failures,
    }
    os.close(prepared.proc)
    wire.send(control, report)
    loop.serve()
