"""Proves each layer by trying, in a real run, what it should prevent.

A layer counts when its own refusal was seen: an unknown system call is refused with another error
where the filter is loaded, a file that everybody may read is kept back by Landlock alone, and so
on. Having asked the kernel for a layer, and even the kernel's "yes", proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.sandbox.inside.isolation import HOSTNAME, INSIDE_ID
from tools.sandbox.inside.layout import CANARY
from tools.sandbox.program import Limits, Program
from tools.sandbox.result import Outcome
from tools.sandbox.settings import SandboxSettings
from tools.sandbox.tier import Finding, Layer
from tools.sandbox.zygote import Zygote

_SOURCE = Path(__file__).with_name("probe_program.txt").read_text(encoding="utf-8")
_LIMITS = Limits(cpu_s=5, wall_s=20.0, memory_bytes=128 << 20)
_DENIED = "EPERM"

Facts = Mapping[str, Any]


async def probe_layers(
    zygote: Zygote, settings: SandboxSettings, canaries: Mapping[str, Any]
) -> Sequence[Finding]:
    """Run the probe in ``zygote`` and judge what it saw, a finding for each layer.

    Raises:
        ZygoteDiedError: When the zygote died under it.
    """
    told = json.dumps(
        {"path": canaries["path"], "canary": CANARY, "memory_bytes": _LIMITS.memory_bytes}
    )
    source = f"TOLD = {told}\n{_SOURCE}"
    result = await zygote.run(Program(source=source, limits=_LIMITS))
    if result.outcome is not Outcome.OK or not isinstance(result.value, dict):
        detail = f"the probe ended as {result.outcome}: {result.message} {result.stderr[-500:]}"
        return [Finding(layer=layer, holds=False, detail=detail) for layer in Layer]
    facts = {**result.value, "zygote": zygote.report}
    return [*judge(facts, settings), _judge_group(zygote)]


def judge(facts: Facts, settings: SandboxSettings) -> Sequence[Finding]:
    """Judge what a probe saw.

    Args:
        facts: What ``probe_program.txt`` returned, and the zygote's own report as ``zygote``.
        settings: What the limits should be.
    """
    zygote = facts["zygote"]
    expected = {
        Layer.UNPRIVILEGED: _unprivileged(facts),
        Layer.NO_NEW_PRIVS: {"no_new_privs": (facts["no_new_privs"], 1)},
        Layer.SECCOMP: _seccomp(facts),
        Layer.RLIMITS: _rlimits(facts, settings),
        Layer.LANDLOCK: _landlock(facts),
        Layer.SINGLE_THREAD: {"threads of the zygote": (zygote["n_threads"], 1)},
        Layer.NAMESPACES: _namespaces(facts),
        Layer.PRIVATE_ROOT: _private_root(facts),
        Layer.SCRATCH: _scratch(facts, settings),
    }
    return [_finding(layer, checks) for layer, checks in expected.items()]


Checks = Mapping[str, tuple[object, object]]


def _finding(layer: Layer, checks: Checks) -> Finding:
    wrong = [
        f"{what}: {seen!r} instead of {wanted!r}"
        for what, (seen, wanted) in checks.items()
        if seen != wanted
    ]
    return Finding(layer=layer, holds=not wrong, detail="; ".join(wrong))


def _unprivileged(facts: Facts) -> Checks:
    return {
        "user of the zygote is root": (facts["zygote"]["uid"] == 0, False),
        "capabilities": (facts["capabilities"], 0),
        "descriptors": (facts["descriptors"], [0, 1, 2, 3]),
        "environment": (facts["environment"], ["HOME", "LANG", "PATH", "TZ"]),
    }


def _seccomp(facts: Facts) -> Checks:
    return {
        "mode": (facts["seccomp"], 2),
        "an unknown call": (facts["unknown_call"], _DENIED),
        "clone3": (facts["clone3"], "ENOSYS"),
        "a socket": (facts["socket"], _DENIED),
        "a process": (facts["fork"], _DENIED),
        "another program": (facts["exec"], _DENIED),
    }


def _rlimits(facts: Facts, settings: SandboxSettings) -> Checks:
    limits = facts["rlimits"]
    return {
        "processor time": (limits["cpu"], [_LIMITS.cpu_s, _LIMITS.cpu_s]),
        "core files": (limits["core"], [0, 0]),
        "file size": (limits["fsize"], [settings.file_bytes, settings.file_bytes]),
        "too much memory": (facts["memory"], "MemoryError"),
    }


def _landlock(facts: Facts) -> Checks:
    zygote = facts["zygote"]
    if zygote["has_namespaces"]:
        return {
            "version is enough": (zygote["landlock_version"] > 0, True),
            "a file that all may read": (facts["canary"], "EACCES"),
            "its mode": (facts["canary_mode"], "readable"),
        }
    return {
        "version is enough": (zygote["landlock_version"] > 0, True),
        "the zygote may read outside": (zygote["outside"]["readable"], True),
        "a file that the zygote may read": (facts["path"], "EACCES"),
    }


def _namespaces(facts: Facts) -> Checks:
    zygote = facts["zygote"]
    if zygote["refusal"]:
        return {zygote["refusal"]: (False, True)}
    outside = zygote["outside"]
    return {
        "process number": (facts["pid"], 1),
        "user": (facts["ids"], [INSIDE_ID] * 6),
        "host name": (facts["hostname"], HOSTNAME),
        "a listener outside is reached": (outside.get("port"), False),
        "an abstract socket outside is reached": (outside.get("socket"), False),
        "a process outside is reached": (outside.get("pid"), False),
    }


def _private_root(facts: Facts) -> Checks:
    zygote = facts["zygote"]
    return {
        "there is one": (zygote["has_namespaces"], True),
        "a file outside is seen": (zygote["outside"].get("path"), False),
        "opening it": (facts["path"], "ENOENT"),
        "writing beside it": (facts["root_write"] in {"EROFS", "EACCES"}, True),
    }


def _scratch(facts: Facts, settings: SandboxSettings) -> Checks:
    return {
        "its size": (facts["scratch_bytes"], settings.scratch_bytes),
        "its files": (facts["scratch_files"], settings.scratch_files),
        "writing there": (facts["scratch_write"], "done"),
        "names found there": (facts["scratch_names"], []),
    }


def _judge_group(zygote: Zygote) -> Finding:
    if zygote.group is None:
        detail = f"no control group could be made: {zygote.no_group}"
        return Finding(layer=Layer.CGROUP, holds=False, detail=detail)
    return Finding(layer=Layer.CGROUP, holds=zygote.group.holds(zygote.pid))
