"""Every search goes on from a given path as it would from its own root."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.errors import CorruptLogError, UnavailableAlgorithmError
from engine.domain.ids import derive_id
from engine.domain.outcome import Opened, Outcome, OutcomeStatus
from engine.domain.problem import Problem
from engine.domain.trial import PathEnd, Sampling, Work
from engine.prompts.prompt_set import load_prompt_set
from engine.search.composite.graft import Graft
from engine.search.registry import create_algorithm
from engine.search.self_consistency import SelfConsistency
from engine.search.strategy import Offered
from engine.search.tree import Branch, make_trials
from engine.search.trees.rstar import RStar
from tests.unit.engine.search.cases.catalogue import CASES
from tests.unit.engine.search.simulation import answer_of, fail, play, vote_for

EVERY = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
# Each example is several searches, and there are many searches.
FEW = settings(max_examples=3)
SEEDS = st.integers(0, 2**32)
PROBLEM = Problem(text="?", root_search_id="r")
OFFERED = Offered(
    prompts=frozenset(load_prompt_set("chat").prompts), tools=frozenset({"execute_python"})
)
NO_PROGRAM_REST = replace(OFFERED, prompts=OFFERED.prompts - {"program_rest"})


def _make_step(depth, rank, at=None, prompt="step"):
    branch = Branch(work=Work.STEP, at=at, depth=depth, prompt=prompt, sampling=Sampling())
    return make_trials(PROBLEM, branch, (rank,), rank)[0]


def _end(trial, **changes):
    given = {"status": OutcomeStatus.COMPLETE, "reason": "step", "is_final": False, **changes}
    return Outcome(trial_id=trial.trial_id, **given)


# Between its two steps others were tried.
FIRST = _make_step(1, 0)
LAST = _make_step(2, 6, at=PathEnd(node_id=FIRST.node_id))
END = PathEnd(node_id=LAST.node_id)
STEM = (Opened(trial=FIRST), _end(FIRST), Opened(trial=LAST), _end(LAST))


def _play(algorithm, script, *, earlier=STEM, **changes):
    return play(algorithm, script, problem=PROBLEM, earlier=earlier, **changes)


def _play_at_root(case, seed, order_seed, slots):
    """Play a search as it is, under the root and after the role that the graft gives it."""
    root = f"{PROBLEM.root_search_id}/{LAST.node_id}"
    problem = replace(PROBLEM, root_search_id=root, begun_as="step")
    world = replace(case.world, seed=seed)
    return play(case.algorithm, world, order_seed=order_seed, slots=slots, problem=problem)


def _expect(trial):
    """Return how a trial of the search's own root stands on the path."""
    moved = replace(trial, depth=trial.depth + 2, rank=trial.rank + LAST.rank + 1)
    if trial.parent_id is not None:
        return moved
    prompt = {"solve": "step", "program": "program_rest"}.get(trial.prompt, trial.prompt)
    return replace(moved, parent_id=LAST.node_id, prompt=prompt)


def _without_ranks(standing):
    return replace(standing, votes=tuple(replace(vote, first_rank=0) for vote in standing.votes))


@EVERY
@FEW
@given(seed=SEEDS, order_seed=st.integers(0, 99), slots=st.integers(1, 12))
def test_a_grafted_search_is_the_search_from_its_own_root(case, seed, order_seed, slots):
    plain = _play_at_root(case, seed, order_seed, slots)
    graft = Graft(search=case.algorithm, at=END)
    grafted = _play(
        graft,
        lambda trial: plain.outcomes[trial.trial_id],
        order_seed=order_seed,
        slots=slots,
    )

    assert grafted.trials == [_expect(trial) for trial in plain.trials]
    assert grafted.computed == plain.computed
    assert _without_ranks(grafted.standing) == _without_ranks(plain.standing)


@EVERY
@FEW
@given(seed=SEEDS, order_seed=st.integers(0, 99), cut=st.floats(0, 1))
def test_a_grafted_search_resumes_from_a_prefix_of_its_log(case, seed, order_seed, cut):
    world, graft = replace(case.world, seed=seed), Graft(search=case.algorithm, at=END)
    whole = _play(graft, world, order_seed=order_seed)
    prefix = whole.told[: round(cut * len(whole.told))]
    ended = [told.trial_id for told in prefix if isinstance(told, Outcome)]
    rest = _play(graft, world, order_seed=order_seed, earlier=(*STEM, *prefix))

    assert sorted([*ended, *rest.computed]) == sorted(whole.computed)
    assert rest.standing == whole.standing


@EVERY
def test_telling_a_grafted_search_twice_changes_nothing(case):
    graft = Graft(search=case.algorithm, at=END)
    once = twice = graft.start(PROBLEM)
    for item in (*STEM, *_play(graft, case.world).told):
        once = graft.tell(once, item)
        twice = graft.tell(graft.tell(twice, item), item)

    assert once == twice
    assert json.loads(json.dumps(asdict(once)))


def test_the_path_is_not_asked_for_again():
    played = _play(Graft(search=SelfConsistency(), at=END), lambda trial: vote_for(trial, "a"))

    assert not {FIRST.trial_id, LAST.trial_id} & set(played.computed)
    assert {trial.parent_id for trial in played.trials} == {LAST.node_id}


def test_a_path_whose_last_text_is_given_waits_for_it():
    graft = Graft(search=SelfConsistency(samples=2), at=END)
    played = _play(
        graft,
        lambda trial: _end(trial) if trial == LAST else vote_for(trial, "a"),
        earlier=STEM[:-1],
    )

    assert played.computed[0] == LAST.trial_id
    assert played.standing.answer == answer_of("a")


def test_a_given_text_that_holds_an_answer_is_the_answer():
    last = _end(LAST, is_final=True, answer=answer_of("a"))
    played = _play(Graft(search=SelfConsistency(), at=END), fail, earlier=(*STEM[:-1], last))

    assert played.computed == []
    assert played.standing.is_decided
    assert (played.standing.answer, played.standing.rule) == (answer_of("a"), "given")


def test_a_given_text_that_broke_off_leads_nowhere():
    last = _end(LAST, status=OutcomeStatus.FAILED)
    standing = _play(
        Graft(search=SelfConsistency(), at=END), fail, earlier=(*STEM[:-1], last)
    ).standing

    assert standing.is_decided
    assert standing.answer is None


def test_a_log_without_the_path_fails_visibly():
    graft = Graft(search=SelfConsistency(), at=END)

    with pytest.raises(CorruptLogError, match=LAST.node_id):
        graft.ask(graft.start(PROBLEM), 1)


def test_two_proposals_of_a_node_are_two_paths():
    asked = []
    for part in (0, 1):
        graft = Graft(search=SelfConsistency(samples=1), at=replace(END, part=part))
        asked += _play(graft, lambda trial: vote_for(trial, "a")).trials

    assert [trial.parent_part for trial in asked] == [0, 1]
    assert asked[0].trial_id != asked[1].trial_id


def test_the_problem_is_not_said_again_midway():
    prompts = {
        trial.prompt for trial in _play(Graft(search=RStar(iterations=3), at=END), fail).trials
    }

    assert "rephrase" not in prompts
    assert "subquestion" not in prompts


def test_a_program_midway_needs_a_role_that_shows_the_path():
    with pytest.raises(UnavailableAlgorithmError, match="no program_rest"):
        create_algorithm("pal", {}, NO_PROGRAM_REST, start=END)


def test_an_ensemble_has_no_part_that_cannot_go_on():
    parts = {"parts": [{"strategy": "pal"}]}
    assert create_algorithm("ensemble", parts, NO_PROGRAM_REST)

    with pytest.raises(UnavailableAlgorithmError, match="no strategy 'pal' can be a part"):
        create_algorithm("ensemble", parts, NO_PROGRAM_REST, start=END)


def test_what_goes_on_needs_a_role_that_does():
    offered = replace(OFFERED, prompts=frozenset({"solve"}))

    with pytest.raises(UnavailableAlgorithmError, match="no step"):
        create_algorithm("self_consistency", {}, offered, start=END)


def test_ids_under_a_graft_are_those_of_no_other_search():
    trials = _play(Graft(search=SelfConsistency(), at=END), fail).trials

    assert derive_id(PROBLEM.root_search_id, "sample", 0) not in {t.trial_id for t in trials}
