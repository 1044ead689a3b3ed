"""Profiles and calibrators are read from files, and every fault names the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.adapters.verifier_file import (
    load_calibrator,
    load_shape_model,
    load_verifier_profile,
    parse_verifier_profile,
)
from engine.domain.aggregation import Aggregation
from engine.domain.errors import CalibrationError, ProfileError
from engine.verify.fitting import FitPlan, fit_calibrator
from engine.verify.profile import ClaimForm, ScoreEndpoint, VerifierProfile
from tests.unit.engine.verify.builders import rows

SHIPPED = Path(__file__).parents[4] / "models/svend-mini/svend-calibrator.json"


def test_without_a_file_the_default_profile_applies():
    assert load_verifier_profile("") == VerifierProfile()


def test_absent_fields_take_their_defaults():
    assert parse_verifier_profile('{"yes": ["right"]}').labels.no == VerifierProfile().labels.no


def test_every_field_is_read(tmp_path):
    fields = {
        "name": "prm",
        "endpoint": "pooling",
        "form": "chat",
        "template": "{steps}{problem}",
        "step_mark": "<extra_0>",
        "marks_last": False,
        "right_class": 1,
        "aggregation": "min",
        "yes": ["+"],
        "no": ["-"],
    }
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(fields))
    profile = load_verifier_profile(path)
    assert (profile.endpoint, profile.form) == (ScoreEndpoint.POOLING, ClaimForm.CHAT)
    assert (profile.aggregation, profile.labels.yes) == (Aggregation.MIN, ("+",))
    assert (profile.template, profile.right_class) == ("{steps}{problem}", 1)
    assert not profile.marks_last


def test_every_fault_is_told_at_once():
    with pytest.raises(ProfileError) as caught:
        parse_verifier_profile(
            '{"endpoint": "score", "right_class": "1", "yes": [1], "marks_last": 1, "x": 0}'
        )
    names = ("endpoint", "right_class", "yes", "marks_last", "x:")
    assert all(name in str(caught.value) for name in names)


@pytest.mark.parametrize("text", ["", "[]", "[" * 100_000], ids=["empty", "list", "deep"])
def test_what_is_no_object_is_refused(tmp_path, text):
    path = tmp_path / "file.json"
    path.write_text(text)
    with pytest.raises(ProfileError, match=r"file\.json"):
        load_verifier_profile(path)
    for load in (load_calibrator, load_shape_model):
        with pytest.raises(CalibrationError, match=r"file\.json"):
            load(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ProfileError, match="absent"):
        load_verifier_profile(tmp_path / "absent")
    for load in (load_calibrator, load_shape_model):
        with pytest.raises(CalibrationError, match="absent"):
            load(tmp_path / "absent")


def test_a_calibrator_is_read_back(tmp_path):
    calibrator = fit_calibrator(
        rows(200), FitPlan(name="share", model_fingerprint="w", n_resamples=5)
    )
    path = tmp_path / "calibrator.json"
    path.write_text(json.dumps(calibrator.to_data()))
    assert load_calibrator(path) == calibrator


def test_without_a_file_there_is_neither():
    assert load_calibrator("") is None
    assert load_shape_model("") is None


def test_the_calibrator_that_ships_can_be_read():
    shipped = load_calibrator(SHIPPED)
    assert shipped is not None
    assert shipped.fitting.after.ece.value < shipped.fitting.before.ece.value
