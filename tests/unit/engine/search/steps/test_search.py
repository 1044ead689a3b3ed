"""What all step searches share: judging at once, votes of the finished only, dead ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.domain.aggregation import Aggregation
from engine.domain.errors import UnavailableAlgorithmError
from engine.domain.outcome import Opened, OutcomeStatus
from engine.domain.problem import Problem
from engine.domain.trial import Work
from engine.search.registry import create_algorithm
from engine.search.scoring import Pick, Scorer
from engine.search.steps.beam import Beam
from engine.search.steps.chains import Chains
from engine.search.steps.dvts import Dvts
from engine.search.steps.particles import Particles
from engine.search.steps.rebase import Rebase
from engine.search.steps.search import StepSearch
from engine.search.steps.settings import StepSettings
from engine.search.strategy import Offered
from tests.unit.engine.search.simulation import fail, play
from tests.unit.engine.search.steps.orchard import Orchard

GROWTHS = {growth.name: growth for growth in (Beam(), Dvts(), Rebase(), Particles(), Chains())}
EVERY = pytest.mark.parametrize("growth", GROWTHS.values(), ids=GROWTHS.keys())
STEPPING = Offered(prompts=frozenset({"solve", "step"}))


def search(growth, **changes):
    settings = {"scorer": Scorer.VERIFIER, "max_steps": 6, "width": 8, **changes}
    return StepSearch(growth=growth, steps=StepSettings(**settings))


def _same(_word):
    return "a"


@EVERY
def test_a_step_is_judged_while_its_siblings_are_written(growth):
    algorithm, orchard = search(growth), Orchard()
    state = algorithm.start(Problem(text="?"))
    steps = algorithm.ask(state, 8)
    for trial in steps:
        state = algorithm.tell(state, Opened(trial=trial))
    state = algorithm.tell(state, orchard(steps[5]))
    asked = algorithm.ask(state, 8)

    fresh = [trial for trial in asked if trial.trial_id not in state.tree.trials]
    assert [(trial.work, trial.parent_id) for trial in fresh] == [(Work.SCORE, steps[5].node_id)]


@EVERY
def test_the_first_steps_are_one_group(growth):
    algorithm = search(growth)
    steps = algorithm.ask(algorithm.start(Problem(text="?")), 100)

    assert len({trial.group_id for trial in steps}) == 1
    assert [trial.index for trial in steps] == list(range(8))


@EVERY
def test_likelihood_costs_no_judgement(growth):
    played = play(search(growth, scorer=Scorer.LIKELIHOOD), Orchard(answer=_same))

    assert {trial.work for trial in played.trials} == {Work.STEP}
    assert played.standing.rule == "weighted-likelihood"


@EVERY
def test_a_dead_end_ends_with_what_has_finished(growth):
    # "c" is an answer after one step; whatever goes on elsewhere breaks off.
    orchard = Orchard(
        is_last=lambda word: word == "c",
        lost=frozenset({"aa", "ab", "ac", "ba", "bb", "bc"}),
        score=lambda word: 0.5 if word == "c" else 0.6,
    )
    standing = play(search(growth), orchard).standing

    assert standing.is_decided
    assert standing.answer.text == "c"


@EVERY
def test_a_cut_off_leaf_never_votes(growth):
    orchard = Orchard(depth=2, answer=_same)

    def script(trial):
        outcome = orchard(trial)
        if trial.depth == 2 and trial.work is Work.STEP and trial.index > 0:
            return replace(outcome, status=OutcomeStatus.TRUNCATED)
        return outcome

    played = play(search(growth), script)
    whole = [t for t in played.trials if t.depth == 2 and t.work is Work.STEP and t.index == 0]

    assert 0 < sum(vote.n_votes for vote in played.standing.votes) <= len(whole)


@EVERY
def test_without_a_verifier_that_works_the_finished_vote_alike(growth):
    standing = play(search(growth), Orchard(score=lambda _word: None, answer=_same)).standing

    assert standing.answer.text == "a"
    assert all(0 < vote.weight <= vote.n_votes for vote in standing.votes)


@EVERY
def test_one_of_sixteen_paths_may_fail(growth):
    orchard = Orchard(answer=_same)
    played = play(
        search(growth, width=16), lambda trial: fail(trial) if trial.rank == 7 else orchard(trial)
    )

    assert played.standing.answer.text == "a"


@pytest.mark.parametrize("growth", [Beam(), Rebase(), Chains()], ids=lambda g: g.name)
def test_finished_paths_whose_answer_nothing_could_beat_end_the_search(growth):
    # Six of eight are right after one step; two would go on for long.
    orchard = Orchard(
        letters="aaaaaabc",
        is_last=lambda word: word[0] == "a" or len(word) > 5,
        score=lambda _word: 1.0,
    )
    played = play(search(growth), orchard)

    assert orchard.count(played.trials, Work.STEP) < 8 + 2 * 5
    assert played.standing.why.endswith("finished paths agree; those left could not change it")


@EVERY
def test_the_majority_is_named_where_scores_overrule_it(growth):
    orchard = Orchard(
        letters="abbb",
        depth=1,
        score=lambda word: 0.99 if word == "a" else 0.01,
    )
    standing = play(search(growth), orchard).standing

    assert (standing.answer.text, standing.majority.text) == ("a", "b")
    assert standing.why.endswith("; the majority answered b")


@EVERY
def test_a_process_score_is_made_of_the_steps_scores(growth):
    scores = {"a": 0.9, "aa": 0.5, "aaa": 0.8}
    expected = {
        Aggregation.LAST: 0.8,
        Aggregation.MIN: 0.5,
        Aggregation.PRODUCT: 0.36,
        Aggregation.MEAN: 2.2 / 3,
    }
    for how, score in expected.items():
        algorithm = search(growth, width=1, aggregation=how, pick=Pick.BEST)
        (vote,) = play(algorithm, Orchard(letters="a", score=scores.get)).standing.votes

        assert vote.weight == pytest.approx(score)


@EVERY
def test_a_search_by_steps_needs_the_prompt_for_one(growth):
    with pytest.raises(UnavailableAlgorithmError, match="no step"):
        create_algorithm(growth.name, {}, Offered())


@EVERY
def test_its_settings_build_it_again(growth):
    built = create_algorithm(growth.name, {"width": 5, "max_steps": 3}, STEPPING)

    assert create_algorithm(growth.name, built.settings(), STEPPING) == built
    assert built.steps.width == 5


@EVERY
@pytest.mark.parametrize("wider", [{"width": 8}, {"width": 4, "max_steps": 6}], ids=str)
def test_an_extended_search_ends_as_a_wider_one_and_repeats_nothing(growth, wider):
    orchard = {"depth": 4, "score": lambda word: 0.9 if word[-1] == "a" else 0.3}
    narrow = play(search(growth, width=4, max_steps=3), Orchard(**orchard))
    fresh = play(search(growth, **wider), Orchard(**orchard))
    world = Orchard(**orchard)
    for trial in narrow.trials:
        world(trial)
    extended = play(search(growth, **wider), world, earlier=narrow.told)

    assert not set(narrow.computed) & set(extended.computed)
    assert extended.standing.answer == fresh.standing.answer
    assert extended.standing.votes == fresh.standing.votes


def test_a_path_that_broke_off_abstains():
    orchard = Orchard(letters="abcd", answer=_same, lost=frozenset({"a", "b", "c"}))
    standing = play(search(Chains(), width=4), orchard).standing

    assert (standing.n_ended, standing.n_abstained, standing.n_planned) == (4, 3, 4)
    assert standing.vote_share == 1 / 4


def test_a_path_that_another_one_took_the_place_of_does_not_abstain():
    orchard = Orchard(letters="abcd", lost=frozenset({"a", "b", "c"}))
    standing = play(search(Rebase(), width=4, pick=Pick.BEST), orchard).standing

    assert (standing.n_ended, standing.n_abstained) == (4, 0)
