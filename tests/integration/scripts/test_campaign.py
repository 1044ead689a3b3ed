"""Many problems at one server."""

from __future__ import annotations

import pytest

from scripts.svend.campaign import run_campaign
from scripts.svend.problem_file import PosedProblem
from tests.unit.scripts.wire_samples import whole_log

PROBLEMS = [PosedProblem(name=str(n), text=f"problem {n}?", expected=None) for n in range(25)]


def list_ends(client, n_at_once):
    sightings = run_campaign(client, PROBLEMS, n_at_once=n_at_once)
    return [(one.index, one.attempt) for one in sightings if one.attempt]


@pytest.mark.parametrize("n_at_once", [1, 4, 100])
def test_every_problem_ends_once_whatever_the_window(client, n_at_once):
    ends = list_ends(client, n_at_once)

    assert sorted(index for index, _ in ends) == list(range(len(PROBLEMS)))
    assert all(attempt.result is not None for _, attempt in ends)


def test_each_end_belongs_to_its_problem(client):
    for index, attempt in list_ends(client, 4):
        assert attempt.job.problem == PROBLEMS[index].text


def test_every_event_is_seen_once(client):
    n_events = sum(one.event is not None for one in run_campaign(client, PROBLEMS))

    assert n_events == len(PROBLEMS) * len(whole_log())


def test_one_refused_problem_spoils_no_other(client):
    problems = [*PROBLEMS, PosedProblem(name="blank", text=" ", expected=None)]
    ends = [one.attempt for one in run_campaign(client, problems) if one.attempt]

    assert [end.problem.name for end in ends if end.fault] == ["blank"]
