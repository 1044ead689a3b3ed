"""A shard's rows come in full batches of few widths, weighted by what can be learnt from them."""

from __future__ import annotations

import pytest

from engine.training.batches import QUESTION_WEIGHT, WIDTHS, shard_batches
from engine.training.corpus import draw_rows

MAX_TOKENS = 2_048
N_ROWS = 8_192


@pytest.fixture(scope="module")
def batches(corpus, tokenizer):
    return list(
        shard_batches(corpus, tokenizer, seed=1, shard=0, n_rows=N_ROWS, max_tokens=MAX_TOKENS)
    )


def test_batches_have_few_shapes(batches):
    assert {batch.ids.shape[1] - 1 for batch in batches} <= set(WIDTHS)
    for batch in batches:
        assert batch.ids.shape[0] == MAX_TOKENS // (batch.ids.shape[1] - 1)
        assert batch.ids.shape == batch.weights.shape


def test_rows_are_whole_and_appear_once(batches, corpus, tokenizer):
    texts = [
        tokenizer.decode(row[weights > 0])
        for batch in batches
        for row, weights in zip(batch.ids, batch.weights, strict=True)
    ]
    drawn = set(draw_rows(corpus, seed=1, shard=0, n_rows=N_ROWS))
    assert set(texts) <= drawn
    assert len(texts) > 0.95 * N_ROWS
    assert len(texts) - len(set(texts)) <= N_ROWS - len(drawn)


def test_questions_weigh_less_than_programs_and_padding_nothing(batches, tokenizer):
    batch = batches[0]
    row, weights = batch.ids[0], batch.weights[0]
    question, _, program = tokenizer.decode(row).partition("<prog>")
    n_question = len(tokenizer(question + "<prog>")["input_ids"])
    n_program = len(tokenizer(program.partition("</s>")[0] + "</s>")["input_ids"])
    expected = [QUESTION_WEIGHT] * n_question + [1.0] * n_program
    expected += [0.0] * (len(row) - len(expected))
    assert weights.tolist() == pytest.approx(expected)


def test_the_order_of_batches_is_shuffled(batches):
    widths = [batch.ids.shape[1] for batch in batches]
    assert widths != sorted(widths)
