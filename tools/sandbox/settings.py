"""How a sandbox is set up."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from engine.domain.errors import SettingsError
from tools.sandbox.inside.packages import WANTED
from tools.sandbox.tier import Tier

_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """Everything about a sandbox that is fixed while it lives.

    Attributes:
        min_tier: The weakest tier under which programs are run.
        python: The interpreter; its installed packages are what programs may import.
        packages: Distributions that programs may use, as far as they are installed.
        modules: Modules of this project that programs may import too, loaded once. Each must keep
            to the standard library, the packages and the others named here.
        uid: User and group that a sandbox started by root runs as. No other process should.
        n_zygotes: Processes that fork runs; about one a core.
        n_ready: Locked children each keeps waiting.
        n_concurrent: Most runs at once in each.
        scratch_bytes: Size of a run's scratch.
        scratch_files: Most files in it.
        file_bytes: Largest file.
        n_threads: Most threads and processes of one zygote's runs together.
        recycle_runs: A zygote is replaced after so many runs,
        recycle_growth_bytes: or once it grew by so much.
        probe_interval_s: How often the layers are probed again.
        start_timeout_s: How long a zygote may take to import everything.
        group_bytes: Memory of one zygote with its runs, where a control group caps it.
        launch_prefix: Words in front of the interpreter's command, for a launcher that confines
            further.
    """

    min_tier: Tier = Tier.FULL
    python: Path = field(default_factory=lambda: Path(sys.executable))
    packages: tuple[str, ...] = tuple(WANTED)
    modules: tuple[str, ...] = ()
    uid: int = 61_001
    n_zygotes: int = 1
    n_ready: int = 2
    n_concurrent: int = 4
    scratch_bytes: int = 32 * _MIB
    scratch_files: int = 512
    file_bytes: int = 16 * _MIB
    n_threads: int = 128
    recycle_runs: int = 1_000
    recycle_growth_bytes: int = 256 * _MIB
    probe_interval_s: float = 600.0
    start_timeout_s: float = 240.0
    group_bytes: int = 4_096 * _MIB
    launch_prefix: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        faults = [
            f"{name} must be at least 1"
            for name in ("uid", "n_zygotes", "n_ready", "n_concurrent", "recycle_runs")
            if getattr(self, name) < 1
        ]
        if faults:
            raise SettingsError("; ".join(faults))
