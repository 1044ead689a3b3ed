"""Searches over a tree of thoughts."""

from __future__ import annotations

from tests.unit.engine.search.cases.case import Case

CASES: dict[str, Case] = {}
