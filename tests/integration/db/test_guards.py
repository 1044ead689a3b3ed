"""What the database itself refuses, whoever asks."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

from db.models import events, jobs, results
from engine.domain.job_status import JobStatus
from tests.integration.db.builders import finish

STATEMENTS = {
    "status": update(jobs).values(status=JobStatus.FAILED),
    "epoch": update(jobs).values(epoch=0),
    "last-seq": update(jobs).values(last_seq=1),
    "version": update(jobs).values(version=0),
    "result": update(results).values(digest=""),
    "no-result": delete(results),
    "event": update(events).values(hash=""),
    "no-event": delete(events),
    "no-events": text("TRUNCATE events"),
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS.keys())
def test_what_is_final_is_refused_to_change(stores, claimed, statement):
    finish(stores, claimed.lease)

    with pytest.raises(IntegrityError), stores.engine.begin() as connection:
        connection.execute(statement)
