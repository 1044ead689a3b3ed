"""Fitting a calibrator from the command line: from records, and from jobs solved for it."""

from __future__ import annotations

import json

import pytest

from engine.adapters.verifier_file import load_calibrator
from engine.domain.verdict import Verdict
from engine.verify.record import write_record
from scripts.svend.errors import ExitCode
from tests.unit.engine.verify.builders import rows, standing
from tests.unit.scripts.wire_samples import result_data

FINGERPRINT = "0123456789ab"


@pytest.fixture
def records(tmp_path):
    path = tmp_path / "records.jsonl"
    with path.open("w") as file:
        for row in rows(200, rate_of=lambda share: share**2):
            features = {name.value: value for name, value in row.features.items()}
            line = {"problem": row.problem, "correct": row.is_right, **features}
            file.write(json.dumps(line) + "\n")
        unchecked = write_record("u", standing({"72": 3}), Verdict.UNCHECKED)
        file.write(json.dumps(unchecked) + "\n")
    return path


@pytest.fixture
def problems(tmp_path):
    # The server below answers 60 problems by 72, so every third is answered right.
    path = tmp_path / "problems.jsonl"
    answers = ["72" if i % 3 == 0 else "60" for i in range(60)]
    lines = [{"id": i, "problem": f"{i}?", "answer": text} for i, text in enumerate(answers)]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


@pytest.fixture
def solving(api):
    """The server returns whole standings, and says which model answered."""
    decided = standing({"72": 5, "60": 2}, n_ended=8).to_data()
    api.result = lambda _problem, job_id: result_data(
        job_id=job_id, standing=decided, model={"name": "m", "fingerprint": FINGERPRINT}
    )
    return api


def test_records_become_a_calibrator(svend, records, tmp_path):
    out = tmp_path / "calibrator.json"
    done = svend(
        "calibrate", "--records", str(records), "--out", str(out), "--fingerprint", FINGERPRINT
    )
    assert done.exit_code == 0, done.output
    calibrator = load_calibrator(out)
    assert calibrator is not None
    assert calibrator.fitting.model_fingerprint == FINGERPRINT
    assert calibrator.version in done.stdout


def test_the_figures_stand_side_by_side(svend, records, tmp_path):
    out = tmp_path / "calibrator.json"
    shown = svend("calibrate", "--records", str(records), "--out", str(out)).stdout
    figures = load_calibrator(out).fitting
    for name in ("ece", "brier", "aurc"):
        before, after = getattr(figures.before, name), getattr(figures.after, name)
        line = next(line for line in shown.splitlines() if line.startswith(name.upper()))
        assert f"{before.value:.4f} [" in line
        assert f"{after.value:.4f} [" in line
    assert "1 that could not be compared" in shown


def test_an_isotonic_curve_can_be_asked_for(svend, records, tmp_path):
    out = tmp_path / "calibrator.json"
    options = ("--kind", "isotonic", "--feature", "vote_share")
    assert not svend("calibrate", "--records", str(records), "--out", str(out), *options).exit_code
    assert load_calibrator(out).kind == "isotonic"


def test_problems_are_solved_graded_and_recorded(svend, solving, problems, tmp_path):
    kept, out = tmp_path / "kept.jsonl", tmp_path / "calibrator.json"
    done = svend(
        *("calibrate", "--problems", str(problems), "--records", str(kept), "--out", str(out)),
        *("--strategy", "self_consistency", "--set", "samples=8", "--set", "rule=majority"),
    )
    assert done.exit_code == 0, done.output
    assert solving.bodies[0]["settings"] == {"samples": 8, "rule": "majority"}
    fitting = load_calibrator(out).fitting
    assert (fitting.n_rows, fitting.n_right) == (60, 20)
    assert (fitting.model_fingerprint, fitting.algorithms) == (FINGERPRINT, ("self_consistency",))
    assert len(kept.read_text().splitlines()) == 60


def test_too_few_records_are_refused_with_the_number(svend, tmp_path):
    path = tmp_path / "few.jsonl"
    path.write_text('{"problem": "p", "correct": true, "vote_share": 1}\n')
    done = svend("calibrate", "--records", str(path), "--out", str(tmp_path / "c.json"))
    assert done.exit_code == ExitCode.JOB_FAILED
    assert "too few problems (1)" in " ".join(done.stderr.split())
    assert not (tmp_path / "c.json").exists()


def test_a_broken_line_is_named(svend, tmp_path):
    path = tmp_path / "broken.jsonl"
    path.write_text("{}\n")
    done = svend("calibrate", "--records", str(path), "--out", str(tmp_path / "c.json"))
    assert "broken.jsonl, line 1" in done.stderr.replace("\n", "")


def test_problems_without_answers_cannot_be_graded(svend, tmp_path):
    path = tmp_path / "open.jsonl"
    path.write_text('{"problem": "1?"}\n')
    done = svend(
        *("calibrate", "--problems", str(path), "--records", str(tmp_path / "r")),
        *("--out", str(tmp_path / "c.json")),
    )
    assert "every problem needs an answer" in done.stderr


def test_a_setting_needs_a_name_and_a_value(svend, problems, tmp_path):
    done = svend(
        *("calibrate", "--problems", str(problems), "--records", str(tmp_path / "r")),
        *("--out", str(tmp_path / "c.json"), "--set", "samples"),
    )
    assert done.exit_code == ExitCode.USAGE
