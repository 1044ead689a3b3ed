"""One token a digit, one a mark, and every text comes back."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.training.row_format import END, MARKS, RESERVED
from engine.training.tokenizer import VOCABULARY_SIZE, token_id


def test_the_vocabulary_has_its_size(tokenizer):
    assert len(tokenizer) == VOCABULARY_SIZE


def test_every_digit_is_a_token(tokenizer):
    ids = tokenizer("a=4829/17")["input_ids"]
    assert [tokenizer.decode([i]) for i in ids if tokenizer.decode([i]).strip().isdigit()] == list(
        "482917"
    )


def test_every_mark_is_one_token(tokenizer):
    for mark in (*MARKS, *RESERVED, END):
        assert tokenizer(mark)["input_ids"] == [token_id(tokenizer, mark)]


def test_nothing_is_put_around_a_text(tokenizer):
    prompt = "<q>How many?<prog>"
    assert tokenizer.decode(tokenizer(prompt)["input_ids"]) == prompt


def test_marks_stay_when_special_tokens_are_skipped(tokenizer):
    ids = tokenizer("<q>2<prog>a=1<ans>a</s>")["input_ids"]
    assert tokenizer.decode(ids, skip_special_tokens=True) == "<q>2<prog>a=1<ans>a"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=60))
def test_every_text_comes_back(tokenizer, text):
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
