"""Depth first: the best thought first, the hopeless never, and back again."""

from __future__ import annotations

import pytest

from engine.domain.errors import InvalidInputError
from engine.domain.trial import Work
from engine.search.trees.judge import Judge
from engine.search.trees.thought import Generator
from engine.search.trees.tot_bfs import TotBfs
from engine.search.trees.tot_dfs import TotDfs
from tests.unit.engine.search.simulation import play
from tests.unit.engine.search.trees.game24 import Game24
from tests.unit.engine.search.trees.path_script import PathScript


def _expanded(played, script):
    return [script.path_of(trial) for trial in played.trials if trial.work is Work.PROPOSE]


@pytest.mark.parametrize("numbers", [(2, 3, 7, 7), (3, 5, 7, 8), (2, 3, 6, 8)], ids=str)
def test_going_back_finds_what_a_beam_has_dropped(numbers):
    deep = TotDfs(thoughts=16, max_visits=40, threshold=0.01)

    assert play(TotBfs(breadth=5, thoughts=16), Game24(numbers=numbers)).standing.answer.text != (
        "24"
    )
    assert play(deep, Game24(numbers=numbers)).standing.answer.text == "24"


def test_what_is_hopeless_is_never_gone_on_from():
    script = Game24(numbers=(2, 3, 7, 7))
    played = play(TotDfs(thoughts=16, max_visits=40, threshold=0.01), script)
    worth = {path: script.value(path, None) for path in _expanded(played, script) if path}

    assert min(worth.values()) > 0.01


class Maze(PathScript):
    """Two ways at each fork, left looking better; only one path of three forks leads out."""

    way_out = ("right", "left", "right")

    def propose(self, path):
        return ["right", "left"]

    def step(self, path, trial):
        return ("right", "left")[trial.index]

    def value(self, path, trial):
        if len(path) == 3:
            return 1.0 if path == self.way_out else 0.0
        return 0.8 if path[-1] == "left" else 0.6

    def answer(self, path, trial):
        return "-".join(path) if trial.work is Work.SAMPLE else None


def test_forks_are_visited_in_the_order_of_their_values():
    script = Maze()
    played = play(TotDfs(thoughts=2, threshold=0.5), script)

    assert _expanded(played, script) == [
        (),
        ("left",),
        ("left", "left"),
        ("left", "right"),
        ("right",),
        ("right", "left"),
    ]
    assert played.standing.answer.text == "right-left-right"


def test_one_path_is_followed_at_a_time():
    played = play(TotDfs(thoughts=2, threshold=0.5), Maze(), slots=64)
    n_values = sum(trial.work is Work.VALUE for trial in played.trials)

    assert len(played.trials) == 6 + 6 * 2 + 1
    assert n_values == 12


def test_a_cap_on_visits_finishes_the_deepest_path_it_has():
    script = Maze()
    played = play(TotDfs(thoughts=2, threshold=0.5, max_visits=2), script)

    assert _expanded(played, script) == [(), ("left",)]
    assert played.standing.answer.text == "left-left"


def test_more_answers_are_looked_for_when_asked():
    class Open(Maze):
        def value(self, path, trial):
            return 0.9 if path[-1] == "right" and len(path) == 3 else 0.7

    played = play(TotDfs(thoughts=2, n_answers=3), Open())

    assert played.standing.n_ended == 3
    assert played.standing.answer.text.endswith("right")


def test_where_all_is_pruned_the_problem_itself_is_answered():
    class Hopeless(Maze):
        def value(self, path, trial):
            return 0.0

        def answer(self, path, trial):
            return "guess" if trial.work is Work.SAMPLE else None

    played = play(TotDfs(thoughts=2), Hopeless())

    assert played.standing.answer.text == "guess"
    assert [trial.parent_id for trial in played.trials][-1] is None


def test_a_thought_that_nobody_could_judge_is_not_pruned():
    class Unjudged(Maze):
        def value(self, path, trial):
            return None

    script = Unjudged()

    assert len(_expanded(play(TotDfs(thoughts=2, threshold=0.9), script), script)) == 3


def test_steps_and_votes_do_as_well():
    class Voted(Maze):
        def vote(self, ends, trial):
            wanted = self.way_out[: len(ends[0])]
            return ends.index(wanted) if wanted in ends else None

    search = TotDfs(
        thoughts=2, generator=Generator.SAMPLE, scorer=Judge.VOTE, threshold=0.5, n_values=3
    )

    assert play(search, Voted()).standing.answer.text == "right-left-right"


@pytest.mark.parametrize("threshold", [-0.1, 1.0, float("nan")], ids=str)
def test_a_threshold_lies_within_the_values(threshold):
    with pytest.raises(InvalidInputError, match="threshold"):
        TotDfs(threshold=threshold)
