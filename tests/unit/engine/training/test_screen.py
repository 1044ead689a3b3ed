"""Held-back text is found whole, in pieces, and behind other numbers."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from engine.training.screen import WINDOW_WORDS, empty_screen, load_screen

HELD_BACK = (
    "A farmer has 12 red hens and 30 white geese on the hill and he sells 5 of them at noon."
)
SHORT = "What is 3 plus 4.5?"


def hash_of(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


@pytest.fixture
def screen(tmp_path):
    words = [word for word in HELD_BACK.lower().rstrip(".").split() if word.isalpha()]
    windows = [words[i : i + WINDOW_WORDS] for i in range(len(words) - WINDOW_WORDS + 1)]
    exact = np.array([hash_of("what is 3 plus 4.5")], dtype=np.uint64)
    grams = np.array([hash_of(" ".join(window)) for window in windows], dtype=np.uint64)
    np.save(tmp_path / "exact.npy", exact)
    np.save(tmp_path / "windows.npy", grams)
    return load_screen(tmp_path / "exact.npy", tmp_path / "windows.npy")


@pytest.mark.parametrize(
    "question",
    [
        pytest.param(HELD_BACK, id="whole"),
        pytest.param(HELD_BACK.replace("12", "77").upper(), id="other numbers and case"),
        pytest.param(f"Listen. {HELD_BACK} How many are left?", id="inside another text"),
        pytest.param(SHORT, id="exact"),
        pytest.param("what IS 3 -- plus 4.5", id="exact but for marks"),
    ],
)
def test_held_back_text_is_found(screen, question):
    assert screen.hits(question)


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("What is 3 plus 4?", id="another number"),
        pytest.param(" ".join(HELD_BACK.split()[:12]), id="twelve words"),
        pytest.param("", id="empty"),
    ],
)
def test_other_text_passes(screen, question):
    assert not screen.hits(question)


def test_an_empty_screen_holds_nothing_back():
    assert not empty_screen().hits(HELD_BACK)
