"""The top-level names are common words, so each must be shown to be this repository's."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "db", "engine", "ops", "scripts", "tools", "workers")


@pytest.mark.parametrize("name", [*PACKAGES, "celery_config"], ids=str)
def test_name_resolves_to_this_repository(name: str):
    spec = importlib.util.find_spec(name)

    assert spec is not None
    assert Path(spec.origin).is_relative_to(ROOT)


def test_every_package_says_what_it_is_for():
    silent = [
        name
        for name in PACKAGES
        if ast.get_docstring(ast.parse((ROOT / name / "__init__.py").read_text())) is None
    ]

    assert silent == []


def test_celery_config_holds_constants_only():
    tree = ast.parse((ROOT / "celery_config.py").read_text())
    others = [
        type(node).__name__
        for node in tree.body
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr)
    ]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call | ast.Await)]
    names = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]

    assert others == []
    assert calls == []
    assert names
    assert all(name.isupper() for name in names)
