"""Packed rows are the rows that were drawn, and come again when they have all been read."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from engine.training.feed import ShardMaker, ShardRecipe
from engine.training.mixture import CPU_MIXTURE, Mixture, Part
from engine.training.pack import InvalidPackError, PackedFeed, read_record, write_pack


@pytest.fixture
def recipe(corpus_paths, tokenizer, tmp_path):
    tokenizer.save_pretrained(tmp_path / "tokenizer")
    return ShardRecipe(
        paths=corpus_paths,
        mixture=CPU_MIXTURE,
        tokenizer=tmp_path / "tokenizer",
        seed=1,
        n_rows=16,
    )


@pytest.fixture
def pack(recipe, tmp_path):
    write_pack(tmp_path / "pack", recipe, n_tokens=2_000, n_processes=1)
    return tmp_path / "pack"


def test_a_pack_holds_what_was_drawn(pack, recipe):
    read = list(islice(PackedFeed(pack, n_rows=16).shards(0, 1), 2))
    for number, shard in enumerate(read):
        made = ShardMaker(recipe).make(number)
        assert np.array_equal(shard.ids, made.ids)
        assert np.array_equal(shard.lengths, made.lengths)


def test_a_pack_is_read_again_from_its_beginning(pack):
    feed = PackedFeed(pack, n_rows=16)
    shards = list(islice(feed.shards(0, 1), feed.n_shards + 1))
    assert np.array_equal(shards[0].ids, shards[-1].ids)


def test_a_shard_is_never_larger_than_the_pack(pack):
    feed = PackedFeed(pack, n_rows=10**9)
    assert feed.n_shards == 1
    assert len(next(feed.shards(0, 1)).lengths) == read_record(pack)["rows"]


def test_a_pack_says_what_it_is(pack):
    record = read_record(pack)
    assert record["tokens"] >= 2_000
    assert record["mixture"]["gsm8k"] == dict(CPU_MIXTURE.shares)[Part.GSM8K]
    assert (pack / "tokenizer" / "tokenizer.json").exists()


def test_several_processes_pack_the_same(pack, recipe, tmp_path):
    # Families alone, so that the processes have little to read.
    given = replace(recipe, mixture=Mixture(shares=((Part.FAMILIES, 1.0),)))
    found = []
    for n_processes in (1, 2):
        folder = tmp_path / str(n_processes)
        write_pack(folder, given, n_tokens=3_000, n_processes=n_processes)
        found.append((folder / "ids.u16").read_bytes())
    assert found[0] == found[1]


def test_what_is_no_pack_is_refused(tmp_path):
    with pytest.raises(InvalidPackError):
        PackedFeed(tmp_path, n_rows=1)
    with pytest.raises(InvalidPackError):
        read_record(tmp_path)
