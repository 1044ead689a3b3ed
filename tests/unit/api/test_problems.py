import pickle
from http import HTTPStatus

import pytest

from api import problems
from api.refusals import FieldFault, InvalidFieldsError
from engine.domain.errors import (
    CorruptLogError,
    DependencyUnavailableError,
    JobNotFoundError,
    SvendError,
)


def walk(kind):
    return [kind] + [found for child in kind.__subclasses__() for found in walk(child)]


def describe(error):
    return problems.describe_problem(error, instance="/v1/jobs", request_id="r1").to_data()


def test_every_code_of_the_tree_has_a_status():
    codes = {kind.code for kind in walk(SvendError) if not kind.__module__.startswith("test")}
    web_codes = {
        kind.code
        for kind in walk(SvendError)
        if kind.__module__.split(".")[0] in {"api", "db"}
        or kind.__module__ == "engine.domain.errors"
    }
    assert web_codes <= set(problems.STATUS_BY_CODE)
    assert codes


def test_no_status_stands_for_a_code_that_is_gone():
    assert set(problems.STATUS_BY_CODE) <= {kind.code for kind in walk(SvendError)}


def test_problem_has_the_members_of_its_contract():
    assert describe(JobNotFoundError()) == {
        "type": "/docs#problem-not-found",
        "title": "No such job",
        "status": 404,
        "detail": "No such job.",
        "instance": "/v1/jobs",
        "code": "not-found",
        "request_id": "r1",
        "retryable": False,
        "errors": [],
    }


def test_our_own_fault_keeps_its_details():
    shown = describe(CorruptLogError("event 7 of job_x does not match"))
    assert shown["status"] == 500
    assert "job_x" not in str(shown)


def test_field_faults_are_listed():
    fault = FieldFault(pointer="/budget/tokens", code="greater-than", detail="must be above 0")
    shown = describe(InvalidFieldsError((fault,)))
    assert shown["status"] == 422
    assert shown["errors"] == [
        {"pointer": "/budget/tokens", "code": "greater-than", "detail": "must be above 0"}
    ]
    assert shown["detail"] == "/budget/tokens: must be above 0"


def test_field_faults_survive_pickling():
    fault = FieldFault(pointer="", code="x", detail="y")
    copy = pickle.loads(pickle.dumps(InvalidFieldsError((fault,))))
    assert copy.faults == (fault,)


def test_retryable_is_told():
    assert describe(DependencyUnavailableError())["retryable"] is True


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "route-not-found"),
        (405, "method-not-allowed"),
        (413, "too-large"),
        (415, "unsupported-media-type"),
        (400, "bad-request"),
        (414, "bad-request"),
        (500, "internal"),
        (None, "internal"),
    ],
    ids=str,
)
def test_framework_errors_are_translated(status, code):
    assert problems.translate_status(status, None).code == code


def test_unknown_code_is_the_servers_fault():
    assert problems.find_status("never-heard-of") is HTTPStatus.INTERNAL_SERVER_ERROR
