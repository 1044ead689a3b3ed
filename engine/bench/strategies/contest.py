"""Which strategies and stopping rules are compared, and with which settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.domain.canonical import JsonValue

FIXED = "fixed vote"
# A fixed vote of each of these sizes gives the curve that all others are held against.
SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
MIN_WARMUPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """A strategy with its settings.

    Attributes:
        label: What the table calls it.
        strategy: Its registered name.
        settings: Its settings; absent ones take their defaults.
        is_adaptive: Whether it stops early: the bar is set for those.
    """

    label: str
    strategy: str
    settings: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    is_adaptive: bool = False


def fixed_vote(samples: int) -> Contestant:
    """Return the vote of so many samples that all are drawn at once: what others are held to."""
    settings: dict[str, JsonValue] = {"samples": samples, "stop": "full", "haste": 1.0}
    label = f"{FIXED} of {samples}"
    return Contestant(label=label, strategy="self_consistency", settings=settings)


def list_fixed_votes(samples: int) -> tuple[Contestant, ...]:
    """Return fixed votes of growing size, up to all recorded samples."""
    sizes = [size for size in SIZES if size < samples]
    return tuple(fixed_vote(size) for size in [*sizes, samples])


def list_contestants(
    samples: int, *, with_certainty: bool, with_verifier: bool = False
) -> tuple[Contestant, ...]:
    """Return everything that whole, independent samples suffice for.

    Args:
        samples: How many of each problem were recorded.
        with_certainty: Whether the recording tells how sure the model was.
        with_verifier: Whether it tells what a verifier said.
    """
    certain = _list_certain(samples) if with_certainty else ()
    return (
        Contestant(label="direct (greedy)", strategy="direct"),
        *list_fixed_votes(samples),
        *_list_weighted(samples, with_verifier=with_verifier),
        *_list_stopping(samples),
        *certain,
    )


def _list_weighted(samples: int, *, with_verifier: bool) -> tuple[Contestant, ...]:
    verifier = ("verifier",) if with_verifier else ()
    votes = tuple(
        Contestant(
            label=f"vote by {rule}",
            strategy="self_consistency",
            settings={"samples": samples, "rule": rule, "stop": "full", "haste": 1.0},
        )
        for rule in ("likelihood", "cisc", *verifier)
    )
    picks = tuple(
        Contestant(
            label=f"best of n, {pick}" + (f", by {scorer}" if scorer in verifier else ""),
            strategy="best_of_n",
            settings={"samples": samples, "pick": pick, "scorer": scorer, "haste": 1.0},
        )
        for scorer in ("likelihood", *verifier)
        for pick in ("weighted", "best")
    )
    return votes + picks


def _list_stopping(samples: int) -> tuple[Contestant, ...]:
    rules = (
        ("exact", 0.05, 0.0),
        ("stochastic", 0.02, 0.0),
        ("stochastic", 0.05, 0.0),
        ("beta", 0.05, 0.0),
        ("beta", 0.05, 0.25),
        ("beta", 0.1, 0.0),
        ("dirichlet", 0.05, 0.0),
        ("certificate", 0.05, 0.0),
    )
    return tuple(_stopping(samples, *rule) for rule in rules)


def _stopping(samples: int, stop: str, risk: float, haste: float) -> Contestant:
    label = stop if stop == "exact" else f"{stop} {risk:g}"
    return Contestant(
        label=f"{label}, haste {haste:g}" if haste else label,
        strategy="self_consistency",
        settings={"samples": samples, "stop": stop, "risk": risk, "haste": haste},
        is_adaptive=True,
    )


def _list_certain(samples: int) -> tuple[Contestant, ...]:
    warmups = max(MIN_WARMUPS, samples // 4)
    offline = tuple(
        Contestant(
            label=f"DeepConf offline, keep {keep:g}",
            strategy="deepconf",
            settings={"samples": samples, "mode": "offline", "keep": keep, "haste": 1.0},
        )
        for keep in (0.1, 0.9)
    )
    online = tuple(
        Contestant(
            label=f"DeepConf online, keep {keep:g}",
            strategy="deepconf",
            settings={"samples": samples, "mode": "online", "keep": keep, "warmups": warmups},
            is_adaptive=True,
        )
        for keep in (0.1, 0.9)
    )
    return offline + _list_ranked(samples) + online


def _list_ranked(samples: int) -> tuple[Contestant, ...]:
    by_rank = {"measure": "mean", "keep": 1.0, "weighing": "borda", "haste": 1.0}
    return tuple(
        Contestant(
            label=f"Borda by certainty, p {power:g}",
            strategy="deepconf",
            settings={"samples": samples, **by_rank, "power": power},
        )
        for power in (0.5, 1.0)
    )
