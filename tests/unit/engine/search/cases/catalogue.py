"""Every case, by name."""

from __future__ import annotations

from tests.unit.engine.search.cases import composite, sampling, steps, tool_use, trees
from tests.unit.engine.search.cases.case import Case

CASES: dict[str, Case] = {
    **sampling.CASES,
    **steps.CASES,
    **trees.CASES,
    **tool_use.CASES,
    **composite.CASES,
}
