"""DVTS: trees that neither wait for each other nor compete."""

from __future__ import annotations

from engine.domain.outcome import Opened
from engine.domain.problem import Problem
from engine.domain.trial import Work
from engine.search.scoring import Scorer
from engine.search.steps.dvts import Dvts
from engine.search.steps.search import StepSearch
from engine.search.steps.settings import StepSettings
from tests.unit.engine.search.simulation import play
from tests.unit.engine.search.steps.orchard import Orchard


def dvts(width=4, branching=2, scorer=Scorer.VERIFIER, **settings):
    steps = StepSettings(width=width, scorer=scorer, max_steps=6, **settings)
    return StepSearch(growth=Dvts(branching=branching), steps=steps)


def test_a_tree_goes_on_while_another_waits():
    algorithm, orchard = dvts(scorer=Scorer.LIKELIHOOD), Orchard()
    state = algorithm.start(Problem(text="?"))
    steps = algorithm.ask(state, 8)
    for trial in steps:
        state = algorithm.tell(state, Opened(trial=trial))
    for trial in steps[:2]:
        state = algorithm.tell(state, orchard(trial))

    deeper = [trial for trial in algorithm.ask(state, 8) if trial.depth == 2]
    assert len(deeper) == 2
    assert {trial.parent_id for trial in deeper} <= {trial.node_id for trial in steps[:2]}


def test_each_tree_keeps_its_own_best():
    # Samples 0 and 1 are tree one, 2 and 3 tree two: its best is worse than the first's worst.
    best = {"a": 0.9, "b": 0.8, "c": 0.2, "d": 0.1}
    orchard = Orchard(letters="abcd", score=lambda word: best[word[0]])
    play(dvts(), orchard)

    assert {word[0] for word in orchard.words.values() if len(word) == 2} == {"a", "c"}


def test_all_that_finished_on_a_trees_last_level_vote():
    standing = play(dvts(width=8, branching=4), Orchard()).standing

    assert standing.n_ended == standing.n_planned == 8


def test_a_tree_whose_best_step_is_finished_ends():
    orchard = Orchard(
        letters="ab",
        is_last=lambda word: word.endswith("a"),
        score=lambda word: 0.9 if word.endswith("a") else 0.2,
    )
    played = play(dvts(), orchard)

    assert orchard.count(played.trials, Work.STEP) == 4
    assert played.standing.answer.text == "a"


def test_a_leaf_that_finished_early_keeps_its_vote_beside_better_ones():
    # Every tree finishes "a" at once, and goes on with the better "b".
    orchard = Orchard(
        letters="ab",
        is_last=lambda word: word == "a" or len(word) == 2,
        score=lambda word: 0.3 if word == "a" else 0.9,
        answer=lambda word: word[0],
    )
    standing = play(dvts(branching=2, width=2), orchard).standing

    assert {vote.answer.text: vote.n_votes for vote in standing.votes} == {"b": 2}


def test_a_tree_votes_no_more_often_than_it_branches():
    orchard = Orchard(is_last=lambda word: word[-1] == "a" or len(word) > 3)
    standing = play(dvts(width=6, branching=3), orchard).standing

    assert standing.n_ended <= 6


def test_what_remains_of_the_width_is_a_smaller_tree():
    assert Dvts(branching=4).plant(10) == (4, 4, 2)
