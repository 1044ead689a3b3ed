"""A shard's rows come in full batches of few widths, weighted by what can be learnt from them."""

from __future__ import annotations

from random import Random

import pytest
import torch

from engine.training.batches import (
    LABEL_WEIGHT,
    QUESTION_WEIGHT,
    WIDTHS,
    marks_of,
    shard_batches,
    weigh,
)
from engine.training.mixture import CPU_MIXTURE
from engine.training.shard import draw_rows, encode

MAX_TOKENS = 512
N_ROWS = 1_024


def as_float32(number):
    return float(torch.tensor(number))


@pytest.fixture(scope="module")
def texts(corpus):
    return list(draw_rows(corpus, CPU_MIXTURE, seed=1, shard=0, n_rows=N_ROWS))


@pytest.fixture(scope="module")
def batches(texts, tokenizer):
    shard = encode(tokenizer.backend_tokenizer, texts)
    order = Random(0)
    return list(shard_batches(shard, marks_of(tokenizer), order=order, max_tokens=MAX_TOKENS))


def weights_of(tokenizer, text):
    """The weight of each token of a row, as one text a token and one number."""
    ids = torch.tensor([[*tokenizer(text)["input_ids"], tokenizer.pad_token_id]])
    tokens = tokenizer.convert_ids_to_tokens(ids[0])
    return list(zip(tokens, weigh(ids, marks_of(tokenizer))[0].tolist(), strict=True))


def test_batches_have_few_shapes(batches):
    assert {batch.ids.shape[1] - 1 for batch in batches} <= set(WIDTHS)
    for batch in batches:
        assert batch.ids.shape[0] == MAX_TOKENS // (batch.ids.shape[1] - 1)
        assert batch.ids.shape == batch.weights.shape


def test_rows_are_whole_and_appear_once(batches, texts, tokenizer):
    pad = tokenizer.pad_token_id
    found = [tokenizer.decode(row[row != pad]) for batch in batches for row in batch.ids]
    assert set(found) <= set(texts)
    assert len(found) > 0.9 * N_ROWS
    assert len(found) - len(set(found)) <= N_ROWS - len(set(texts))


def test_the_order_of_batches_is_shuffled(batches):
    widths = [batch.ids.shape[1] for batch in batches]
    assert widths != sorted(widths)


def test_questions_weigh_less_than_programs_and_padding_nothing(tokenizer):
    weights = weights_of(tokenizer, "<q>How many?<prog>a=1+2<ans>a</s>")
    split = [token for token, _ in weights].index("<prog>")
    assert {weight for _, weight in weights[: split + 1]} == {as_float32(QUESTION_WEIGHT)}
    assert {weight for _, weight in weights[split + 1 : -1]} == {1.0}
    assert weights[-1] == ("<pad>", 0.0)


def test_of_what_is_checked_only_the_label_is_learnt(tokenizer):
    weights = weights_of(tokenizer, "<q>How many?<prog>a=1-2<ans>a<check><no></s>")
    places = dict(weights)
    assert places["<q>"] == as_float32(QUESTION_WEIGHT)
    assert places["<prog>"] == places["<ans>"] == places["<check>"] == 0.0
    assert places["<no>"] == LABEL_WEIGHT


def test_a_claim_is_read_and_its_label_learnt(tokenizer):
    places = dict(weights_of(tokenizer, "<claim>Two is one.<check><no></s>"))
    assert places["<claim>"] == places["<check>"] == as_float32(QUESTION_WEIGHT)
    assert places["<no>"] == LABEL_WEIGHT


def test_sub_questions_are_learnt(tokenizer):
    weights = weights_of(tokenizer, "<q>All?<step>One?<prog>a=1+1<ans>a</s>")
    split = [token for token, _ in weights].index("<step>")
    assert {weight for _, weight in weights[split + 1 : -1]} == {1.0}


def test_a_tools_result_is_not_learnt_and_neither_is_its_mark(tokenizer):
    text = '<tool>search plot<q>Who?<tool>search{"a":"7"}<result>8 9<ans>8</s>'
    weights = weights_of(tokenizer, text)
    tokens = [token for token, _ in weights]
    call, result, answer = tokens.index("<q>"), tokens.index("<result>"), tokens.index("<ans>")
    second = tokens.index("<tool>", call)
    assert {weight for _, weight in weights[: second + 1]} == {as_float32(QUESTION_WEIGHT)}
    assert {weight for _, weight in weights[second + 1 : result]} == {1.0}
    assert {weight for _, weight in weights[result:answer]} == {0.0}
    assert {weight for _, weight in weights[answer:-1]} == {1.0}
