"""A problem written as a program gives its answer, and a pair's worse program another."""

from __future__ import annotations

from random import Random

from transformers import PreTrainedTokenizerFast

from engine.training.datasets.mini_template import mini_chat_template
from engine.training.emission.written import emit_written, emit_written_pairs
from engine.training.generate import draw_problem
from engine.training.problem import Split, UnanswerableProblem
from engine.training.row_format import read_completion, render_declined
from engine.training.stories.draw import draw_story_problem
from engine.training.tokenizer import train_tokenizer

STORIES = [draw_story_problem(Random(seed), Split.TRAIN) for seed in range(150)]
TOLD = [draw_problem(Random(seed), Split.TRAIN) for seed in range(40)]
UNTOLD = [problem for problem in STORIES if isinstance(problem, UnanswerableProblem)]


def test_what_is_written_comes_to_the_answer():
    assert UNTOLD
    for problem in (*TOLD, *STORIES):
        found = emit_written(problem)
        assert read_completion(found.messages[-1].content).said == found.answer


def test_the_worse_program_of_a_pair_comes_to_another_answer():
    pairs = [
        (problem, pair) for problem in TOLD for pair in emit_written_pairs(problem, Random(1))
    ]

    assert len(pairs) > len(TOLD)
    for problem, pair in pairs:
        assert read_completion(pair.chosen).value == problem.answer
        assert read_completion(pair.rejected).value != problem.answer


def test_the_models_own_template_renders_its_rows():
    rows = [emit_written(problem) for problem in (TOLD[0], UNTOLD[0])]
    expected = [f"<q>{TOLD[0].question}<prog>{rows[0].messages[-1].content}</s>"]
    expected.append(render_declined(UNTOLD[0].question))
    tokenizer: PreTrainedTokenizerFast = train_tokenizer([*expected])
    tokenizer.chat_template = mini_chat_template()
    rendered = [
        tokenizer.apply_chat_template(
            [{"role": turn.role.value, "content": turn.content} for turn in row.messages],
            tokenize=False,
        )
        for row in rows
    ]

    assert rendered == expected
