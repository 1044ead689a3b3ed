"""Words and shape alone do not tell true from false, and the measure would notice if they did."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from engine.training.emission.artefact import (
    MAX_AUROC,
    Labelled,
    label_chains,
    label_claims,
    masked,
    measure_auroc,
)
from engine.training.emission.chain import emit_chains
from engine.training.emission.claim import emit_claims
from engine.training.generate import draw_problem
from engine.training.problem import Split


@pytest.fixture(scope="module")
def problems():
    rng = Random(12)
    return [draw_problem(rng, Split.TRAIN) for _ in range(300)]


def test_words_do_not_tell_true_claims_from_false_ones(problems):
    rng = Random(1)
    claims = [twins for problem in problems for twins in emit_claims(problem, rng)]
    assert measure_auroc(label_claims(claims)) <= MAX_AUROC


def test_shape_does_not_tell_right_chains_from_wrong_ones(problems):
    rng = Random(2)
    rows = label_chains(chain for problem in problems for chain in emit_chains(problem, rng))
    assert measure_auroc(rows) <= MAX_AUROC
    alone = [replace(row, text=row.text.rpartition("\n")[2]) for row in rows]
    assert measure_auroc(alone) <= MAX_AUROC


def test_a_word_that_gives_the_label_away_is_noticed():
    rows = [
        Labelled(
            text=f"it {'certainly' if right else 'maybe'} is {n}", is_right=right, group=str(n)
        )
        for n in range(60)
        for right in (True, False)
    ]
    assert measure_auroc(rows) > 0.95


def test_numbers_are_masked():
    assert masked("1,200 pears at $2.50 are 3000; a=4*5.5") == "# pears at # are #; a=#*#"
