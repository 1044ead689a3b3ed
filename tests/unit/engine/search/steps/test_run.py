"""Step searches through the runner: prompts, scores, votes and resumption from a real log."""

from __future__ import annotations

import asyncio

import pytest

from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.fold import fold
from engine.domain.trace_digest import trace_digest
from engine.search.scoring import Scorer
from engine.search.steps.beam import Beam
from engine.search.steps.dvts import Dvts
from engine.search.steps.particles import Particles
from engine.search.steps.rebase import Rebase
from engine.search.steps.search import StepSearch
from engine.search.steps.settings import StepSettings
from tests.fakes.scripted_model import ScriptedChatModel
from tests.fakes.scripted_verifier import ScriptedVerifier
from tests.unit.engine.runner.harness import Bench

STEPS = ("First, halve.", "Then add.", "Answer: 72")
GROWTHS = pytest.mark.parametrize(
    "growth", [Beam(branching=2), Dvts(branching=2), Rebase(), Particles()], ids=lambda g: g.name
)


def trust_length(claim):
    """Judge a path the surer, the longer it is."""
    return 0.5 + len(claim.steps) / 10


def write_on(request, index):
    last = request.prompt[-1]
    n_before = last.content.count("\n\n") if last.role == "assistant" else 0
    # Samples of one group differ, so that they are no twins.
    first = f"{STEPS[n_before]} ({index})" if n_before < 2 else STEPS[n_before]
    return "\n\n".join((first, *STEPS[n_before + 1 :]))


def bench(growth, *, max_steps=5, **changes):
    steps = StepSettings(width=4, max_steps=max_steps, scorer=Scorer.VERIFIER)
    return Bench(
        **{
            "model": ScriptedChatModel(write_on),
            "algorithm": StepSearch(growth=growth, steps=steps),
            "verifier": ScriptedVerifier(trust_length),
            **changes,
        }
    )


def run(one):
    return asyncio.run(one.run())


def works(one):
    return [node.work for node in fold(one.log.events).nodes.values()]


def claims(one):
    return [claim for call in one.verifier.calls for claim in call]


@GROWTHS
def test_a_finished_search_of_three_steps_sends_nothing_beyond_them(growth):
    one = bench(growth)
    end = run(one)

    assert end.standing.answer.text == "72"
    assert works(one).count("step") == 12
    assert max(len(claim.steps) for claim in claims(one)) == 3


@GROWTHS
def test_no_text_is_repeated_along_a_path(growth):
    one = bench(growth)
    run(one)

    for claim in claims(one):
        assert len(set(claim.steps)) == len(claim.steps)
        assert claim.steps[0].startswith(STEPS[0])


@GROWTHS
@pytest.mark.parametrize("cut", [3, 9, 16, 25], ids=str)
def test_a_search_that_was_cut_off_ends_as_it_would_have(growth, cut):
    whole = bench(growth)
    end = run(whole)
    log = InMemoryEventLog(events=whole.log.events[:cut])
    log.bodies.update(whole.log.bodies)
    rest = bench(growth, log=log)

    assert run(rest).standing == end.standing
    assert trace_digest(fold(rest.log.events)) == trace_digest(fold(whole.log.events))


@GROWTHS
def test_on_the_last_level_the_model_writes_past_the_ends_of_steps(growth):
    one = bench(growth, max_steps=2)
    end = run(one)

    assert end.standing.answer.text == "72"
    assert works(one).count("sample") == 4
    assert set(works(one)) == {"step", "sample", "score"}
