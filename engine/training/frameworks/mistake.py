"""Plausible mistakes: a wrong tool, a wrong argument, a wrong answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Final

from engine.training.emission.figure import miscalculated, miscopied
from engine.training.example import Fault, ToolUse
from engine.training.frameworks.framework import TOOLS
from engine.training.frameworks.item import Item
from engine.training.frameworks.slot import read_number, render_value
from engine.training.frameworks.tool_result import agrees

_NUMBER: Final = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_UNITS: Final = ("from_unit", "to_unit")
_SWAP_RATIO: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongCall:
    """A call that does not answer the question, and why not."""

    use: ToolUse
    fault: Fault


def mistake_tool(use: ToolUse, rng: Random, other: ToolUse | None = None) -> WrongCall:
    """Call another tool.

    Args:
        use: The right call.
        rng: Chooses.
        other: A sound call of another tool that answers another question; without it the right
            arguments go to the wrong tool.
    """
    if other is not None and other.name != use.name:
        return WrongCall(use=other, fault=Fault.WRONG_TOOL)
    name = rng.choice([tool for tool in TOOLS if tool != use.name])
    return WrongCall(use=ToolUse(name=name, arguments=use.arguments), fault=Fault.WRONG_TOOL)


def mistake_argument(item: Item, rng: Random) -> WrongCall | None:
    """Call the right tool with units swapped, or with a number of the question miscopied.

    Returns:
        None when the item has no call, or its call holds no number that the question tells.
    """
    if item.call is None:
        return None
    arguments = item.call.arguments
    if all(arguments.get(name) for name in _UNITS) and rng.random() < _SWAP_RATIO:
        swapped = dict(zip(_UNITS, [arguments[name] for name in reversed(_UNITS)], strict=True))
        use = ToolUse(name=item.call.name, arguments={**arguments, **swapped})
        return WrongCall(use=use, fault=Fault.LOGIC)
    changed = _miscopy(arguments, item, rng)
    if changed is None:
        return None
    use = ToolUse(name=item.call.name, arguments=changed)
    return WrongCall(use=use, fault=Fault.ARITHMETIC)


def mistake_answer(item: Item, rng: Random) -> str | None:
    """Another answer than the item's: a number off by a slip, or the answer of another row.

    Returns:
        None when no answer is stated, or no other one is at hand.
    """
    if item.program is not None and read_number(item.answer) is not None:
        return _slipped(item.answer, rng)
    rows = [row.get("answer", "") for row in item.block.scope.rows]
    others = sorted({text for text in rows if text and not agrees(text, item.answer)})
    return rng.choice(others) if others else None


def _slipped(stated: str, rng: Random) -> str | None:
    """A number as it is shown, with a slip and as many decimals as before."""
    shown = _NUMBER.search(stated)
    if shown is None or "/" in stated:
        return None
    decimals = len(shown.group().partition(".")[2])
    scale = 10**decimals
    units = miscalculated(Fraction(shown.group()) * scale, rng)
    found = stated.replace(shown.group(), f"{float(units / scale):.{decimals}f}")
    return None if agrees(found, stated) else found


def _miscopy(arguments: Mapping[str, Any], item: Item, rng: Random) -> dict[str, Any] | None:
    """One number of the question, changed at one place of the arguments."""
    told = {match.group() for match in _NUMBER.finditer(item.question.replace(",", ""))}
    text = json.dumps(dict(arguments))
    places = [match for match in _NUMBER.finditer(text) if match.group() in told]
    if not places:
        return None
    place = rng.choice(places)
    wrong = render_value(miscopied(Fraction(place.group()), rng))
    return json.loads(text[: place.start()] + wrong + text[place.end() :])
