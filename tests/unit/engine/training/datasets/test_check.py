"""A check reports everything that is wrong, and labels that words alone give away."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from engine.training.datasets.check import check_files
from engine.training.datasets.file import write_examples
from engine.training.datasets.report import render_check
from engine.training.datasets.sieve import PersonalPolicy, Sieve, SieveSettings
from tests.unit.engine.training.datasets.made_up import ONE_OF_EACH, judged, talk, twins


def checked(*paths, artefacts=False):
    sieve = Sieve(SieveSettings(personal=PersonalPolicy.REPORT))
    return check_files(paths, sieve, watch=lambda _: None, artefacts=artefacts)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "set.jsonl"


def chains(rng, *, giveaway):
    """Right and wrong chains of made-up questions, told apart by a word or by numbers only."""
    for n in range(120):
        a, b = rng.randint(2, 90), rng.randint(2, 90)
        for is_right in (True, False):
            word = "sum" if is_right or not giveaway else "mistake"
            yield replace(
                judged(n_right=int(is_right), is_right=is_right, fault=None),
                question=f"Ann has {a} and Ben {b} of {n}.",
                steps=(f"{word}={a}+{b + (not is_right)}",),
            )


def test_a_sound_file_is_clean(path):
    write_examples(path, ONE_OF_EACH)
    report = checked(path)

    assert report.is_clean
    assert report.kinds == {"conversation": 2, "preference": 1, "steps": 1, "claims": 1}
    assert render_check(report, is_screened=True).splitlines() == [
        "5 examples (1 claims, 2 conversation, 1 preference, 1 steps)",
        "clean",
    ]


def test_a_file_without_examples_is_not_clean(path):
    path.write_text("")
    assert not checked(path).is_clean


def test_near_duplicates_are_reported_and_no_fault(path):
    words = " ".join(f"word{n}" for n in range(60))
    write_examples(path, [talk(words), talk(f"{words} more")])
    report = checked(path)

    assert report.is_clean
    assert "near-duplicate: 1" in render_check(report, is_screened=True)


def test_everything_wrong_is_reported_with_its_first_place(path):
    write_examples(path, [talk(), talk(), talk("Is it 8.8.8.8?"), talk(reply=" ")])
    with path.open("a") as file:
        file.write("no row\n{}\n")
    report = checked(path)
    lines = render_check(report, is_screened=False).splitlines()

    assert not report.is_clean
    assert report.n_unreadable == 2
    for start in (
        f"unreadable: 2; the first: {path}, line 5: not JSON",
        f"breaks-a-rule: 1; the first: {path}, line 4",
        f"duplicate: 1; the first: {path}, line 2",
        f"empty-text: 1; the first: {path}, line 4: turn 2 says nothing",
        f"ip-address: 1; the first: {path}, line 3",
        "not screened",
        "not clean",
    ):
        assert any(line.startswith(start) for line in lines), start


@pytest.mark.parametrize("giveaway", [True, False], ids=["a word tells", "numbers tell"])
def test_labels_that_words_give_away_are_found(path, giveaway):
    write_examples(path, chains(Random(1), giveaway=giveaway))
    report = checked(path, artefacts=True)
    [artefact] = report.artefacts

    assert (artefact.name, artefact.n_examples) == ("steps", 240)
    assert artefact.is_found == giveaway
    assert report.is_clean == (not giveaway)
    verdict = "words alone tell them apart" if giveaway else "sound"
    assert verdict in render_check(report, is_screened=True)


def test_few_questions_do_not_tell(path):
    write_examples(path, [twins()])
    [artefact] = checked(path, artefacts=True).artefacts

    assert (artefact.auroc, artefact.is_found) == (None, False)
