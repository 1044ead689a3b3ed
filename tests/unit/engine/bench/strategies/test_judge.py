"""A recording is judged as a search would have its samples judged, and reads back so."""

from __future__ import annotations

import pytest

from engine.bench.strategies.judge import judge_problem
from engine.bench.strategies.recording import RecordedProblem, parse_recording, render_line
from engine.domain.errors import ModelError
from engine.domain.verdict import Verdict
from engine.ports import Claim, Judgement
from tests.fakes.scripted_verifier import ScriptedVerifier
from tests.unit.engine.bench.strategies.tape import problem, recording


async def test_every_sample_with_an_answer_is_judged():
    verifier = ScriptedVerifier(lambda claim: 0.9 if claim.answer == "7" else 0.1)
    judged = await judge_problem(problem(["7", None, "8"]), verifier)

    scores = [one.judgement and one.judgement.score for one in judged.samples]
    assert scores == [0.9, None, 0.1]
    ((first, second),) = verifier.calls
    assert first == Claim(problem="What is p?", steps=("so it is 7",), answer="7")
    assert second.answer == "8"


async def test_a_problem_without_an_answer_asks_nothing():
    verifier = ScriptedVerifier(lambda claim: 0.5)
    tape = problem([None, None])

    assert await judge_problem(tape, verifier) == tape
    assert verifier.calls == []


async def test_a_verifier_that_judges_nothing_is_an_error():
    with pytest.raises(ModelError, match="the script cannot judge this"):
        await judge_problem(problem(["7", "8"]), ScriptedVerifier(lambda claim: None))


async def test_a_judgement_reads_back_as_it_was_written():
    said = Judgement(verdict=Verdict.WRONG)
    verifier = ScriptedVerifier(lambda claim: said if claim.answer == "7" else 0.25)
    judged = await judge_problem(problem(["7", "8"]), verifier)

    assert RecordedProblem.from_data(judged.to_data()) == judged
    tape = recording(judged)
    lines = [render_line(tape.header.to_data()), render_line(judged.to_data())]
    assert parse_recording(lines) == tape


def test_a_header_of_before_there_were_judgements_is_read():
    tape = recording(problem(["7"]))
    old = {name: value for name, value in tape.header.to_data().items() if name != "verifier"}

    assert parse_recording([render_line(old)]).header == tape.header
