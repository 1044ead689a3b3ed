"""Monte Carlo tree search goes where the values are, and wastes nothing that was computed."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Opened
from engine.domain.problem import Problem
from engine.domain.trial import Work
from engine.search.trees.judge import Judge
from engine.search.trees.mcts import Mcts
from engine.search.trees.node import ROOT, NodeStatus, Purpose
from engine.search.trees.selection import Bonus, InFlight
from tests.unit.engine.search.simulation import Table, fail, play
from tests.unit.engine.search.trees.path_script import PathScript
from tests.unit.engine.search.world import World

DEPTH, N_ARMS = 4, 3


class Bandit(PathScript):
    """A tree of arms: a leaf pays by its path, and a path is worth the mean of its leaves."""

    pays = ((0.1, 0.2, 0.5), (0.0, 0.25, 0.1), (0.0, 0.1, 0.2), (0.05, 0.0, 0.02))

    def payment(self, leaf):
        return sum(pays[arm] for pays, arm in zip(self.pays, leaf, strict=True))

    def value(self, path, trial):
        tails = itertools.product(range(N_ARMS), repeat=DEPTH - len(path))
        payments = [self.payment((*path, *tail)) for tail in tails]
        return sum(payments) / len(payments)

    def rest(self, path, trial):
        # A rollout plays one leaf below; which one depends on the seed.
        return tuple((trial.seed >> (2 * place)) % N_ARMS for place in range(DEPTH - len(path)))

    def answer(self, path, trial):
        return "".join(map(str, path)) if len(path) == DEPTH else None


class LastArm(Bandit):
    """As at the last level all is written at once, the arm comes from the index."""

    def rest(self, path, trial):
        if len(path) == DEPTH - 1:
            return (trial.index % N_ARMS,)
        return super().rest(path, trial)


def _grow(algorithm, script, **options):
    """Play a search and return its last state."""
    played = play(algorithm, script, **options)
    state = algorithm.start(options.get("problem") or Problem(text="?"))
    for told in played.told:
        state = algorithm.tell(state, told)
    return state


def _visits_of_arms(state, script):
    return {script.paths[name][0]: state.nodes[name].visits for name in state.nodes[ROOT].children}


def _best_leaf(script):
    leaves = itertools.product(range(N_ARMS), repeat=DEPTH)
    return "".join(map(str, max(leaves, key=script.payment)))


SEARCHES = {
    "uct": Mcts(scorer=Judge.VERIFIER, exploration=0.5),
    "puct": Mcts(scorer=Judge.VERIFIER, bonus=Bonus.PUCT),
    "counted": Mcts(scorer=Judge.VALUE, exploration=0.5, in_flight=InFlight.COUNT),
}
BANDITS = pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES.keys())


@BANDITS
def test_the_best_arm_is_visited_most_and_the_best_leaf_answers(search):
    script = LastArm()
    search = dataclasses.replace(
        search, iterations=20, width=N_ARMS, max_depth=DEPTH, top=1, parallel=4
    )
    state = _grow(search, script)
    visits = _visits_of_arms(state, script)

    # Twenty of the forty paths that could be gone on from: not by brute force.
    best_arm = max(range(N_ARMS), key=lambda arm: script.value((arm,), None))
    assert max(visits, key=visits.get) == best_arm
    assert search.standing(state).answer.text == _best_leaf(script)


def test_rollouts_find_the_best_arm_too():
    script = LastArm()
    search = Mcts(
        iterations=24,
        width=N_ARMS,
        max_depth=DEPTH,
        scorer=Judge.VERIFIER,
        rollout=True,
        exploration=0.5,
        parallel=3,
        top=1,
    )
    state = _grow(search, script)
    visits = _visits_of_arms(state, script)

    assert max(visits, key=visits.get) == 2
    assert search.standing(state).answer.text.startswith("21")


def test_agreement_leads_to_what_most_paths_conclude():
    class Echo(PathScript):
        def answer(self, path, trial):
            if trial.work is not Work.SAMPLE:
                return None
            return "common" if path[0] == 1 else f"odd-{trial.seed}"

    script = Echo()
    search = Mcts(
        iterations=8,
        width=2,
        max_depth=6,
        scorer=Judge.AGREEMENT,
        rollout=True,
        exploration=0.2,
        parallel=1,
    )
    state = _grow(search, script)
    visits = _visits_of_arms(state, script)

    assert visits[1] > visits[0]
    assert search.standing(state).answer.text == "common"


def test_the_answer_is_a_vote_of_the_best_leaves_not_the_most_visited_path():
    class Crowd(PathScript):
        def value(self, path, trial):
            return {0: 0.9, 1: 0.5, 2: 0.5, 3: 0.1}[path[0]]

        def answer(self, path, trial):
            return {0: "one", 1: "two", 2: "two", 3: "three"}[path[0]]

    search = Mcts(iterations=1, width=4, scorer=Judge.VERIFIER, top=3)

    standing = play(search, Crowd()).standing
    assert standing.answer.text == "two"
    assert [vote.answer.text for vote in standing.votes] == ["two", "one"]
    assert play(dataclasses.replace(search, top=1), Crowd()).standing.answer.text == "one"


def test_steps_that_say_the_same_are_one():
    class Same(PathScript):
        def step(self, path, trial):
            return trial.index // 2

    script = Same()
    state = _grow(Mcts(iterations=1, width=4, scorer=Judge.VERIFIER, top=1), script)

    assert len(state.nodes[ROOT].children) == 2
    assert len(script.judged) == 2


def test_siblings_go_out_as_one_group():
    played = play(Mcts(iterations=1, width=4, top=1), Bandit())
    steps = [trial for trial in played.trials if trial.work is Work.STEP]

    assert len({trial.group_id for trial in steps}) == 1
    assert [trial.index for trial in steps] == [0, 1, 2, 3]


def test_a_step_is_gone_on_from_while_its_siblings_are_written():
    search = Mcts(iterations=2, width=3, parallel=3, scorer=Judge.LIKELIHOOD)
    script = Bandit()
    table = Table(search, order_seed=0, problem=Problem(text="?"))
    table.launch(9)
    table.land(script)
    table.launch(9)

    assert sorted(trial.depth for trial in table.aloft.values()) == [1, 1, 2, 2, 2]


def test_no_more_paths_are_in_flight_than_parallel_and_one_group():
    search = Mcts(iterations=12, width=4, parallel=2, scorer=Judge.LIKELIHOOD)
    table = Table(search, order_seed=3, problem=Problem(text="?"))
    most, script = 0, Bandit()
    while not table.is_decided():
        table.launch(99)
        most = max(most, len(table.aloft))
        table.land(script)

    assert most <= 2 - 1 + 4


def test_free_slots_do_not_change_what_is_searched():
    def nodes(slots):
        return {trial.trial_id for trial in play(search, LastArm(), slots=slots).trials}

    search = Mcts(iterations=6, width=3, max_depth=DEPTH, parallel=1, scorer=Judge.VERIFIER)
    assert nodes(3) == nodes(64)


def test_a_path_that_concludes_nothing_is_worth_nothing():
    class Barren(PathScript):
        def rest(self, path, trial):
            return ("end",)

    search = Mcts(iterations=1, width=2, max_depth=1, scorer=Judge.VERIFIER, top=1)
    state = _grow(search, Barren())
    values = [state.nodes[name].value for name in state.nodes[ROOT].children]

    assert values == [0.0, 0.0]
    # One more sample was to make up for both, in vain.
    assert search.standing(state).n_abstained == 3


def test_a_failed_judge_is_no_low_score():
    script = Bandit()

    def judge_fails_once(trial):
        first = trial.work is Work.SCORE and script.path_of(trial) == (0,)
        return fail(trial) if first else script(trial)

    search = Mcts(iterations=1, width=3, scorer=Judge.VERIFIER, parallel=1)
    state = _grow(search, judge_fails_once)
    children = [state.nodes[name] for name in state.nodes[ROOT].children]
    unjudged = next(node for node in children if script.paths[node.node_id] == (0,))

    assert unjudged.status is NodeStatus.OPEN
    assert unjudged.value >= 0.3


def test_a_tree_without_an_answer_has_its_best_paths_finished():
    class Endless(Bandit):
        def answer(self, path, trial):
            return f"from-{path[0]}" if trial.work is Work.SAMPLE and path else None

        def rest(self, path, trial):
            return ("rest",)

    script = Endless()
    search = Mcts(iterations=1, width=3, scorer=Judge.VERIFIER, top=2, max_depth=8)
    played = play(search, script)
    finished = [script.path_of(t) for t in played.trials if t.work is Work.SAMPLE]

    assert finished == [(2,), (1,)]
    assert played.standing.answer.text == "from-2"


def test_a_finished_tree_is_not_gone_on_with():
    class Short(PathScript):
        def answer(self, path, trial):
            return "done"

    played = play(Mcts(iterations=50, width=3, scorer=Judge.VERIFIER), Short())

    # Three steps, all of them final: nothing is free, whatever is left of the iterations.
    assert Counter(trial.work for trial in played.trials) == {Work.STEP: 3, Work.SCORE: 3}


def test_samples_that_an_earlier_search_drew_count_as_paths():
    search = Mcts(iterations=2, width=2, top=1)
    inherited = play(Mcts(iterations=1, width=2, max_depth=1, top=1), LastArm()).told
    state = search.start(Problem(text="?"))
    for told in inherited:
        state = search.tell(state, told)

    adopted = [node for node in state.nodes.values() if node.status is NodeStatus.FINISHED]
    assert len(adopted) == sum(isinstance(told, Opened) for told in inherited)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32), order=st.integers(0, 99), slots=st.integers(1, 9))
def test_every_value_is_told_to_all_that_the_path_grew_from(seed, order, slots):
    search = Mcts(iterations=6, width=3, max_depth=4, scorer=Judge.VERIFIER, rollout=True)
    state = _grow(search, World(seed=seed), order_seed=order, slots=slots)
    grown = [node for node in state.nodes.values() if node.purpose is Purpose.GROWTH]
    valued = [node for node in grown if node.value is not None]

    # No trial that was computed is left out: what has no value was cut off, or said before.
    lost = [node for node in grown if node.value is None and node.node_id != ROOT]
    assert {node.status for node in lost} <= {NodeStatus.DEAD}
    assert state.nodes[ROOT].visits == len(valued)
    assert state.nodes[ROOT].total == pytest.approx(sum(node.value for node in valued))
    for node in grown:
        below = [state.nodes[name] for name in node.children]
        own = node.value is not None
        assert node.visits == own + sum(child.visits for child in below)
        assert node.n_aloft == 0
        assert node.n_free >= sum(child.n_free for child in below)


@pytest.mark.parametrize(
    "options",
    [
        {"scorer": Judge.AGREEMENT},
        {"scorer": Judge.VOTE},
        {"virtual_loss": 2.0},
        {"exploration": -1.0},
        {"iterations": 0},
    ],
    ids=str,
)
def test_settings_that_cannot_work_are_refused(options):
    with pytest.raises(InvalidInputError):
        Mcts(**options)


def test_agreement_ends_when_no_path_to_come_could_change_the_winner():
    class Unanimous(PathScript):
        def answer(self, path, trial):
            return "all" if trial.work is Work.SAMPLE else None

    search = Mcts(
        iterations=10,
        width=2,
        max_depth=9,
        scorer=Judge.AGREEMENT,
        rollout=True,
        parallel=1,
        top=1,
    )
    script = Unanimous()
    played = play(search, script, slots=1)
    n_paths = search.iterations * search.width

    assert played.standing.is_decided
    assert played.standing.votes[0].n_votes == n_paths // 2 + 1
    assert len(played.computed) <= n_paths + 3


def test_the_majority_is_named_where_the_best_paths_answer_otherwise():
    class Loud(PathScript):
        def value(self, path, trial):
            return 0.9 if path[0] == 0 else 0.2

        def answer(self, path, trial):
            return "best" if path[0] == 0 else "most"

    standing = play(Mcts(iterations=1, width=4, scorer=Judge.VERIFIER, top=1), Loud()).standing

    assert standing.answer.text == "best"
    assert standing.majority.text == "most"
    assert "the majority answered most" in standing.why
