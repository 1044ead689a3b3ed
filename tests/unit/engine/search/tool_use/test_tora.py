"""The tool loop: when a tool is run, what an error leads to, and when a trail ends."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.domain.errors import InvalidInputError
from engine.domain.outcome import Outcome, OutcomeStatus
from engine.domain.trial import Trial, Work
from engine.runner import conclusion
from engine.search.tool_use.tora import Tora
from engine.search.tool_use.trail import MALFORMED, OnFailure
from tests.unit.engine.search.simulation import answer_of, fail, play

CALL, BAD_CALL, PLAIN, RUN, BROKEN = "call", "bad-call", "plain", "run", "broken"


def _end(trial: Trial, said: str) -> Outcome:
    """Return how a trial ends by a word: anything but the five above is the answer."""
    calls = {CALL: "execute_python", BAD_CALL: MALFORMED}
    is_final = said not in {CALL, BAD_CALL, PLAIN, RUN, BROKEN}
    return Outcome(
        trial_id=trial.trial_id,
        status=OutcomeStatus.COMPLETE,
        reason=said,
        answer=answer_of(said) if is_final else None,
        is_final=is_final,
        call=calls.get(said),
        error="it failed" if said == BROKEN else None,
    )


def _play(script: Sequence[str], **settings):
    """Play one trail whose trials end with these words in turn; the last one is repeated."""
    said = iter(script)

    def end(trial):
        return _end(trial, next(said, script[-1]))

    return play(Tora(samples=1, **settings), end)


def _works(played):
    return [trial.work for trial in played.trials]


STEP, TOOL = Work.STEP, Work.TOOL


def test_a_call_is_run_and_then_gone_on_from():
    played = _play([CALL, RUN, "72"])

    assert _works(played) == [STEP, TOOL, STEP]
    assert played.standing.answer.text == "72"


def test_each_trial_goes_on_from_the_one_before():
    trials = _play([PLAIN, CALL, RUN, "72"]).trials

    assert [trial.parent_id for trial in trials] == [None, *(t.node_id for t in trials[:-1])]
    assert [trial.depth for trial in trials] == [1, 2, 3, 4]


def test_a_step_without_a_call_is_followed_by_another():
    assert _works(_play([PLAIN, PLAIN, "72"])) == [STEP, STEP, STEP]


def test_a_failed_run_is_observed_and_the_model_goes_on():
    played = _play([CALL, BROKEN, CALL, RUN, "72"])

    assert _works(played) == [STEP, TOOL, STEP, TOOL, STEP]
    assert played.standing.answer.text == "72"


def test_a_malformed_call_is_answered_with_a_correction():
    played = _play([BAD_CALL, BROKEN, CALL, RUN, "72"])

    assert _works(played) == [STEP, TOOL, STEP, TOOL, STEP]


def test_corrections_are_bounded():
    played = _play([BAD_CALL, BROKEN, BAD_CALL, BROKEN, BAD_CALL], max_corrections=2)

    assert _works(played) == [STEP, TOOL, STEP, TOOL, STEP]
    assert played.standing.is_decided
    assert played.standing.answer is None


def test_calls_are_bounded_and_the_last_one_may_still_be_concluded_from():
    script = [CALL, RUN, CALL, RUN]

    assert _play([*script, "72"], max_calls=2).standing.answer.text == "72"
    out_of_calls = _play([*script, CALL], max_calls=2)
    assert len(out_of_calls.computed) == 5
    assert out_of_calls.standing.answer is None


def test_corrections_do_not_count_as_calls():
    script = [BAD_CALL, BROKEN, CALL, RUN, "72"]

    assert _play(script, max_calls=1).standing.answer.text == "72"


def test_steps_are_bounded():
    played = _play([PLAIN], max_steps=5)

    assert len(played.computed) == 5
    assert played.standing.answer is None


def test_no_trail_costs_more_than_it_may():
    algorithm = Tora(samples=1, max_calls=3, max_corrections=1, max_steps=6)
    for script in ([CALL, RUN], [BAD_CALL, BROKEN], [CALL, BROKEN], [PLAIN]):
        words = iter(script * 50)
        played = play(algorithm, lambda trial, words=words: _end(trial, next(words)))

        assert len(played.computed) <= algorithm.max_trials


def test_a_trail_that_breaks_off_abstains():
    played = play(Tora(samples=1), fail)

    assert len(played.computed) == 1
    assert played.standing.n_abstained == 1


def test_a_dropped_step_is_drawn_again_in_its_place():
    played = _play([CALL, RUN, CALL, BROKEN, CALL, RUN, "72"], on_failure=OnFailure.DROP)
    steps = [trial for trial in played.trials if trial.work is STEP]

    assert steps[2].parent_id == steps[1].parent_id
    assert steps[2].depth == steps[1].depth
    assert steps[2].seed != steps[1].seed
    assert played.standing.answer.text == "72"


def test_a_malformed_call_is_dropped_without_a_correction():
    played = _play([BAD_CALL, "72"], on_failure=OnFailure.DROP)

    assert _works(played) == [STEP, STEP]
    assert [trial.parent_id for trial in played.trials] == [None, None]


def test_redraws_are_bounded():
    played = _play([CALL, BROKEN] * 9, on_failure=OnFailure.DROP, max_corrections=2)

    assert _works(played) == [STEP, TOOL] * 3
    assert played.standing.answer is None


def test_a_dropped_run_does_not_count_as_a_call():
    script = [CALL, BROKEN, CALL, RUN, "72"]
    played = _play(script, on_failure=OnFailure.DROP, max_calls=1)

    assert played.standing.answer.text == "72"


def test_redraws_at_the_root_differ_between_trails():
    played = play(
        Tora(samples=2, on_failure=OnFailure.DROP, haste=1.0),
        lambda trial: _end(trial, BAD_CALL),
    )

    assert [trial.parent_id for trial in played.trials] == [None] * 6
    assert len({trial.seed for trial in played.trials}) == 6


def test_trails_vote():
    answers = iter(["72", "5", "72"])

    def end(trial):
        if trial.depth < 3:
            return _end(trial, CALL if trial.work is STEP else RUN)
        return _end(trial, next(answers))

    standing = play(Tora(samples=3, haste=1.0), end).standing

    assert [(vote.answer.text, vote.n_votes) for vote in standing.votes] == [("72", 2), ("5", 1)]


def test_no_more_trails_are_begun_than_could_matter():
    played = play(Tora(samples=5), lambda trial: _end(trial, "72"))

    assert len(played.computed) == 3
    assert played.standing.is_decided


def test_first_steps_are_one_group():
    played = play(Tora(samples=5, haste=1.0), lambda trial: _end(trial, "72"))
    firsts = [trial for trial in played.trials if trial.parent_id is None]

    assert len({trial.group_id for trial in firsts}) == 1
    assert [trial.index for trial in firsts] == list(range(len(firsts)))


def test_what_stands_for_a_malformed_call_is_the_same_word_as_in_the_log():
    assert MALFORMED == conclusion.MALFORMED


@pytest.mark.parametrize(
    "settings",
    [
        {"samples": 0},
        {"samples": 1000},
        {"max_steps": 0},
        {"max_calls": -1},
        {"max_corrections": -1},
        {"haste": 2.0},
    ],
    ids=str,
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(InvalidInputError, match=next(iter(settings))):
        Tora(**settings)


def test_what_a_trail_under_another_rule_has_left_open_is_no_trail_of_its_own():
    seen = play(Tora(samples=1), lambda trial: _end(trial, BAD_CALL)).told[:3]
    dropping = Tora(samples=1, on_failure=OnFailure.DROP)
    rest = play(dropping, lambda trial: _end(trial, "72"), earlier=seen)

    assert seen[-1].trial.work is TOOL
    assert _works(rest) == [STEP]
    assert rest.computed == [trial.trial_id for trial in rest.trials]
    assert (rest.standing.answer.text, rest.standing.n_ended) == ("72", 1)
