"""Every story that is shipped can be told, asked and answered."""

from __future__ import annotations

import pytest

from engine.training.stories.check import check_stories
from engine.training.stories.reader import load_stories, shipped_texts

TEXTS = dict(shipped_texts())


@pytest.mark.parametrize("domain", list(TEXTS))
def test_every_question_of_a_shipped_file_comes_out(domain):
    checked = check_stories(load_stories(TEXTS[domain], domain), n_draws=4)
    assert [str(fault) for fault in checked.faults] == []
    assert checked.counts.n_stories >= 10
