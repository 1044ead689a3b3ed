"""Texts that nearly repeat an earlier one are told from those that only resemble it."""

from __future__ import annotations

from random import Random

import pytest

from engine.training.datasets import near_duplicate
from engine.training.datasets.near_duplicate import NearDuplicates

WORDS = [f"word{index}" for index in range(400)]


def make_text(rng, n_words=120):
    return " ".join(rng.choices(WORDS, k=n_words))


def with_changes(text, n_changes, rng):
    words = text.split()
    for place in rng.sample(range(len(words)), n_changes):
        words[place] = "changed"
    return " ".join(words)


def true_share(one, other):
    first, second = near_duplicate._shingles(one), near_duplicate._shingles(other)
    return len(first & second) / len(first | second)


def test_the_same_words_are_no_news():
    seen = NearDuplicates(0.8)

    assert seen.is_new("Ann has 5 apples, and Ben has 7 of them.")
    assert not seen.is_new("ANN has 5 apples and Ben has 7... of them!")


def test_another_text_is_new():
    seen = NearDuplicates(0.8)
    rng = Random(1)

    assert all(seen.is_new(make_text(rng)) for _ in range(300))


def test_one_changed_word_is_near():
    rng = Random(2)
    texts = [make_text(rng) for _ in range(200)]
    seen = NearDuplicates(0.8)
    for text in texts:
        seen.is_new(text)

    n_found = sum(not seen.is_new(with_changes(text, 1, rng)) for text in texts)
    assert n_found >= 196


def test_a_half_changed_text_is_new():
    rng = Random(3)
    texts = [make_text(rng) for _ in range(200)]
    seen = NearDuplicates(0.8)
    for text in texts:
        seen.is_new(text)
    changed = [with_changes(text, 10, rng) for text in texts]

    assert max(true_share(*pair) for pair in zip(texts, changed, strict=True)) < 0.7
    assert sum(seen.is_new(text) for text in changed) >= 198


def test_short_texts_are_compared_whole():
    seen = NearDuplicates(0.8)

    assert seen.is_new("Why?")
    assert not seen.is_new("why")
    assert seen.is_new("Why not?")
    assert seen.is_new("")


def test_many_alike_texts_are_compared_with_a_bounded_number(monkeypatch):
    compared = []
    original = NearDuplicates._share
    monkeypatch.setattr(
        NearDuplicates, "_share", lambda self, *pair: compared.append(1) or original(self, *pair)
    )
    monkeypatch.setattr(near_duplicate, "MAX_COMPARED", 4)
    seen = NearDuplicates(1.01)
    for _ in range(100):
        seen.is_new("always the same seven words in here")

    assert len(compared) <= 100 * 4


@pytest.mark.parametrize("seed", range(3), ids=str)
def test_the_estimate_is_near_the_true_share(seed):
    rng = Random(seed)
    one = make_text(rng)
    other = with_changes(one, 4, rng)
    seen = NearDuplicates(0.5)
    seen.is_new(one)

    assert seen._share(seen._sign(other), 0) == pytest.approx(true_share(one, other), abs=0.15)
