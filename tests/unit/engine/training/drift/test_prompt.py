"""Prompts are read from files or told by stories; a faulty row is named."""

from __future__ import annotations

import json

import pytest

from engine.training.drift.prompt import draw_prompts, read_prompts
from engine.training.errors import DatasetError

UNKNOWN = "not enough information"


@pytest.fixture
def write(tmp_path):
    """A function that writes rows to a file and returns its path."""

    def write_rows(*rows):
        path = tmp_path / "prompts.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return write_rows


def test_what_is_optional_may_be_left_out(write):
    [found] = read_prompts(write({"id": 7, "problem": " How\nmany? "}))
    assert (found.id, found.problem) == ("7", "How many?")
    assert found.item is found.tools is None
    assert found.paraphrases == ()


def test_everything_is_read(write):
    row = {"id": "a", "problem": "Q?", "answer": 0.5, "tools": [], "paraphrases": ["R?"]}
    [found] = read_prompts(write(row))
    assert found.item.accepts("0.5")
    assert (found.tools, found.paraphrases) == ((), ("R?",))


GOOD = {"id": "a", "problem": "Q?"}


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="nothing"),
        pytest.param([GOOD, GOOD], id="an id twice"),
        pytest.param([{"id": "a"}], id="no problem"),
        pytest.param([{"problem": "Q?"}], id="no id"),
        pytest.param([GOOD | {"answer": "green"}], id="no number"),
        pytest.param([GOOD | {"tools": "plot"}], id="no list"),
        pytest.param([GOOD | {"paraphrases": [1]}], id="no text"),
    ],
)
def test_a_faulty_file_is_refused(write, rows):
    with pytest.raises(DatasetError):
        read_prompts(write(*rows))


def test_a_story_is_told_in_other_words_with_the_same_numbers():
    found = draw_prompts(60, seed=0)
    assert len({prompt.problem for prompt in found}) == 60
    assert all(prompt.problem not in prompt.paraphrases for prompt in found)
    answered = [prompt for prompt in found if prompt.item.answer != UNKNOWN]
    assert all(prompt.paraphrases for prompt in answered)


def test_what_cannot_be_answered_is_told_once():
    found = [one for one in draw_prompts(60, seed=0) if one.item.answer == UNKNOWN]
    assert found
    assert not any(prompt.paraphrases for prompt in found)


def test_the_same_seed_draws_the_same_prompts():
    assert draw_prompts(3, seed=5) == draw_prompts(3, seed=5)


def test_stories_that_cannot_bring_so_many_say_so(monkeypatch):
    monkeypatch.setattr("engine.training.drift.prompt.shipped_stories", lambda: ("story",))
    monkeypatch.setattr("engine.training.drift.prompt._tell", lambda *_: None)
    with pytest.raises(DatasetError):
        draw_prompts(1, seed=0)
