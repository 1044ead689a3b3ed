"""Questions are held back whole or in part; short replies are not taken for short questions."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from engine.training.datasets.held_back import is_held_back_exactly, shares_held_back_words
from engine.training.screen import Screen, empty_screen
from tests.unit.engine.training.datasets.made_up import judged, prefer, talk, twins

QUOTED = "the old miller carried two sacks of rye across the bridge before noon today"


def hashes(*texts):
    digests = (hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts)
    return np.sort(np.array([int.from_bytes(d, "big") for d in digests], dtype=np.uint64))


@pytest.fixture
def screen():
    windows = [" ".join(QUOTED.split()[i : i + 13]) for i in range(2)]
    # A held-back question of numbers alone leaves no word at all.
    return Screen(exact=hashes("what is 7 times 8"), windows=hashes(*windows, "", "it is"))


def test_a_held_back_question_is_found_exactly(screen):
    assert is_held_back_exactly(talk("What is 7 times 8?"), screen)
    assert not is_held_back_exactly(talk("What is 7 times 9?"), screen)
    assert not is_held_back_exactly(talk("Why?", "What is 7 times 8?"), screen)


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(talk(f"If {QUOTED}, how many?"), id="asked"),
        pytest.param(talk("Why?", f"Since {QUOTED}."), id="replied"),
        pytest.param(prefer(rejected=f"Since {QUOTED}."), id="rejected"),
        pytest.param(judged(steps=(QUOTED, "b=1")), id="step"),
        pytest.param(twins(true=QUOTED), id="claim"),
        pytest.param(talk("It is 5?"), id="short question"),
    ],
)
def test_held_back_words_are_found_wherever_they_stand(screen, example):
    assert shares_held_back_words(example, screen)


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(talk("Why?", "It is 5."), id="short reply"),
        pytest.param(talk("Why?", "42"), id="reply without words"),
        pytest.param(judged(steps=("1+1", "2+2")), id="steps without words"),
        pytest.param(twins(true="It is 5.", false="It is 6."), id="short claims"),
    ],
)
def test_short_replies_are_no_questions(screen, example):
    assert not shares_held_back_words(example, screen)


def test_a_claim_by_itself_is_a_question(screen):
    assert shares_held_back_words(replace(twins(true="It is 5."), question=""), screen)


def test_an_empty_screen_finds_nothing():
    assert not is_held_back_exactly(talk(), empty_screen())
    assert not shares_held_back_words(talk(), empty_screen())
