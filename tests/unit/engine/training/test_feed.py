"""Rows made aside are the rows that would be made here, one shard ahead."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from engine.training.feed import BackgroundFeed, FeedError, ShardMaker, ShardRecipe
from engine.training.mixture import CPU_MIXTURE


@pytest.fixture
def recipe(corpus_paths, tokenizer, tmp_path):
    tokenizer.save_pretrained(tmp_path)
    return ShardRecipe(
        paths=corpus_paths, mixture=CPU_MIXTURE, tokenizer=tmp_path, seed=1, n_rows=16
    )


def test_shards_made_aside_are_the_same(recipe):
    aside = list(islice(BackgroundFeed(recipe).shards(1, 2), 2))
    here = list(islice(ShardMaker(recipe).shards(1, 2), 2))
    for made, expected in zip(aside, here, strict=True):
        assert np.array_equal(made.ids, expected.ids)
        assert np.array_equal(made.lengths, expected.lengths)
    assert not np.array_equal(here[0].ids, here[1].ids)


def test_the_end_of_the_maker_is_an_error(recipe, tmp_path, capfd):
    (tmp_path / "tokenizer.json").unlink()
    with pytest.raises(FeedError):
        next(BackgroundFeed(recipe).shards(0, 1))
    assert "No such file" in capfd.readouterr().err
