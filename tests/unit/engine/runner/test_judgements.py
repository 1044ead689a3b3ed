"""What judges paths and proposes thoughts: values, votes, scores and proposals."""

from __future__ import annotations

import asyncio
import re

import pytest

from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.canonical import digest
from engine.domain.errors import ModelUnavailableError
from engine.domain.event import EventType
from engine.domain.fold import fold
from engine.domain.outcome import OutcomeStatus, TokenUse
from engine.domain.record import read_outcome, read_trial
from engine.domain.standing import StopReason
from engine.domain.trace_digest import trace_digest
from engine.domain.trial import PathEnd, Sampling, Work
from engine.domain.verdict import Verdict
from engine.ports import CancelReason, Choice, FinishReason, Judgement
from engine.search.tree import Branch
from tests.fakes.scripted_model import ScriptedChatModel
from tests.fakes.scripted_verifier import ScriptedVerifier
from tests.fakes.tokens import HeldToken
from tests.unit.engine.runner.harness import Bench
from tests.unit.engine.runner.ladder import Ladder


def judge_each(work, prompt="judge"):
    """Have every step judged by itself."""

    def then(state, trial):
        outcome = state.outcome_of(trial)
        if trial.work is not Work.STEP or outcome.status is not OutcomeStatus.COMPLETE:
            return None
        end = PathEnd(node_id=trial.node_id)
        return Branch(work=work, at=end, depth=9, prompt=prompt, sampling=Sampling())

    return then


def vote_among(n_subjects):
    """Have the first so many steps compared, once."""

    def then(state, trial):
        steps = [one for one in state.trials.values() if one.work is Work.STEP]
        if trial.depth > 1 or len(steps) < n_subjects:
            return None
        subjects = tuple(PathEnd(node_id=one.node_id) for one in steps)
        return Branch(
            work=Work.VOTE,
            at=None,
            depth=1,
            prompt="vote",
            sampling=Sampling(),
            subjects=subjects,
        )

    return then


def script(judgement):
    """Write steps that differ, and judge with these words."""

    def say(request, index):
        system = request.prompt[0].content
        if "judge" in system or "compare" in system:
            return judgement
        return f"Thought {(request.seed + index) % 2}.\n\nmore"

    return say


def make_bench(then, judgement="", **changes):
    algorithm = Ladder(width=2, max_steps=1, then=then)
    model = ScriptedChatModel(script(judgement))
    return Bench(**{"model": model, "algorithm": algorithm, **changes})


def run(bench):
    return asyncio.run(bench.run())


def outcomes_of(bench, work):
    trials = {
        trial.trial_id: trial
        for event in bench.log.events
        if event.type is EventType.TRIAL_OPENED
        for trial in [read_trial(event)]
    }
    ended = [read_outcome(e) for e in bench.log.events if e.type is EventType.TRIAL_ENDED]
    return [outcome for outcome in ended if trials[outcome.trial_id].work is work]


@pytest.mark.parametrize(
    ("said", "score", "reason"),
    [
        ("It holds.\nsure", 1.0, "value"),
        ("0.25", 0.25, "value"),
        ("Who knows.\nAnswer: 7", None, "unread"),
    ],
    ids=["word", "number", "neither"],
)
def test_a_value_is_a_score_and_never_an_answer(said, score, reason):
    bench = make_bench(judge_each(Work.VALUE, "value"), said)
    run(bench)

    for outcome in outcomes_of(bench, Work.VALUE):
        assert (outcome.score, outcome.reason, outcome.answer) == (score, reason, None)
        assert outcome.status is OutcomeStatus.COMPLETE


def test_a_value_s_prompt_shows_the_path_that_it_judges():
    bench = make_bench(judge_each(Work.VALUE, "value"), "likely")
    run(bench)

    shown = [request.prompt[-1].content for request in bench.model.requests[1:]]
    assert sorted("Thought 0." in text for text in shown) == [False, True]
    assert all("How many clips?" in text for text in shown)


@pytest.mark.parametrize(
    ("said", "pick"),
    [("The best choice is 2", 1), ("The best choice is 3", None), ("None.", None)],
    ids=["second", "not-shown", "none"],
)
def test_a_vote_picks_one_of_the_paths_shown(said, pick):
    bench = make_bench(vote_among(2), said)
    run(bench)

    (outcome,) = outcomes_of(bench, Work.VOTE)
    assert (outcome.pick, outcome.answer) == (pick, None)
    asked = bench.model.requests[-1].prompt[-1].content
    assert re.search(r"Choice 1:\nThought (0|1)\.\n\nChoice 2:\nThought (?!\1)[01]\.", asked)


def test_proposals_are_parts_that_paths_go_on_from():
    def propose(request, _index):
        last = request.prompt[-1]
        return "1. Halve it.\n2. Double it.\n" if last.role == "user" else "Answer: 24"

    bench = Bench(
        model=ScriptedChatModel(propose),
        algorithm=Ladder(max_steps=2, first=Work.PROPOSE),
    )
    end = run(bench)

    (proposed,) = outcomes_of(bench, Work.PROPOSE)
    assert proposed.parts == (digest(b"Halve it."), digest(b"Double it."))
    assert bench.model.requests[-1].prompt[-1].content == "Halve it.\n\n"
    assert bench.log.bodies[proposed.body_ref] == b"1. Halve it.\n2. Double it.\n"
    assert end.standing.answer.text == "24"


def test_a_proposal_that_holds_an_answer_is_named():
    def propose(request, _index):
        is_asked = request.prompt[-1].role == "user"
        return "1. Halve it.\n2. Answer: 24\n" if is_asked else "Answer: 24"

    bench = Bench(
        model=ScriptedChatModel(propose),
        algorithm=Ladder(max_steps=2, first=Work.PROPOSE),
    )
    run(bench)

    (proposed,) = outcomes_of(bench, Work.PROPOSE)
    assert proposed.final_parts == (1,)


def test_scores_that_are_wanted_together_are_one_call_of_the_verifier():
    verifier = ScriptedVerifier(lambda claim: 0.9 if "0" in claim.steps[0] else 0.2)
    bench = make_bench(judge_each(Work.SCORE), verifier=verifier)
    end = run(bench)

    (claims,) = verifier.calls
    assert {claim.steps for claim in claims} == {("Thought 0.",), ("Thought 1.",)}
    assert sorted(outcome.score for outcome in outcomes_of(bench, Work.SCORE)) == [0.2, 0.9]
    assert end.spent.model_calls == 2


def test_a_score_tells_its_verdict_and_what_it_cost():
    judged = Judgement(
        verdict=Verdict.WRONG, tokens=TokenUse(tokens_in=5, tokens_out=1), model_calls=1
    )
    bench = make_bench(judge_each(Work.SCORE), verifier=ScriptedVerifier(lambda _claim: judged))
    end = run(bench)

    assert {outcome.verdict for outcome in outcomes_of(bench, Work.SCORE)} == {Verdict.WRONG}
    assert fold(bench.log.events).spent == end.spent
    assert end.spent.model_calls == 3


@pytest.mark.parametrize(
    "verifier", [None, ScriptedVerifier(lambda _claim: None)], ids=["none", "fails"]
)
def test_what_cannot_be_scored_has_failed_and_is_no_low_score(verifier):
    bench = make_bench(judge_each(Work.SCORE), verifier=verifier)
    run(bench)

    for outcome in outcomes_of(bench, Work.SCORE):
        assert (outcome.status, outcome.reason) == (OutcomeStatus.FAILED, "unscored")
        assert (outcome.score, bool(outcome.error)) == (None, True)


def test_a_claim_holds_the_answer_of_a_finished_path():
    verifier = ScriptedVerifier(lambda _claim: 0.5)
    bench = make_bench(judge_each(Work.SCORE), verifier=verifier)
    bench.model = ScriptedChatModel(["It is 72.\nAnswer: 72"])
    run(bench)

    assert {claim.answer for claim in verifier.calls[0]} == {"72"}


class HangingVerifier:
    """Scores nothing until it is recalled."""

    version = "hanging@1"

    def __init__(self):
        self.begun = asyncio.Event()

    async def judge(self, claims, cancel):
        self.begun.set()
        await cancel.wait()
        return [Judgement(error="cancelled", tokens=TokenUse(tokens_in=3)) for _ in claims]


async def stop_while_scoring(reason):
    verifier, cancel = HangingVerifier(), HeldToken()
    bench = make_bench(judge_each(Work.SCORE), verifier=verifier, cancel=cancel)
    running = asyncio.create_task(bench.run())
    await verifier.begun.wait()
    cancel.set(reason)
    return bench, await running


async def test_a_score_under_way_when_a_search_is_stopped_is_dropped():
    bench, end = await stop_while_scoring(CancelReason.HARVEST)

    assert end.stop_reason is StopReason.HARVESTED
    dropped = outcomes_of(bench, Work.SCORE)
    assert [outcome.status for outcome in dropped] == [OutcomeStatus.DROPPED] * 2
    assert end.spent.tokens_in == fold(bench.log.events).spent.tokens_in


async def test_a_score_under_way_when_a_worker_drains_is_taken_up_again():
    bench, end = await stop_while_scoring(CancelReason.DRAIN)
    assert end.is_interrupted
    assert not outcomes_of(bench, Work.SCORE)

    log = InMemoryEventLog(events=bench.log.events)
    log.bodies.update(bench.log.bodies)
    verifier = ScriptedVerifier(lambda _claim: 0.5)
    again = make_bench(judge_each(Work.SCORE), verifier=verifier, log=log)
    await again.run()
    assert [outcome.score for outcome in outcomes_of(again, Work.SCORE)] == [0.5] * 2
    assert not again.model.requests


def test_a_score_that_came_does_not_say_that_the_model_s_server_is_there():
    lost = Choice(
        index=0, text="", finish_reason=FinishReason.ERROR, error="reset", is_unavailable=True
    )
    said = iter(["Thought.\n\nmore"])

    def score_late(_claim):
        bench.clock.advance(6)
        return 0.5

    bench = Bench(
        model=ScriptedChatModel(lambda *_: next(said, lost)),
        verifier=ScriptedVerifier(score_late),
        algorithm=Ladder(max_steps=2, then=judge_each(Work.SCORE)),
    )
    with pytest.raises(ModelUnavailableError, match="reset"):
        run(bench)
    assert len(outcomes_of(bench, Work.SCORE)) == 1


def test_judged_searches_resume_from_every_prefix():
    def bench_on(log):
        return make_bench(
            judge_each(Work.SCORE), verifier=ScriptedVerifier(lambda _claim: 0.5), log=log
        )

    whole = bench_on(InMemoryEventLog())
    run(whole)
    expected = trace_digest(fold(whole.log.events))
    for n_events in range(1, len(whole.log.events)):
        log = InMemoryEventLog(events=whole.log.events[:n_events])
        log.bodies.update(whole.log.bodies)
        run(bench_on(log))
        assert trace_digest(fold(log.events)) == expected
