"""Errors of the command line."""

from __future__ import annotations

import pickle

import pytest

from scripts.svend import errors
from scripts.svend.errors import CommandError, RefusedError, describe_problem

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, CommandError)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_explains_itself(kind):
    assert kind().message == " ".join(kind.__doc__.split())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_error_survives_pickling(kind):
    assert pickle.loads(pickle.dumps(kind("because"))).message == "because"


def test_a_refusal_keeps_its_status_when_pickled():
    copy = pickle.loads(pickle.dumps(RefusedError("no", 422, "validation")))

    assert (copy.status, copy.problem_code) == (422, "validation")


def test_a_problem_becomes_one_line():
    problem = {
        "title": "Not valid",
        "detail": "the body holds faults",
        "code": "validation",
        "request_id": "req_1",
        "errors": [{"pointer": "/problem", "detail": "must not be blank"}, {"code": "odd"}],
    }

    assert describe_problem(422, problem) == (
        "Not valid: the body holds faults [/problem: must not be blank; odd] (validation, req_1)"
    )


def test_an_empty_problem_still_says_something():
    assert describe_problem(500, {}) == "HTTP 500"
