"""Trees are read back as they were written, end for every input, and refuse what would not."""

from __future__ import annotations

import json
import math

import pytest

from engine.domain.errors import CalibrationError
from engine.verify.boosted_trees import BoostedTrees, Tree
from engine.verify.log_linear import LogLinear
from engine.verify.shape_model import JUDGED, ShapeFitting, ShapeModel, read_shape_model
from engine.verify.slot import SlotKind

STUMP = Tree(
    features=(1, -1, -1),
    thresholds=(0.5, 0.0, 0.0),
    left=(1, 0, 0),
    right=(2, 0, 0),
    values=(0.0, -1.0, 2.0),
)
N_FEATURES = len(JUDGED)
WORDS = {
    SlotKind.ASKED: LogLinear(fillers=("+", "-"), bias=(0.5, 0.0), weights={"left": (-1.0, 1.0)})
}
FITTING = ShapeFitting(n_chains=4, n_questions=2, n_right=2, systems=("one@0.8",))


def model(n_features=N_FEATURES, trees=(STUMP,), words=WORDS):
    fitted = BoostedTrees(n_features=n_features, bias=0.25, trees=trees)
    return ShapeModel(name="shape", words=words, trees=fitted, fitting=FITTING)


@pytest.mark.parametrize(("value", "log_odds"), [(0.5, -0.75), (0.51, 2.25)])
def test_up_to_the_threshold_the_left_leaf_counts(value, log_odds):
    trees = BoostedTrees(n_features=2, bias=0.25, trees=(STUMP,))

    assert trees.at((9.0, value)) == pytest.approx(1 / (1 + math.exp(-log_odds)))


def test_without_a_tree_the_bias_is_all():
    assert BoostedTrees(n_features=1, bias=0.0, trees=()).at((3.0,)) == 0.5


def test_an_artefact_reads_back_as_it_was_written():
    written = model()

    assert read_shape_model(json.loads(json.dumps(written.to_data()))) == written


def test_other_trees_or_words_have_another_version():
    assert (
        len({model().version, model(trees=(STUMP, STUMP)).version, model(words={}).version}) == 3
    )


def test_what_the_words_lead_to_expect_counts():
    place = JUDGED.index("asked_least_margin")
    stump = Tree(
        features=(place, -1, -1),
        thresholds=(-0.5, 0.0, 0.0),
        left=(1, 0, 0),
        right=(2, 0, 0),
        values=(0.0, -3.0, 3.0),
    )
    question = "Ann has 9 cups and loses 4. How many are left?"
    judge = model(trees=(stump,))

    assert judge.score(question, "a=9-4", "5") > 0.5 > judge.score(question, "a=9+4", "13")


@pytest.mark.parametrize(
    "change",
    [
        {"features": ()},
        {"left": (1, 0)},
        {"left": (0, 0, 0)},
        {"right": (3, 0, 0)},
        {"values": (0.0, math.nan, 0.0)},
    ],
    ids=["empty", "short", "circle", "beyond", "not finite"],
)
def test_a_tree_that_would_not_end_is_refused(change):
    columns = {name: getattr(STUMP, name) for name in Tree.__slots__}
    with pytest.raises(CalibrationError):
        Tree(**{**columns, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"format": 1},
        {"features": list(JUDGED[:-1])},
        {"words": {"colour": {}}},
        {"words": {"asked": {"fillers": ["+"]}}},
        {"words": []},
        {"model": {}},
        {"model": {**model().trees.to_data(), "n_features": 1}},
        {"model": {**model().trees.to_data(), "bias": math.inf}},
        {"fitting": None},
        {"model": {"n_features": len(JUDGED), "bias": 0, "trees": [{"features": [0]}]}},
    ],
)
def test_what_is_no_judge_of_shapes_is_refused(change):
    with pytest.raises(CalibrationError):
        read_shape_model({**model().to_data(), **change})


def test_trees_over_other_features_are_refused():
    with pytest.raises(CalibrationError, match="features"):
        model(n_features=2)
