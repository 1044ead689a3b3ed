"""How strong the wall is: layers that were seen to hold, and the tiers that they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Layer(StrEnum):
    """One part of the wall, with a probe of its own."""

    UNPRIVILEGED = "unprivileged"
    NO_NEW_PRIVS = "no_new_privs"
    SECCOMP = "seccomp"
    RLIMITS = "rlimits"
    LANDLOCK = "landlock"
    SINGLE_THREAD = "single_thread"
    NAMESPACES = "namespaces"
    PRIVATE_ROOT = "private_root"
    SCRATCH = "scratch"
    CGROUP = "cgroup"


class Tier(StrEnum):
    """How much of the wall stands.

    ``LANDLOCK``: no namespaces; no writable scratch, and a program can ask whether a path exists.
    ``FULL``: every layer but the control group. ``FULL_CGROUP``: memory and number of processes
    are also capped together, by the kernel. ``EXTERNAL``: a kernel of its own, by other means
    than this package.
    """

    LANDLOCK = "landlock"
    FULL = "full"
    FULL_CGROUP = "full+cgroup"
    EXTERNAL = "external"

    def satisfies(self, minimum: Tier) -> bool:
        """Whether this tier is at least ``minimum``."""
        ranks = list(Tier)
        return ranks.index(self) >= ranks.index(minimum)


_LANDLOCK = frozenset(
    {
        Layer.UNPRIVILEGED,
        Layer.NO_NEW_PRIVS,
        Layer.SECCOMP,
        Layer.RLIMITS,
        Layer.LANDLOCK,
        Layer.SINGLE_THREAD,
    }
)
_FULL = _LANDLOCK | {Layer.NAMESPACES, Layer.PRIVATE_ROOT, Layer.SCRATCH}
LAYERS: Mapping[Tier, frozenset[Layer]] = {
    Tier.LANDLOCK: _LANDLOCK,
    Tier.FULL: _FULL,
    Tier.FULL_CGROUP: _FULL | {Layer.CGROUP},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a probe of one layer found.

    Attributes:
        layer: Which.
        holds: Whether it was seen to hold.
        detail: What was seen, where it does not.
    """

    layer: Layer
    holds: bool
    detail: str = ""


def find_tier(findings: Iterable[Finding]) -> Tier | None:
    """Return the strongest tier all of whose layers hold; ``None`` for less than any."""
    holding = {finding.layer for finding in findings if finding.holds}
    reached = [tier for tier, layers in LAYERS.items() if layers <= holding]
    return reached[-1] if reached else None
