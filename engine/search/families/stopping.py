"""The settings that say when a vote stops, as strategies publish them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.search.self_consistency import MAX_RISK
from engine.search.stopping.catalogue import Stop
from engine.search.strategy import describe_choice, describe_number


def describe_stopping(
    stops: Sequence[Stop], *, stop: Stop, risk: float, haste: float
) -> dict[str, Mapping[str, Any]]:
    """Return the schemas of the settings, with their defaults; ``stops`` are the rules allowed."""
    return {
        "haste": describe_haste(haste),
        "stop": describe_choice("When the vote stops.", stops, stop),
        "risk": {
            "type": "number",
            "description": "How unsure the stop may be; the exact one takes no risk.",
            "exclusiveMinimum": 0,
            "exclusiveMaximum": MAX_RISK,
            "default": risk,
        },
    }


def describe_haste(default: float) -> Mapping[str, Any]:
    """Return the schema of how many samples are asked for at once."""
    return describe_number("0 saves tokens, 1 asks for all samples at once.", 0, 1, default)
