"""Breadth first: the best of each layer are kept, and nothing is asked that decides nothing."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest

from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Opened, Outcome
from engine.domain.trial import Work
from engine.search.trees.harvest import Choice
from engine.search.trees.judge import Judge
from engine.search.trees.thought import Generator
from engine.search.trees.tot_bfs import TotBfs
from tests.unit.engine.search.simulation import fail, play
from tests.unit.engine.search.trees.game24 import Game24, is_solvable
from tests.unit.engine.search.trees.path_script import PathScript

# Each has a solution that does not begin with the step that looks best.
INSTANCES = [(1, 8, 9, 13), (4, 9, 11, 11), (1, 5, 6, 7), (2, 8, 10, 12), (1, 1, 11, 13)]


def _works(played):
    return Counter(trial.work for trial in played.trials)


def _text(played):
    return played.standing.answer.text


@pytest.mark.parametrize("numbers", INSTANCES, ids=str)
def test_a_broad_search_finds_what_a_greedy_one_misses(numbers):
    assert is_solvable(tuple(map(Fraction, numbers)))

    assert _text(play(TotBfs(breadth=1, thoughts=16), Game24(numbers=numbers))) != "24"
    assert _text(play(TotBfs(breadth=5, thoughts=16), Game24(numbers=numbers))) == "24"


def test_steps_that_are_sampled_find_it_as_well():
    search = TotBfs(breadth=5, thoughts=6, generator=Generator.SAMPLE)

    assert _text(play(search, Game24(numbers=(1, 1, 11, 13)))) == "24"


class Letters(PathScript):
    """Thoughts are letters; a path is worth what its last letter is, a the most."""

    def propose(self, path):
        return ["c", "a", "d", "b"]

    def step(self, path, trial):
        return "cadb"[trial.index]

    def value(self, path, trial):
        return 1 - "abcd".index(path[-1]) / 4

    def answer(self, path, trial):
        return "".join(path) if trial.work is Work.SAMPLE else None

    def logprob(self, path):
        return -float("abcd".index(path[-1]))


@pytest.mark.parametrize("scorer", [Judge.VALUE, Judge.VOTE, Judge.VERIFIER], ids=str)
def test_the_answer_is_that_of_the_path_with_the_best_thoughts(scorer):
    played = play(TotBfs(max_depth=2, breadth=2, scorer=scorer), Letters())

    assert _text(played)[-1] == "a"


def test_likelihood_costs_no_trial():
    search = TotBfs(max_depth=2, breadth=2, generator=Generator.SAMPLE, scorer=Judge.LIKELIHOOD)
    played = play(search, Letters())

    assert _text(played) == "aa"
    assert _works(played) == {Work.STEP: 4 + 2 * 4, Work.SAMPLE: 1}


def test_a_search_takes_the_trials_of_its_definition():
    played = play(TotBfs(max_depth=3, breadth=3, thoughts=4, n_values=2), Letters())

    n_writers = 1 + 3 + 3
    assert _works(played) == {
        Work.PROPOSE: n_writers,
        Work.VALUE: n_writers * 4 * 2,
        Work.SAMPLE: 1,
    }


def test_a_layer_that_fits_is_not_judged():
    played = play(TotBfs(max_depth=2, breadth=4, thoughts=4), Letters())

    # The four of the first layer are all kept; the sixteen of the last one are not.
    assert _works(played)[Work.VALUE] == 16


def test_thoughts_are_judged_while_others_are_written():
    played = play(TotBfs(max_depth=2, breadth=3), Letters())
    second = [trial.trial_id for trial in played.trials if trial.work is Work.PROPOSE][1:]
    judged = next(
        place
        for place, told in enumerate(played.told)
        if isinstance(told, Opened) and told.trial.parent_id in second
    )
    ended = [told.trial_id for told in played.told[:judged] if isinstance(told, Outcome)]

    assert set(second) & set(ended) < set(second)


def test_what_is_said_twice_is_judged_once():
    class Repeating(Letters):
        def propose(self, path):
            return ["a", "b", "a", "a"]

    script = Repeating()
    play(TotBfs(max_depth=1, breadth=1), script)

    assert sorted(script.judged) == [("a",), ("b",)]


def test_weighted_paths_are_all_finished_and_vote():
    class Two(Letters):
        def answer(self, path, trial):
            if trial.work is not Work.SAMPLE:
                return None
            return "lone" if path[-1] == "a" else "shared"

    search = TotBfs(max_depth=1, breadth=3, choice=Choice.WEIGHTED)
    standing = play(search, Two()).standing

    assert standing.answer.text == "shared"
    assert [vote.weight for vote in standing.votes] == [0.75 + 0.5, 1.0]
    assert play(TotBfs(max_depth=1, breadth=3), Two()).standing.answer.text == "lone"


def test_the_next_best_path_is_finished_when_the_best_comes_to_nothing():
    class Silent(Letters):
        def answer(self, path, trial):
            return None if path[-1] == "a" else super().answer(path, trial)

    played = play(TotBfs(max_depth=1, breadth=2), Silent())

    assert _text(played) == "b"
    assert _works(played)[Work.SAMPLE] == 2


def test_a_step_that_ends_its_path_needs_no_finishing():
    class Final(Letters):
        def answer(self, path, trial):
            return "".join(path)

    played = play(TotBfs(max_depth=3, breadth=2, generator=Generator.SAMPLE), Final())

    assert _text(played) == "a"
    assert _works(played)[Work.SAMPLE] == 0
    # A finished path is not gone on from: both places are taken after one layer.
    assert _works(played)[Work.STEP] == 4


def test_paths_are_finished_where_no_thought_follows():
    class Mute(Letters):
        def propose(self, path):
            return [] if path else ["b"]

    assert _text(play(TotBfs(max_depth=3, breadth=2), Mute())) == "b"


def test_a_thought_that_nobody_could_judge_is_neither_kept_nor_dropped_for_it():
    class Partial(Letters):
        def value(self, path, trial):
            return None if path[-1] == "c" else super().value(path, trial)

    script = Partial()
    played = play(
        TotBfs(max_depth=1, breadth=2),
        lambda trial: (
            fail(trial)
            if trial.work is Work.VALUE and script.path_of(trial) == ("d",)
            else script(trial)
        ),
    )

    assert played.standing.is_decided
    assert _text(played) == "a"


def test_a_vote_without_a_majority_goes_to_the_first_thought():
    class Undecided(Letters):
        def vote(self, ends, trial):
            return None

    played = play(TotBfs(max_depth=1, breadth=1, scorer=Judge.VOTE), Undecided())

    assert _text(played) == "c"


def test_proposals_have_no_likelihood():
    with pytest.raises(InvalidInputError, match="generator=sample"):
        TotBfs(scorer=Judge.LIKELIHOOD)


def test_thoughts_cannot_be_judged_by_agreement():
    with pytest.raises(InvalidInputError, match="scorer must be one of"):
        TotBfs(scorer=Judge.AGREEMENT)


@pytest.mark.parametrize("size", [0, 17, 2.5, True, "many"], ids=str)
def test_a_size_out_of_bounds_names_them(size):
    with pytest.raises(InvalidInputError, match="breadth must be a whole number between 1 and 16"):
        TotBfs(breadth=size)


class Hasty(Letters):
    """The best first thought holds the answer already."""

    def is_answer(self, part):
        return part == "a"


def test_a_proposal_that_holds_an_answer_is_finished_without_further_thoughts():
    played = play(TotBfs(breadth=1, max_depth=3), Hasty())

    assert _works(played)[Work.PROPOSE] == 1
    assert [trial.depth for trial in played.trials if trial.work is Work.SAMPLE] == [2]
