"""A search ends with its evidence, its confidence, and a word on whether to stand by it."""

from __future__ import annotations

import json
from dataclasses import replace

from engine.adapters.key_equality import KeyEquality
from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.event import EventType
from engine.domain.standing import SolveOutcome
from engine.runner import SearchPorts, run_search
from engine.verify.assessment import Assessment
from engine.verify.feature import Feature
from engine.verify.fitting import FitPlan, fit_calibrator
from tests.fakes.scripted_model import ScriptedChatModel
from tests.unit.engine.runner.harness import PROGRAM_PROFILE, Bench, ScriptedTools, computed, says
from tests.unit.engine.verify.builders import rows


async def run(bench: Bench, assessment: Assessment):
    ports = SearchPorts(
        model=bench.model,
        tools=bench.tools,
        equality=KeyEquality(),
        log=bench.log,
        clock=bench.clock,
    )
    request = replace(bench.request(), calibrate=assessment.assess)
    return await run_search(request, ports, bench.cancel)


def programs(*sources: str) -> Bench:
    return Bench(
        model=ScriptedChatModel(list(sources)),
        tools=ScriptedTools({source.partition("<")[0]: computed("72") for source in sources}),
        profile=PROGRAM_PROFILE,
    )


async def test_different_programs_that_agree_verify_an_answer():
    end = await run(programs("v=72", "v=70+2"), Assessment())
    assert end.outcome is SolveOutcome.VERIFIED
    assert end.standing.support.n_programs == 2


async def test_one_program_drawn_again_and_again_verifies_nothing():
    end = await run(programs("v=72"), Assessment())
    assert end.outcome is SolveOutcome.UNVERIFIED


async def test_one_computation_in_other_words_verifies_nothing():
    end = await run(programs("v=8*9<ans>v", "u=9*8<ans>u", "a=8;b=9*a<ans>b"), Assessment())
    assert (end.outcome, end.standing.support.n_programs) == (SolveOutcome.UNVERIFIED, 1)


async def test_texts_that_agree_verify_nothing():
    end = await run(Bench(model=says("72")), Assessment())
    assert end.outcome is SolveOutcome.UNVERIFIED
    assert end.standing.support.n_written == end.standing.n_ended


async def test_the_decision_is_committed_as_it_is_shown():
    plan = FitPlan(
        name="share", model_fingerprint="w", features=(Feature.VOTE_SHARE,), n_resamples=5
    )
    bench = Bench(model=says("72"), log=InMemoryEventLog())
    end = await run(bench, Assessment(calibrator=fit_calibrator(rows(400), plan)))
    (decided,) = [e for e in bench.log.events if e.type is EventType.SEARCH_DECIDED]
    assert end.standing.confidence is not None
    committed = decided.data["standing"]
    assert committed == json.loads(json.dumps(end.standing.to_data()))
