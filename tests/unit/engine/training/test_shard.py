"""A shard is reproducible, keeps to the shares, and its rows can all be read."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from engine.training import rows
from engine.training.corpus import CorpusPaths, load_corpus
from engine.training.mixture import CPU_MIXTURE, Mixture, Part
from engine.training.shard import draw_rows, encode, list_sources

KINDS = {
    rows.Solved: "solved",
    rows.Declined: "declined",
    rows.Judged: "judged",
    rows.Claimed: "claimed",
    rows.Decomposed: "decomposed",
    rows.Called: "called",
}


@pytest.fixture(scope="module")
def drawn(corpus):
    return list(draw_rows(corpus, CPU_MIXTURE, seed=1, shard=3, n_rows=300))


def test_a_shard_is_always_the_same(corpus, drawn):
    assert drawn == list(draw_rows(corpus, CPU_MIXTURE, seed=1, shard=3, n_rows=300))
    other = list(draw_rows(corpus, CPU_MIXTURE, seed=1, shard=4, n_rows=20))
    assert drawn[:20] != other


def test_every_row_can_be_read_back(drawn):
    for text in drawn:
        assert rows.render(rows.read(text)) == text


def test_every_kind_of_row_is_drawn(drawn):
    kinds = Counter(KINDS[type(rows.read(text))] for text in drawn)
    assert {"solved", "declined", "judged", "claimed", "decomposed"} <= kinds.keys()


def test_what_is_absent_is_left_out():
    sources = list_sources(load_corpus(CorpusPaths()))
    assert Part.FAMILIES in sources
    assert not {Part.GSM8K, Part.MAWPS, Part.EQUATIONS} & sources.keys()


def test_shares_are_of_tokens_however_long_the_rows(corpus, tokenizer):
    mixture = Mixture(shares=((Part.FAMILIES, 0.6), (Part.CLAIMS, 0.4)))
    texts = list(draw_rows(corpus, mixture, seed=0, shard=0, n_rows=400))
    n_tokens = Counter()
    for text in texts:
        is_claim = isinstance(rows.read(text), rows.Claimed)
        n_tokens[is_claim] += len(tokenizer(text)["input_ids"])
    assert n_tokens[True] / n_tokens.total() == pytest.approx(0.4, abs=0.05)


def test_rows_are_encoded_one_after_the_other(drawn, tokenizer):
    shard = encode(tokenizer.backend_tokenizer, drawn[:8])
    assert shard.ids.dtype == shard.lengths.dtype == np.uint16
    ends = [*shard.starts[1:], len(shard.ids)]
    texts = [
        tokenizer.decode(shard.ids[start:end])
        for start, end in zip(shard.starts, ends, strict=True)
    ]
    assert texts == drawn[:8]
