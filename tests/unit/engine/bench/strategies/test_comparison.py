from __future__ import annotations

import pytest

from engine.bench.strategies.comparison import Bar, Entry, compare_entries, judge_bar
from engine.bench.strategies.contest import Contestant, fixed_vote
from engine.bench.strategies.replay import Run
from engine.bench.strategies.report import render_rows, to_report
from engine.domain.errors import InvalidInputError
from engine.domain.statistics import Interval
from engine.domain.verdict import Verdict
from tests.unit.engine.bench.strategies.tape import problem, recording


def entry(contestant, rights, n_samples):
    runs = tuple(
        Run(
            problem_id=f"p{number}",
            verdict=Verdict.RIGHT if is_right else Verdict.WRONG,
            n_samples=n_samples,
            tokens=10.0 * n_samples,
            wall_ms=100,
        )
        for number, is_right in enumerate(rights)
    )
    return Entry(contestant=contestant, runs=runs)


RULE = Contestant(label="rule", strategy="self_consistency", is_adaptive=True)
FULL = entry(fixed_vote(12), [1, 1, 1, 0], 12)
SMALL = entry(fixed_vote(3), [1, 1, 0, 0], 3)


def compare(*entries):
    return compare_entries(entries, baseline=FULL, fixed=[SMALL, FULL])


def test_a_strategy_is_held_against_the_full_vote_problem_by_problem():
    (row,) = compare(entry(RULE, [1, 1, 0, 1], 4))

    assert row.difference.mean == 0
    assert row.p_value == 1
    assert row.share == pytest.approx(1 / 3)
    assert row.bar is Bar.MET


def test_the_equal_fixed_vote_is_the_smallest_as_accurate():
    rows = compare(
        entry(RULE, [1, 1, 0, 0], 4), entry(RULE, [1, 1, 1, 0], 4), entry(RULE, [1] * 4, 4)
    )

    assert [row.equal_size for row in rows] == [3, 12, None]


@pytest.mark.parametrize(
    ("interval", "share", "bar"),
    [
        ((0.0, -0.1, 0.1), 0.33, Bar.MET),
        ((-0.01, -0.1, 0.1), 0.33, Bar.UNTOLD),
        ((-0.1, -0.2, -0.01), 0.2, Bar.MISSED),
        ((0.1, 0.0, 0.2), 0.34, Bar.MISSED),
    ],
    ids=["equal", "chance", "worse", "too-many"],
)
def test_the_bar_is_equal_accuracy_for_a_third_of_the_samples(interval, share, bar):
    mean, low, high = interval

    assert judge_bar(Interval(mean=mean, low=low, high=high), share) is bar


def test_a_strategy_run_on_some_problems_is_held_against_the_vote_on_those():
    some = entry(RULE, [1, 0, 1, 0], 4)

    (row,) = compare(Entry(contestant=RULE, runs=some.runs[2:]))

    assert row.difference.mean == 0
    assert row.accuracy.n_cases == 2


def test_a_problem_that_the_vote_never_saw_is_refused():
    with pytest.raises(InvalidInputError, match="p4"):
        compare(entry(RULE, [1] * 5, 4))


def test_the_table_has_a_line_for_each_strategy():
    rows = compare(FULL, SMALL)

    lines = render_rows(rows).splitlines()

    assert len(lines) == 4
    assert "75.0% [30.1%, 95.4%]" in lines[2]
    assert len({line.count("|") for line in lines}) == 1


def test_the_report_names_the_recording_and_each_strategy():
    header = recording(problem(["7"])).header

    report = to_report(compare(FULL, SMALL), header=header, n_problems=4)

    assert report["recording"]["model"] == "scripted"
    assert [row["accuracy"]["n_right"] for row in report["rows"]] == [3, 2]
