"""How well what a program does agrees with what the words around its numbers lead to expect."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from engine.verify.log_linear import LogLinear
from engine.verify.slot import Slot, SlotKind

WordModels = Mapping[SlotKind, LogLinear]

# The least log-probability that counts; a filler that was never seen has it.
_FLOOR: Final = -12.0
_MEASURES: Final = ("least_margin", "second_margin", "sum_of_margins", "mean_log_probability")
# Where a kind has no slots: nothing speaks against the program.
_SILENT: Final = (0.0,) * len(_MEASURES)

AGREEMENTS: Final = (
    "is_unread",
    *(f"{kind}_{measure}" for kind in SlotKind for measure in _MEASURES),
)


def list_agreement(slots: Sequence[Slot], models: WordModels) -> tuple[float, ...]:
    """Return numbers in the order of `AGREEMENTS`, all but the first at most 0.

    Args:
        slots: What a program does; nothing where it could not be read.
        models: What to expect, by kind of slot; nothing is expected of a kind that is not there.
    """
    of_kinds: dict[SlotKind, list[tuple[float, float]]] = {kind: [] for kind in SlotKind}
    for slot in slots:
        model = models.get(slot.kind)
        if model is not None:
            of_kinds[slot.kind].append(_judge(slot, model))
    measured = (one for kind in SlotKind for one in _measure(of_kinds[kind]))
    return (float(not slots), *measured)


def _judge(slot: Slot, model: LogLinear) -> tuple[float, float]:
    """The log-probability of what was done, and by how much the best alternative is ahead."""
    expected = model.log_probabilities(slot.cues)
    own = max(expected.get(slot.filler, _FLOOR), _FLOOR)
    return own, max(own - max(expected.values()), _FLOOR)


def _measure(judged: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    own, margins = [one for one, _ in judged], sorted(margin for _, margin in judged)
    if not margins:
        return _SILENT
    second = margins[1] if len(margins) > 1 else 0.0
    return margins[0], second, math.fsum(margins), math.fsum(own) / len(own)
