"""What one outcome changes in a tree, and what it may never change."""

from __future__ import annotations

import dataclasses

import pytest

from engine.domain.errors import InvalidInputError, UnavailableAlgorithmError
from engine.domain.outcome import Opened
from engine.domain.problem import Problem
from engine.search.registry import create_algorithm, list_strategies
from engine.search.scoring import read_score
from engine.search.self_consistency import SelfConsistency
from engine.search.strategy import Offered
from engine.search.trees.ab_mcts import AbMcts
from engine.search.trees.harvest import Leaf, hold_vote
from engine.search.trees.judge import Judge, rate_agreement
from engine.search.trees.mcts import Mcts
from engine.search.trees.node import ROOT, NodeStatus
from engine.search.trees.rstar import RStar
from engine.search.trees.tot_bfs import TotBfs
from engine.search.trees.tot_dfs import TotDfs
from tests.unit.engine.search.cases.trees import CASES
from tests.unit.engine.search.simulation import Table, answer_of, fail, play, vote_for
from tests.unit.engine.search.world import World

EVERY = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
LARGE = {
    "mcts": Mcts(iterations=500, width=4, max_depth=12),
    "mcts-puct-verifier": Mcts(iterations=250, width=4, max_depth=12, scorer=Judge.VERIFIER),
    "ab-mcts": AbMcts(iterations=1000, max_depth=12, scorer=Judge.VERIFIER),
    "rstar": RStar(iterations=280, max_depth=10),
}
LITTLE = Offered(prompts=frozenset({"solve", "step"}))


@pytest.mark.parametrize("search", LARGE.values(), ids=LARGE.keys())
def test_an_outcome_changes_one_path_however_large_the_tree(search):
    world = World(depth=12, early=0.02, failures=0.02, seed=3)
    table = Table(search, order_seed=1, problem=Problem(text="?"))
    most = 0
    while not table.is_decided():
        table.launch(8 - len(table.aloft))
        before = table.state.nodes
        table.land(world)
        after = table.state.nodes
        most = max(most, sum(node is not before.get(name) for name, node in after.items()))

    assert len(table.opened) > 1000
    # A path, the path that is gone on from next, and a group of new paths; or the last samples.
    assert most <= 2 * 12 + 4 * 4 + 9


@EVERY
def test_an_outcome_of_a_trial_that_was_never_opened_changes_nothing(case):
    state = case.algorithm.start(Problem(text="?"))
    stray = play(case.algorithm, case.world).trials[0]

    assert case.algorithm.tell(state, fail(stray)) is state


@EVERY
def test_a_tree_forked_from_another_search_ends(case):
    inherited = play(SelfConsistency(samples=4), lambda trial: vote_for(trial, "b")).told
    played = play(case.algorithm, case.world, earlier=inherited)

    assert played.standing.is_decided
    assert "b" in {vote.answer.text for vote in played.standing.votes}


@EVERY
def test_another_search_may_go_on_with_a_forked_tree(case):
    inherited = play(case.algorithm, case.world).told
    for other in CASES.values():
        played = play(other.algorithm, other.world, earlier=inherited)

        assert played.standing.is_decided


def test_a_finished_search_goes_on_with_more_iterations():
    small, large = Mcts(iterations=4), Mcts(iterations=9)
    world = World(seed=8, depth=8, early=0.1)
    first = play(small, world)
    more = play(large, world, earlier=first.told)

    assert not set(first.computed) & set(more.computed)
    assert more.standing.is_decided
    assert more.standing.n_ended >= first.standing.n_ended
    assert len(more.computed) >= 5


def test_a_path_that_was_broken_off_is_not_gone_on_from_when_adopted():
    steps = play(Mcts(iterations=1, width=2, top=1), fail).told
    search = AbMcts(iterations=3, top=1)
    state = search.start(Problem(text="?"))
    for told in steps:
        state = search.tell(state, told)
    opened = {told.trial.node_id for told in steps if isinstance(told, Opened)}

    assert {state.nodes[name].status for name in opened if name in state.nodes} == {
        NodeStatus.DEAD
    }
    assert state.nodes[ROOT].n_aloft <= search.parallel


def test_votes_add_up_or_the_best_leaf_counts():
    leaves = [
        Leaf(answer=answer_of("a"), weight=0.6, rank=3),
        Leaf(answer=answer_of("b"), weight=0.4, rank=1),
        Leaf(answer=answer_of("b"), weight=0.4, rank=2),
    ]

    assert [vote.answer.text for vote in hold_vote(leaves)] == ["b", "a"]
    assert [vote.answer.text for vote in hold_vote(leaves, is_best=True)] == ["a", "b"]


def test_a_tie_goes_to_the_leaf_that_was_submitted_first():
    leaves = [
        Leaf(answer=answer_of("late"), weight=0.5, rank=9),
        Leaf(answer=answer_of("early"), weight=0.5, rank=2),
    ]

    assert hold_vote(leaves)[0].answer.text == "early"


def test_agreement_is_unknown_before_there_is_anybody_to_agree_with():
    assert rate_agreement(0, 0) == 0.5
    assert rate_agreement(3, 3) == pytest.approx(0.8)
    assert rate_agreement(0, 3) == pytest.approx(0.2)


def test_a_judge_that_broke_off_has_said_nothing():
    trial = play(Mcts(iterations=1), fail).trials[0]

    assert read_score(dataclasses.replace(fail(trial), score=1.0)) is None


def test_a_small_model_samples_and_needs_no_judge():
    bfs = create_algorithm("tot_bfs", {}, LITTLE)

    assert (bfs.generator, bfs.scorer) == ("sample", "likelihood")
    assert isinstance(create_algorithm("tot_dfs", {}, LITTLE), TotDfs)


def test_a_verifier_is_used_where_one_is_served():
    offered = dataclasses.replace(LITTLE, has_verifier=True)

    assert create_algorithm("mcts", {}, offered).scorer is Judge.VERIFIER
    assert create_algorithm("tot_bfs", {}, offered).scorer is Judge.VERIFIER


def test_a_model_that_knows_the_roles_proposes_and_judges():
    offered = dataclasses.replace(LITTLE, prompts=LITTLE.prompts | {"propose", "value"})

    assert create_algorithm("tot_bfs", {}, offered) == TotBfs()


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("tot_bfs", {"scorer": "value"}),
        ("tot_bfs", {"generator": "propose"}),
        ("tot_dfs", {"scorer": "vote"}),
        ("mcts", {"scorer": "verifier"}),
        ("ab_mcts", {"scorer": "value"}),
    ],
    ids=str,
)
def test_what_is_not_served_is_refused_with_the_reason(name, settings):
    with pytest.raises(UnavailableAlgorithmError, match=r"have no|no verifier"):
        create_algorithm(name, settings, LITTLE)


@pytest.mark.parametrize(
    ("make", "sizes"),
    [
        (Mcts, {"iterations": 1024, "width": 16, "scorer": Judge.VERIFIER}),
        (TotBfs, {"max_depth": 64, "breadth": 16, "thoughts": 16, "n_values": 8}),
        (TotDfs, {"max_visits": 1024, "thoughts": 16, "n_values": 8}),
        (RStar, {"iterations": 1024, "n_steps": 8, "n_rests": 8}),
    ],
    ids=["mcts", "tot_bfs", "tot_dfs", "rstar"],
)
def test_sizes_that_together_are_too_many_are_refused(make, sizes):
    with pytest.raises(InvalidInputError, match="lower one of its sizes"):
        make(**sizes)


def test_rstar_needs_its_actions():
    with pytest.raises(UnavailableAlgorithmError, match="reanswer, rephrase, subquestion"):
        create_algorithm("rstar", {}, LITTLE)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("mcts", {"scorer": "agreement"}),
        ("mcts", {"iterations": "many"}),
        ("mcts", {"bonus": "luck"}),
        ("mcts", {"exploration": "much"}),
        ("tot_bfs", {"breadth": 1.5}),
        ("rstar", {"n_rests": 0}),
        ("ab_mcts", {"parallel": 1000}),
    ],
    ids=str,
)
def test_a_bad_setting_is_refused(name, settings):
    everything = Offered(
        prompts=frozenset({"solve", "step", "subquestion", "reanswer", "rephrase", "value"}),
        has_verifier=True,
    )
    with pytest.raises(InvalidInputError):
        create_algorithm(name, settings, everything)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_settings_say_all_that_matters(case):
    schema = {s.name: s for s in list_strategies(Offered())}[case.algorithm.name].properties

    assert set(case.algorithm.settings()) == set(schema)
