"""The grammar's words are programs, and every program of the training rows is one of its words."""

from __future__ import annotations

import json

import pytest

from engine.adapters.profile_file import load_profile
from engine.training.grammar import PROGRAM_GRAMMAR
from engine.training.model_folder import set_temperature, write_profile


def test_a_folder_s_profile_holds_the_grammar(tmp_path):
    write_profile(tmp_path, sampling_temperature=0.5)
    profile = load_profile(tmp_path)
    assert profile.grammar == PROGRAM_GRAMMAR
    assert profile.prompt_set == "svend-mini-2"


@pytest.mark.parametrize("was_there", [True, False], ids=["kept", "made"])
def test_a_temperature_is_written_into_the_profile(tmp_path, was_there):
    path = tmp_path / "svend-profile.json"
    if was_there:
        write_profile(tmp_path, sampling_temperature=0.5)
        kept = json.loads(path.read_text()) | {"prompt_set": "svend-mini"}
        path.write_text(json.dumps(kept))
    set_temperature(tmp_path, 0.7)
    profile = load_profile(tmp_path)
    assert profile.sampling_temperature == 0.7
    assert profile.prompt_set == ("svend-mini" if was_there else "svend-mini-2")
