"""rStar: five actions in their order, and answers that must be found twice."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.errors import InvalidInputError
from engine.domain.ids import NodeId
from engine.domain.problem import Problem
from engine.domain.trial import Work
from engine.search.trees.discrimination import find_cut
from engine.search.trees.node import ROOT, NodeStatus, Purpose, TreeNode, make_root
from engine.search.trees.rstar import RStar
from engine.search.trees.rstar_action import Action, list_actions
from tests.unit.engine.search.simulation import fail, play
from tests.unit.engine.search.trees.path_script import PathScript
from tests.unit.engine.search.world import World

LEGAL = {
    "": {"step", "rest", "subquestion", "rephrase"},
    "step": {"step", "rest"},
    "subquestion": {"step", "rest", "subquestion", "reanswer"},
    "reanswer": {"step", "rest", "subquestion"},
    "rephrase": {"step", "rest", "subquestion"},
}


def _grow(search, script):
    played = play(search, script)
    state = search.start(Problem(text="?"))
    for told in played.told:
        state = search.tell(state, told)
    return state


@pytest.mark.parametrize("prompt", [name for name in LEGAL if name], ids=str)
def test_an_action_follows_where_it_is_legal(prompt):
    node = TreeNode(node_id=NodeId("n"), parent_id=ROOT, depth=1, rank=0, prompt=prompt)

    assert set(list_actions(node, max_depth=5)) == LEGAL[prompt]


def test_the_question_is_rephrased_first_or_not_at_all():
    assert set(list_actions(make_root(), max_depth=5)) == LEGAL[""]


def test_the_longest_path_ends_with_its_rest():
    node = TreeNode(node_id=NodeId("n"), parent_id=ROOT, depth=4, rank=0, prompt="step")

    assert list_actions(node, max_depth=5) == (Action.REST,)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32))
def test_no_action_follows_where_it_is_illegal(seed):
    search = RStar(iterations=6, max_depth=4)
    state = _grow(search, World(seed=seed, early=0.1))
    for node in state.nodes.values():
        if node.purpose is not Purpose.GROWTH or node.parent_id is None:
            continue
        before = state.nodes[node.parent_id].prompt
        done = "rest" if node.work is Work.SAMPLE else node.prompt

        assert done in LEGAL[before]


class Minds(PathScript):
    """Rests from the root agree on a wrong answer that no second look finds again.

    Only what goes on from a subquestion comes to the right one, whenever it is asked.
    """

    groups: tuple[str, ...] = ()

    def step(self, path, trial):
        return f"{trial.prompt}-{trial.index}"

    def rest(self, path, trial):
        if path and str(path[0]).startswith("subquestion"):
            return ("right",)
        if trial.group_id not in self.groups and len(self.groups) < 3:
            self.groups = (*self.groups, trial.group_id)
        is_first_look = trial.group_id == self.groups[0]
        return ("wrong" if is_first_look else f"lost-{trial.seed}",)

    def answer(self, path, trial):
        return str(path[-1]) if trial.work is Work.SAMPLE else None


SEARCH = RStar(
    iterations=6, max_depth=2, n_steps=1, n_rests=8, n_questions=1, n_candidates=64, parallel=1
)


def test_the_path_that_is_found_again_wins_against_the_majority():
    script = Minds()
    state = _grow(SEARCH, script)
    standing = SEARCH.standing(state)

    assert standing.answer.text == "right"
    assert {vote.answer.text for vote in standing.votes} == {"right"}
    assert state.tally["right"] < sum(state.tally.values())


def test_each_candidate_is_looked_at_once_more():
    state = _grow(RStar(iterations=2, n_candidates=3), World(seed=4, failures=0.0))
    checks = [node for node in state.nodes.values() if node.purpose is Purpose.CHECK]

    assert len({check.subject for check in checks}) == len(checks) == 3


def test_where_nothing_is_found_again_all_candidates_stay():
    class Forgetful(PathScript):
        def step(self, path, trial):
            return f"{trial.prompt}-{trial.index}"

        def answer(self, path, trial):
            if trial.work is not Work.SAMPLE:
                return None
            return "first" if trial.rank < 7 else f"other-{trial.rank}"

    standing = play(RStar(iterations=1), Forgetful()).standing

    assert standing.answer.text == "first"


def test_a_second_look_that_breaks_off_confirms_nothing():
    script = Minds()
    state = _grow(
        SEARCH,
        lambda trial: (
            fail(trial) if trial.work is Work.SAMPLE and trial.rank > 60 else script(trial)
        ),
    )

    assert state.tree.outcomes
    assert SEARCH.standing(state).is_decided


def test_what_no_path_concluded_is_answered_from_the_best_of_them():
    class Late(PathScript):
        def step(self, path, trial):
            return f"{trial.prompt}-{trial.index}"

        def answer(self, path, trial):
            return "late" if trial.work is Work.SAMPLE and trial.rank >= 7 else None

    standing = play(RStar(iterations=1), Late()).standing

    assert standing.answer.text == "late"


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32))
def test_a_mask_leaves_a_beginning_and_hides_an_end(seed):
    search = RStar(iterations=6, max_depth=5)
    state = _grow(search, World(seed=seed, depth=5, early=0.0))
    for name in state.finished:
        node = state.nodes[name]
        cut = find_cut(state.tree.problem, state.nodes, node)

        assert cut.depth < node.depth
        if node.depth >= 2:
            assert 1 <= cut.depth <= max(1, round(0.8 * node.depth))


def test_one_iteration_takes_a_group_of_each_action():
    played = play(RStar(iterations=1, n_candidates=1), World(seed=1, failures=0.0))
    grown = [trial for trial in played.trials if trial.rank < 7]

    assert Counter((trial.work, trial.prompt) for trial in grown) == {
        (Work.STEP, "step"): 2,
        (Work.SAMPLE, "solve"): 2,
        (Work.STEP, "subquestion"): 2,
        (Work.STEP, "rephrase"): 1,
    }


def test_rewards_come_from_finished_paths_alone():
    state = _grow(RStar(iterations=3), World(seed=7, failures=0.0))
    unfinished = [node for node in state.nodes.values() if node.status is NodeStatus.OPEN]

    assert all(node.value is None for node in unfinished)


def test_a_negative_exploration_is_refused():
    with pytest.raises(InvalidInputError, match="exploration"):
        RStar(exploration=-1.0)
