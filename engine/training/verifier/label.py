"""Labels by execution: what a model wrote, as a chain that is right or wrong, step by step.

The answer decides whether a chain is right. Where the question has a program, the first wrong step
is the first statement whose value no right solution needs. Where it has none, the whole solution
is one step, right and wrong ones alike, so that nothing is said of steps that nothing is known of.
"""

from __future__ import annotations

from engine.answers.compare import compare_answers
from engine.answers.extract import ANSWER_TAG, END_TAG, extract_answer
from engine.domain.profile import AnswerProtocol
from engine.domain.program import ProgramError, parse_program
from engine.domain.verdict import Verdict
from engine.training.emission.label import judge_against, right_values
from engine.training.example import Fault, JudgedChain
from engine.training.row_format import STATEMENT_JOINT, Completion, read_completion
from engine.training.verifier.asked import Asked


def label_program(asked: Asked, text: str, *, system: str) -> JudgedChain | None:
    """A program that a model wrote, executed; None where it wrote nothing at all.

    What cannot be executed is a wrong chain of one step.
    """
    written = text.partition(END_TAG)[0].strip()
    if not written:
        return None
    completion = read_completion(written)
    verdict = compare_answers(completion.said or "", asked.answer)
    is_right = completion.said is not None and verdict is Verdict.RIGHT
    steps = _statements(written, completion) if asked.problem else (written,)
    n_right = len(steps) if is_right else 0
    if not is_right and not completion.fault:
        n_right = _count_right(asked, written, n_steps=len(steps))
    return _chain(asked, steps, n_right, is_right=is_right, system=system)


def label_prose(asked: Asked, text: str, *, system: str) -> JudgedChain | None:
    """A solution in words, by its marked answer; None where right and wrong cannot be told."""
    found = extract_answer(text, AnswerProtocol.MARKED)
    given = "" if found is None else found.text
    verdict = Verdict.WRONG if found is None else compare_answers(given, asked.answer)
    if not text.strip() or verdict is Verdict.UNCHECKED:
        return None
    is_right = verdict is Verdict.RIGHT
    return _chain(asked, (text.strip(),), int(is_right), is_right=is_right, system=system)


def _statements(written: str, completion: Completion) -> tuple[str, ...]:
    """One step a statement; the last names the answer where that is another statement."""
    source, mark, name = written.partition(ANSWER_TAG)
    steps = [part.strip() for part in source.split(STATEMENT_JOINT) if part.strip()]
    if completion.fault or not steps:
        return (written,)
    if mark and steps[-1].partition("=")[0].strip() != name.strip():
        steps[-1] += f"{ANSWER_TAG}{name.strip()}"
    return tuple(steps)


def _count_right(asked: Asked, written: str, *, n_steps: int) -> int:
    """How many steps of a program with a wrong answer are right."""
    if asked.problem is None:
        return 0
    try:
        program = parse_program(written.partition(ANSWER_TAG)[0])
    except ProgramError:
        return 0
    values = right_values(asked.problem.program)
    judged = judge_against(program, values, asked.problem.answer)
    return min(judged.n_right, n_steps)


def _chain(
    asked: Asked, steps: tuple[str, ...], n_right: int, *, is_right: bool, system: str
) -> JudgedChain:
    return JudgedChain(
        question=asked.question,
        steps=steps,
        n_right=n_right,
        is_right=is_right,
        origin=asked.origin,
        fault=None if is_right else Fault.SAMPLED,
        system=system,
    )
