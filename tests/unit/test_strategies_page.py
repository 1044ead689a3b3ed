"""The page of the strategies names each that can be asked for, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from engine.route.policy import AgreementPolicy
from engine.search.registry import list_strategies
from engine.search.strategy import Offered

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "strategies.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| .* \| `(search/[\w/]+\.py)` \|$", re.MULTILINE)


def test_every_strategy_has_a_row():
    registered = {s.name for s in list_strategies(Offered(policy=AgreementPolicy()))}

    assert {name for name, _ in ROW.findall(PAGE)} == registered


def test_every_module_named_is_there():
    missing = [path for _, path in ROW.findall(PAGE) if not (ROOT / "engine" / path).is_file()]

    assert not missing
