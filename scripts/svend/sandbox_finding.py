"""What the doctor finds of the sandbox: how strong it is, and what its programs can import."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from engine.config import SANDBOX_OFF, load_settings
from engine.domain.errors import SettingsError
from scripts.svend.finding import Finding, State
from tools.sandbox.errors import SandboxUnavailableError
from tools.sandbox.sandbox import Sandbox, SandboxReport
from tools.sandbox.settings import SandboxSettings
from tools.sandbox.tier import Tier
from tools.sandboxed import list_kernels

NAME = "sandbox"
VARIABLE = "SVEND_SANDBOX_MIN_TIER"
# What tools are made of; the rest is what these require.
LIBRARIES = ("numpy", "scipy", "pandas", "sympy", "z3-solver", "rdkit", "pint", "matplotlib")


def look_at_sandbox(environ: Mapping[str, str]) -> list[Finding]:
    """Start the sandbox that a worker would start, and say what it is. It takes a few seconds.

    Nothing is found where the settings cannot be read: that is a finding of its own.
    """
    try:
        min_tier = load_settings(
            environ, read=lambda path: Path(path).read_text(encoding="utf-8")
        ).sandbox_min_tier
    except SettingsError:
        return []
    if min_tier == SANDBOX_OFF:
        detail = f"switched off by {VARIABLE}: there are no tools that run programs"
        return [Finding(name=NAME, state=State.ABSENT, detail=detail)]
    try:
        return [describe_sandbox(asyncio.run(_prove(Tier(min_tier))))]
    except SandboxUnavailableError as error:
        return [refuse_sandbox(error)]


def describe_sandbox(report: SandboxReport) -> Finding:
    """Return what a sandbox that was started is; libraries that it lacks are no small thing."""
    found = ", ".join(
        f"{name} {report.versions[name]}" for name in LIBRARIES if name in report.versions
    )
    faults = [f"{name} is not installed" for name in report.missing]
    faults += [f"{name} does not work: {why}" for name, why in report.failures.items()]
    tier = "none" if report.tier is None else report.tier.value
    detail = f"tier {tier}; " + "; ".join([found or "no libraries", *faults])
    if faults:
        return Finding(name=NAME, state=State.MISSING, detail=detail, remedy="run `make setup`")
    return Finding(name=NAME, state=State.OK, detail=detail)


def refuse_sandbox(error: SandboxUnavailableError) -> Finding:
    """Return that a worker would offer no tool that runs programs, and the way out."""
    return Finding(
        name=NAME,
        state=State.MISSING,
        detail=f"no tool that runs programs is offered: {error}",
        remedy=f"docs/sandbox.md tells what it needs; {VARIABLE} sets the weakest that will do",
    )


async def _prove(min_tier: Tier) -> SandboxReport:
    async with Sandbox(SandboxSettings(min_tier=min_tier, modules=list_kernels())) as sandbox:
        return sandbox.report
