"""Graded decisions are read strictly, and what could not be graded is left out, not counted."""

from __future__ import annotations

import json

import pytest

from engine.domain.errors import CalibrationError
from engine.domain.standing import Standing
from engine.domain.verdict import Verdict
from engine.verify.feature import read_features
from engine.verify.record import read_records, write_record
from tests.unit.engine.verify.builders import standing, supported


def test_what_was_written_is_read_back():
    decided = supported({"72": 3, "7": 1}, n_programs=2, mean_score=0.75, n_scored=2)
    line = json.dumps(write_record("p1", decided, Verdict.RIGHT))
    (row,) = read_records([line]).rows
    assert (row.problem, row.is_right) == ("p1", True)
    assert row.features == pytest.approx(read_features(decided))


def test_a_standing_can_stand_for_its_features():
    decided = supported({"72": 3, "7": 1}, n_programs=2)
    line = json.dumps({"problem": 1, "correct": False, "standing": decided.to_data()})
    (row,) = read_records([line]).rows
    assert row.features == read_features(decided)


def test_what_could_not_be_compared_is_not_wrong():
    line = json.dumps(write_record("p", standing({"72": 3}), Verdict.UNCHECKED))
    records = read_records([line, "", "  "])
    assert (records.rows, records.n_unchecked) == ((), 1)


def test_no_answer_is_counted_apart():
    line = json.dumps(write_record("p", standing({}, n_ended=2), Verdict.UNCHECKED))
    records = read_records([line])
    assert (records.rows, records.n_unchecked, records.n_unanswered) == ((), 0, 1)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"correct": true, "margin": 1}',
        '{"problem": true, "correct": true, "margin": 1}',
        '{"problem": "p", "margin": 1}',
        '{"problem": "p", "correct": "yes", "margin": 1}',
        '{"problem": "p", "correct": true, "margin": "1"}',
        '{"problem": "p", "correct": true, "standing": {}}',
        '{"problem": "p", "correct": true, "standing": []}',
    ],
)
def test_a_line_that_cannot_be_used_is_named(line):
    good = '{"problem": "p", "correct": true, "margin": 1}'
    with pytest.raises(CalibrationError, match="line 2: "):
        read_records([good, line])


def test_a_standing_survives_json():
    decided = supported({"72": 3, "7": 1}, n_programs=2, mean_score=0.75, n_scored=2)
    assert Standing.from_data(json.loads(json.dumps(decided.to_data()))) == decided


def test_a_standing_of_an_earlier_version_is_read():
    data = standing({"72": 3}).to_data()
    for name in ("evidence", "is_verified", "majority"):
        del data[name]
    assert Standing.from_data(data) == standing({"72": 3})
