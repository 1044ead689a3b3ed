"""The formulas by which a path is followed, by hand."""

from __future__ import annotations

import math

import pytest

from engine.domain.ids import NodeId
from engine.search.trees.node import ROOT, TreeNode
from engine.search.trees.selection import Bonus, InFlight, Selection, weigh_priors

PARENT = TreeNode(node_id=ROOT, parent_id=None, depth=0, rank=-1, visits=10, total=6.0)


def _child(name="c", *, visits=4, total=3.0, **fields):
    return TreeNode(
        node_id=NodeId(name), parent_id=ROOT, depth=1, rank=0, visits=visits, total=total, **fields
    )


def test_uct_adds_c_sqrt_ln_n_parent_over_n():
    score = Selection(exploration=1.4).score(PARENT, _child(), 0.0)

    assert score == pytest.approx(0.75 + 1.4 * math.sqrt(math.log(10) / 4))


def test_puct_grows_with_the_prior_and_shrinks_with_visits():
    score = Selection(bonus=Bonus.PUCT).score(PARENT, _child(), 0.3)
    growth = math.log((10 + 19652 + 1) / 19652) + 1.25

    assert score == pytest.approx(0.75 + growth * 0.3 * math.sqrt(10) / 5)


def test_what_was_never_visited_comes_first():
    assert Selection().score(PARENT, _child(visits=0, total=0.0), 0.0) == math.inf


def test_puct_expects_the_parents_mean_of_what_was_never_visited():
    score = Selection(bonus=Bonus.PUCT).score(PARENT, _child(visits=0, total=0.0), 0.0)

    assert score == pytest.approx(0.6)


def test_a_path_in_flight_is_held_to_be_a_lost_visit():
    score = Selection(virtual_loss=1.0).score(PARENT, _child(n_aloft=2), 0.0)

    assert score == pytest.approx((3 - 2) / 6 + 1.4 * math.sqrt(math.log(10) / 6))


def test_counting_leaves_the_mean_alone():
    counted = Selection(in_flight=InFlight.COUNT)

    assert counted.score(PARENT, _child(n_aloft=2), 0.0) == pytest.approx(
        0.75 + 1.4 * math.sqrt(math.log(10) / 6)
    )


def test_priors_are_the_softmax_of_mean_log_probabilities():
    siblings = [_child("a", mean_logprob=-1.0), _child("b", mean_logprob=-2.0), _child("c")]
    priors = weigh_priors(siblings)
    total = 1 + 2 * math.exp(-1)

    # What has none counts as the least probable.
    assert priors == pytest.approx(
        {"a": 1 / total, "b": math.exp(-1) / total, "c": math.exp(-1) / total}
    )


def test_without_log_probabilities_all_priors_are_alike():
    assert set(weigh_priors([_child("a"), _child("b")]).values()) == {0.5}
