"""The command counts, checks and shows stories."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from click.testing import CliRunner

from engine.training.stories.commands import stories


@pytest.fixture
def bakery_file(tmp_path, bakery):
    path = tmp_path / "food.toml"
    path.write_text(bakery, encoding="utf-8")
    return path


def test_a_good_file_is_counted(bakery_file):
    result = CliRunner().invoke(stories, [str(bakery_file), "--check"])
    assert result.exit_code == 0
    assert "food" in result.stdout


def test_faults_are_listed_and_fail_the_command(bakery_file, bakery):
    bakery_file.write_text(bakery.replace("n*k :", "n*q :"), encoding="utf-8")
    result = CliRunner().invoke(stories, [str(bakery_file)])
    assert result.exit_code == 1
    assert "food.toml:10: [bakery-trays]" in result.stderr


def test_problems_are_shown_with_their_answers(bakery_file):
    result = CliRunner().invoke(stories, [str(bakery_file), "--show", "6"])
    assert result.stdout.count("stories.food.bakery-trays") == 6
    assert "answer=" in result.stdout


def test_nothing_is_shown_of_a_story_that_is_not_there(bakery_file):
    result = CliRunner().invoke(stories, [str(bakery_file), "--story", "x", "--show", "6"])
    assert result.stdout == ""
    assert result.exit_code == 1
    assert "no story is called x" in result.stderr


def test_half_of_a_screen_is_refused(bakery_file):
    half = ["--check", "--screen-exact", str(bakery_file)]
    assert CliRunner().invoke(stories, [str(bakery_file), *half]).exit_code == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "there is no story", id="empty"),
        pytest.param(b"\xff", "not UTF-8", id="no text"),
        pytest.param(b"[a", "food.toml:1: ", id="no TOML"),
    ],
)
def test_a_file_that_holds_no_story_fails_in_one_line(bakery_file, content, words):
    bakery_file.write_bytes(content)
    result = CliRunner().invoke(stories, [str(bakery_file)])
    assert result.exit_code == 1
    assert words in result.stderr.splitlines()[-1]


def test_a_story_that_repeats_what_is_held_back_fails(tmp_path, bakery_file, bakery):
    wording = "What do people in this small town pay for bread in the other bakery?"
    text = bakery.replace("How much does one of the {roll} cost?", wording)
    bakery_file.write_text(text, encoding="utf-8")
    window = " ".join(wording.lower().split()[:13])
    held = int.from_bytes(hashlib.blake2b(window.encode(), digest_size=8).digest(), "big")
    exact, windows = tmp_path / "exact.npy", tmp_path / "windows.npy"
    np.save(exact, np.zeros(0, dtype=np.uint64))
    np.save(windows, np.array([held], dtype=np.uint64))
    screen = ["--screen-exact", str(exact), "--screen-13gram", str(windows)]
    result = CliRunner().invoke(stories, [str(bakery_file), "--check", *screen])
    assert result.exit_code == 1
    assert "repeats text that is held back" in result.stderr
