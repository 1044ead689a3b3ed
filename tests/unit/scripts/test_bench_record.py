from __future__ import annotations

import pytest

from engine.adapters.key_equality import KeyEquality
from engine.adapters.monotonic_clock import MonotonicClock
from engine.bench.strategies.live import run_live
from engine.bench.strategies.record import Question, Studio, record_questions
from engine.bench.strategies.recording import render_line
from engine.domain.errors import ModelError
from engine.domain.profile import CHAT_PROFILE
from engine.ports import Choice, FinishReason
from engine.prompts.prompt_set import load_prompt_set
from engine.search.self_consistency import SelfConsistency
from scripts.svend.bench_record import open_recording, read_questions, read_recording
from scripts.svend.errors import CommandError
from tests.fakes.scripted_model import ScriptedChatModel

QUESTIONS = tuple(
    Question(problem_id=name, text=f"What is {name}?", gold="7") for name in ("a", "b", "c")
)


class NoTools:
    async def run(self, call):
        raise AssertionError("no program was written")


def open_studio(script=("Answer: 7", "Answer: 8"), samples=3):
    return Studio(
        model=ScriptedChatModel(script),
        model_name="scripted",
        tools=NoTools(),
        equality=KeyEquality(),
        clock=MonotonicClock(),
        profile=CHAT_PROFILE,
        prompts=load_prompt_set(CHAT_PROFILE.prompt_set),
        samples=samples,
        suite="three",
        n_in_flight=1,
    )


async def fill(studio, path, questions=QUESTIONS):
    file, known = open_recording(studio, path)
    with file:
        async for problem in record_questions(
            studio, [one for one in questions if one.problem_id not in known]
        ):
            file.write(render_line(problem.to_data()))


async def test_each_problem_gets_its_samples_in_order_and_a_greedy_one(tmp_path):
    await fill(open_studio(), tmp_path / "tape", QUESTIONS[:1])

    (problem,) = read_recording(tmp_path / "tape").problems

    assert [sample.answer.text for sample in problem.samples] == ["7", "8", "7"]
    assert problem.greedy.answer.text == "8"
    assert problem.samples[0].text == "Answer: 7"
    assert any("What is a?" in message["content"] for message in problem.prompt)


@pytest.mark.parametrize("n_bytes_lost", [1, 30, 2000], ids=["newline", "some", "more"])
async def test_a_recording_cut_short_goes_on_without_doubles(tmp_path, n_bytes_lost):
    path = tmp_path / "tape"
    await fill(open_studio(), path, QUESTIONS[:2])
    whole = path.read_bytes()
    path.write_bytes(whole[:-n_bytes_lost])

    await fill(open_studio(), path)

    names = [problem.problem_id for problem in read_recording(path).problems]
    assert sorted(names) == ["a", "b", "c"]


async def test_a_recording_made_otherwise_is_not_gone_on_with(tmp_path):
    await fill(open_studio(), tmp_path / "tape", QUESTIONS[:1])

    with pytest.raises(CommandError, match="another --out"):
        open_recording(open_studio(samples=4), tmp_path / "tape")


async def test_a_sample_that_failed_leaves_no_hole(tmp_path):
    failed = Choice(index=0, text="", finish_reason=FinishReason.ERROR, error="broken")

    with pytest.raises(ModelError, match="broken"):
        await fill(open_studio(script=lambda request, index: failed), tmp_path / "tape")

    assert read_recording(tmp_path / "tape").problems == ()


async def test_a_live_run_pairs_with_the_recorded_problem(tmp_path):
    await fill(open_studio(), tmp_path / "tape", QUESTIONS[:1])
    problems = read_recording(tmp_path / "tape").problems
    told = []

    (run,) = await run_live(
        open_studio(script=["Answer: 7"]), SelfConsistency(samples=4), problems, told.append
    )

    assert (run.problem_id, run.is_right, run.n_samples) == ("a", True, 2)
    assert told == [run]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('{"id": "a", "problem": "?"}\n', "no answer"),
        ('{"id": "a", "problem": "?", "answer": "1"}\n' * 2, "two problems"),
    ],
    ids=["no-answer", "twice"],
)
def test_a_suite_that_cannot_be_graded_is_refused(tmp_path, lines, words):
    path = tmp_path / "suite.jsonl"
    path.write_text(lines)

    with pytest.raises(CommandError, match=words):
        read_questions(path)
