"""An adapter calls its base by a name that means something on other machines."""

from __future__ import annotations

import json

import pytest

from engine.training.tune.model import ADAPTER_FILE, name_base


@pytest.fixture
def named(tmp_path, monkeypatch):
    """A function from a base, as it is given, to what the adapter calls it."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / ADAPTER_FILE

    def name(base):
        path.write_text(json.dumps({"base_model_name_or_path": base, "r": 8}))
        name_base(tmp_path, base)
        values = json.loads(path.read_text())
        assert values["r"] == 8
        return values["base_model_name_or_path"]

    return name


@pytest.mark.parametrize("base", ["Qwen/Qwen2.5-14B-Instruct", "models/svend-mini", "../tiny"])
def test_a_published_name_and_a_relative_path_stay(named, base):
    assert named(base) == base


def test_of_a_folder_below_the_path_from_here_is_left(named, tmp_path):
    assert named(str(tmp_path / "models" / "tiny")) == "models/tiny"


def test_of_a_folder_elsewhere_the_last_name_is_left(named, tmp_path):
    assert named(str(tmp_path.parent / "elsewhere" / "tiny")) == "tiny"
