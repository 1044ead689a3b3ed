from __future__ import annotations

import json
import platform

from engine.bench.measurement import Measurement, Sense
from engine.bench.report import render_table, to_report, write_report

MISSED = Measurement(name="slowness", unit="ms", sense=Sense.AT_MOST, bar=5.0, figure=6.5)


def test_report_says_what_it_was_measured_on():
    report = to_report([MISSED], is_quick=True)
    assert report["is_quick"] is True
    assert report["machine"]["n_cores"] >= 1
    assert report["versions"]["python"] == platform.python_version()


def test_report_does_not_name_the_machine():
    assert platform.node() not in json.dumps(to_report([MISSED], is_quick=False)).split('"')


def test_table_shows_misses():
    table = render_table(to_report([MISSED], is_quick=False))
    assert "| slowness | <= 5 ms | 6.5 ms | missed |" in table


def test_report_replaces_the_last_one(tmp_path):
    path = tmp_path / "bench" / "results.json"
    write_report({"n": 1}, path)
    write_report({"n": 2}, path)
    assert json.loads(path.read_text()) == {"n": 2}
    assert [entry.name for entry in path.parent.iterdir()] == ["results.json"]
