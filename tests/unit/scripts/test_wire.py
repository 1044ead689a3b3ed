"""Values from the wire."""

from __future__ import annotations

import pytest

from engine.domain.job_status import JobStatus
from scripts.svend.errors import ProtocolError
from scripts.svend.wire import read_job, read_key, read_page, read_result
from tests.unit.scripts.wire_samples import job_data, result_data


def test_a_job_is_read():
    job = read_job(job_data())

    assert (job.job_id, job.status, job.answer) == ("job_1", JobStatus.SUCCEEDED, "72")


def test_a_page_knows_where_the_next_begins():
    page = read_page({"jobs": [job_data()], "next_cursor": "c"})

    assert (len(page.jobs), page.cursor) == (1, "c")


def test_a_result_keeps_the_order_of_votes():
    result = read_result(result_data())

    assert [(vote.text, vote.n_votes) for vote in result.votes] == [("72", 5), ("60", 2)]


def test_a_result_without_an_answer_is_read():
    assert read_result(result_data(None)).answer is None


def test_an_unknown_field_does_no_harm():
    assert read_key({"id": "k", "new_in_a_later_release": 1}).key_id == "k"


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_job, {"status": "queued"}),
        (read_job, {"id": "j", "status": "asleep"}),
        (read_page, []),
        (read_result, {"job_id": "j"}),
        (read_key, None),
    ],
    ids=["no id", "unknown state", "no object", "no outcome", "null"],
)
def test_what_cannot_be_read_is_a_protocol_error(read, data):
    with pytest.raises(ProtocolError):
        read(data)
