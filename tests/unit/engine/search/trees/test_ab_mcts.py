"""AB-MCTS goes wider where another try pays, and deeper where going on does."""

from __future__ import annotations

import pytest

from engine.domain.errors import InvalidInputError
from engine.domain.problem import Problem
from engine.domain.trial import Work
from engine.search.trees.ab_mcts import AbMcts, see_below
from engine.search.trees.judge import Judge
from engine.search.trees.node import ROOT, Purpose
from engine.search.trees.thompson import Belief, Rewards
from tests.unit.engine.search.simulation import play
from tests.unit.engine.search.trees.path_script import PathScript
from tests.unit.engine.search.world import World

BELIEFS = pytest.mark.parametrize("belief", list(Belief), ids=str)


class Toy(PathScript):
    """Steps that never repeat themselves; `value` says where it pays to go on."""

    def step(self, path, trial):
        return f"{len(path)}-{trial.index}-{trial.seed}"

    def rest(self, path, trial):
        return (f"end-{trial.seed}",)

    def answer(self, path, trial):
        return "/".join(map(str, path)) if trial.work is Work.SAMPLE else None


class Deep(Toy):
    """Each further step is better; all first steps are alike, and poor."""

    def value(self, path, trial):
        return min(1.0, 0.1 + 0.3 * (len(path) - 1))


class Wide(Toy):
    """First steps are good; going on from them spoils them."""

    def value(self, path, trial):
        return 0.9 if len(path) == 1 else 0.05


def _grow(script, belief, seed, **options):
    problem = Problem(text="?", seed=seed)
    search = AbMcts(
        iterations=30,
        max_depth=6,
        belief=belief,
        scorer=Judge.VERIFIER,
        parallel=1,
        top=1,
        **options,
    )
    played = play(search, script, problem=problem)
    state = search.start(problem)
    for told in played.told:
        state = search.tell(state, told)
    return state


def _shape(script, belief):
    """Return how wide at the root and how deep the trees of a few seeds are, on average."""
    states = [_grow(script(), belief, seed) for seed in range(6)]
    widths = [len(state.nodes[ROOT].children) for state in states]
    depths = [
        max(node.depth for node in state.nodes.values() if node.purpose is Purpose.GROWTH)
        for state in states
    ]
    return sum(widths) / len(widths), sum(depths) / len(depths)


@BELIEFS
def test_a_tree_grows_in_the_direction_that_pays(belief):
    wide, shallow = _shape(Wide, belief)
    narrow, deep = _shape(Deep, belief)

    assert wide > 2 * narrow
    assert deep > shallow


@BELIEFS
def test_going_on_finds_the_better_end(belief):
    state = _grow(Deep(), belief, 0)
    best = max(state.nodes[name].value for name in state.finished)

    assert best == pytest.approx(1.0)


def test_next_steps_of_a_path_are_one_group_however_late_they_come():
    state = _grow(Wide(), Belief.BETA, 1)
    first = [trial for trial in state.tree.trials.values() if trial.parent_id is None]
    steps = [trial for trial in first if trial.work is Work.STEP]

    assert [trial.index for trial in steps] == list(range(len(steps)))
    assert len({trial.group_id for trial in steps}) == 1
    assert len({trial.seed for trial in steps}) == len(steps)


def test_an_arm_has_seen_what_lies_below_it_only():
    state = _grow(Deep(), Belief.BETA, 2)
    child = state.nodes[state.nodes[ROOT].children[0]]
    below = [state.nodes[name] for name in child.children]

    assert see_below(child).n == sum(node.visits for node in below)
    assert see_below(child).total == pytest.approx(sum(node.total for node in below))
    assert see_below(below[-1]).n == below[-1].visits - 1


def test_a_path_that_has_nothing_new_to_say_is_gone_on_from():
    class Parrot(Deep):
        def step(self, path, trial):
            return f"{len(path)}"

    repeated = _grow(Parrot(), Belief.BETA, 4)
    first = repeated.nodes[repeated.nodes[ROOT].children[0]]

    # Each repetition is one more poor value that writing from the root has brought.
    assert repeated.nodes[ROOT].children == (first.node_id,)
    assert first.n_repeats == len(repeated.nodes[ROOT].sprouts) - 1
    assert first.n_repeats < repeated.n_expanded / 2


def test_rewards_add_up():
    assert Rewards.of([0.5]).plus(Rewards.of([1.0])) == Rewards.of([0.5, 1.0])


def test_another_seed_grows_another_tree():
    shapes = {
        tuple(len(node.children) for node in _grow(Deep(), Belief.BETA, seed).nodes.values())
        for seed in range(4)
    }

    assert len(shapes) > 1


def test_each_iteration_writes_one_step():
    state = _grow(Deep(), Belief.BETA, 3)
    written = [
        trial for trial in state.tree.trials.values() if trial.work in {Work.STEP, Work.SAMPLE}
    ]

    assert state.n_expanded == 30
    assert len(written) == 30 + state.n_last


@pytest.mark.parametrize("scorer", [Judge.VOTE, Judge.AGREEMENT], ids=str)
def test_judges_that_cannot_judge_one_step_are_refused(scorer):
    with pytest.raises(InvalidInputError, match="scorer must be one of"):
        AbMcts(scorer=scorer)


def test_no_more_has_ended_than_was_planned_where_a_wider_search_went_before():
    told = play(AbMcts(iterations=12, max_depth=1), World()).told
    standing = play(AbMcts(iterations=1, top=1), World(), earlier=told).standing

    assert standing.n_ended == standing.n_planned
