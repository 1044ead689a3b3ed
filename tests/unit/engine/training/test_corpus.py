"""The mixture is screened, reproducible, and made of what it was given."""

from __future__ import annotations

import dataclasses
import hashlib
from random import Random

import numpy as np
import pytest

from engine.training import corpus as corpus_module
from engine.training.corpus import CorpusPaths, draw_rows, draw_training_problem, load_corpus
from engine.training.human import N_DEV_ROWS
from engine.training.problem import Split, split_of


def test_without_data_every_problem_is_generated_from_training_templates():
    found = [draw_training_problem(load_corpus(CorpusPaths()), Random(7)) for _ in range(30)]
    assert {problem.source for problem in found} == {"generated"}
    assert {split_of(problem.template) for problem in found} == {Split.TRAIN}


def test_human_rows_are_mixed_in(corpus):
    rng = Random(1)
    given = dataclasses.replace(corpus, gsm8k=corpus.gsm8k_dev)
    sources = [draw_training_problem(given, rng).source for _ in range(400)]
    assert 20 < sources.count("gsm8k") < 80
    assert 2 < sources.count("mawps") < 30


def test_development_rows_are_not_trained(corpus):
    assert len(corpus.gsm8k_dev) == min(4, N_DEV_ROWS)
    assert corpus.gsm8k == ()


def test_held_back_rows_are_dropped_and_counted(corpus_paths, tmp_path):
    held_back = "vera had 31 pins. she lost 12 of them. how many pins does she have now"
    digest = hashlib.blake2b(held_back.encode(), digest_size=8).digest()
    np.save(tmp_path / "exact.npy", np.array([int.from_bytes(digest, "big")], dtype=np.uint64))
    np.save(tmp_path / "windows.npy", np.zeros(0, dtype=np.uint64))
    paths = dataclasses.replace(
        corpus_paths, screen_exact=tmp_path / "exact.npy", screen_windows=tmp_path / "windows.npy"
    )
    report = load_corpus(paths).report
    assert (report.n_mawps_programs, report.n_mawps_screened) == (2, 1)


def test_a_generated_problem_that_is_held_back_is_drawn_again(corpus):
    first = draw_training_problem(load_corpus(CorpusPaths()), Random(4))

    class OneHeldBack:
        def hits(self, question):
            return question == first.question

    given = dataclasses.replace(load_corpus(CorpusPaths()), screen=OneHeldBack())
    assert draw_training_problem(given, Random(4)).question != first.question


def test_a_shard_is_always_the_same(corpus):
    rows = list(draw_rows(corpus, seed=1, shard=3, n_rows=20))
    assert rows == list(draw_rows(corpus, seed=1, shard=3, n_rows=20))
    assert rows != list(draw_rows(corpus, seed=1, shard=4, n_rows=20))


@pytest.mark.parametrize("ratio", [corpus_module.GSM8K_RATIO, corpus_module.MAWPS_RATIO], ids=str)
def test_most_of_the_mixture_is_generated(ratio):
    assert 0 < ratio < 0.5
