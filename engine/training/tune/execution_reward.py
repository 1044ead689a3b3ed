"""The reward of a completion: its program is executed, and its answer compared exactly.

A completion earns the whole reward when its answer is right and a small one when its program
merely runs, so that a model that cannot yet answer learns to be executable first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from engine.answers.compare import compare_answers
from engine.answers.extract import NOT_TOLD, declines, extract_answer
from engine.domain.profile import AnswerProtocol
from engine.domain.program import ProgramError, render_number, run_program
from engine.domain.verdict import Verdict
from engine.training.row_format import ANSWER, END, PROGRAM, read_completion

RUNS_REWARD: Final = 0.1

_FENCE: Final = re.compile(r"```[a-z]*\n(?P<code>.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a completion is worth.

    Attributes:
        reward: 1 for the right answer, a little for a program that runs, else 0; None when there
            is nothing to compare with, which is no fault of the completion's.
        runs: Whether a program was found and executed.
    """

    reward: float | None
    runs: bool


def score_completion(text: str, answer: str) -> Score:
    """Execute what a completion says and compare it with the answer.

    Read are, in this order: svend-mini's own format, the last fenced program, and, where there is
    neither, an answer that the text marks.

    Args:
        text: What the model wrote, the end token included or not.
        answer: The right answer as text; empty where there is none to compare with.
    """
    if declines(text):
        return Score(reward=_reward(NOT_TOLD, answer, runs=False), runs=False)
    found = _find_value(text)
    if found is not None:
        return Score(reward=_reward(render_number(found), answer, runs=True), runs=True)
    marked = None if _has_program(text) else extract_answer(text, AnswerProtocol.MARKED)
    said = "" if marked is None else marked.text
    return Score(reward=_reward(said, answer, runs=False), runs=False)


def execution_reward(
    completions: Sequence[Any], answer: Sequence[str], **_columns: Any
) -> list[float | None]:
    """Reward functions as TRL calls them: one reward a completion.

    Args:
        completions: Texts, or lists of messages whose last is the model's.
        answer: The right answers, one a completion.
        _columns: The other columns of the rows.
    """
    return [
        score_completion(_text_of(completion), right).reward
        for completion, right in zip(completions, answer, strict=True)
    ]


def _reward(said: str, answer: str, *, runs: bool) -> float | None:
    if not answer:
        return None
    least = RUNS_REWARD if runs else 0.0
    if not said:
        return least
    return 1.0 if _agree(said, answer) else least


def _agree(said: str, answer: str) -> bool:
    try:
        # Programs are exact; so is the comparison, where the right answer is a number.
        return Fraction(said) == Fraction(answer.replace(",", ""))
    except (ValueError, ZeroDivisionError):
        return compare_answers(said, answer) == Verdict.RIGHT


def _find_value(text: str) -> Fraction | None:
    """The value of the completion's program, or None when it has none that runs."""
    if ANSWER in text:
        return read_completion(text.partition(END)[0].rpartition(PROGRAM)[2]).value
    fenced = [match["code"] for match in _FENCE.finditer(text)]
    if not fenced:
        return None
    try:
        return run_program(fenced[-1]).value
    except ProgramError:
        return None


def _has_program(text: str) -> bool:
    return ANSWER in text or bool(_FENCE.search(text))


def _text_of(completion: Any) -> str:
    return completion if isinstance(completion, str) else str(completion[-1]["content"])
