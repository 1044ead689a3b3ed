"""Chains whose steps were judged: PRM800K, Math-Shepherd, OmegaPRM.

Sources of the layouts: Lightman et al. 2023 (arXiv 2305.20050), Wang et al. 2023 (arXiv
2312.08935), Luo et al. 2024 (arXiv 2406.06592). The last two label by rollouts: a step is right
when any continuation from it reached the published answer, which is not the same as being valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from engine.answers.compare import compare_answers
from engine.answers.extract import extract_answer
from engine.domain.profile import AnswerProtocol
from engine.domain.verdict import Verdict
from engine.training.datasets.field import filled_field, list_field, object_of, text_field
from engine.training.datasets.published.layout import Credit, Row, origin_of
from engine.training.errors import DatasetError
from engine.training.example import Fault, JudgedChain

MAX_CHAINS: Final = 512
"""Of one row: trees of rollouts can have many leaves."""

_WRONG_RATING: Final = -1
_SOLVED: Final = "solution"
_STEP: Final = re.compile(r"Step \d+: ?")
_ROLLOUT_MARK: Final = "ки"
_LABELS: Final = {"+": True, "-": False}
_PARAGRAPH: Final = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rated:
    """A step that a person rated."""

    text: str
    is_right: bool


def read_prm800k(row: Row, credit: Credit) -> Iterator[JudgedChain]:
    """`question.problem` and `label.steps` with rated completions.

    The chosen completions make one chain; each completion that was rated wrong makes another with
    what stood before it. A rating of 0 (neither helps nor harms) counts as right.
    """
    problem = filled_field(object_of(row.get("question"), "question"), "problem")
    label = object_of(row.get("label"), "label")
    before: list[str] = []
    for step in list_field(label, "steps"):
        rated, chosen = _read_rated(object_of(step, "steps"))
        for wrong in (each for each in rated if not each.is_right):
            steps = (*before, wrong.text)
            yield _chain(problem, steps, len(before), credit, is_right=False)
        if chosen is None:
            return
        before.append(chosen)
    if before and text_field(label, "finish_reason", "") == _SOLVED:
        yield _chain(problem, before, len(before), credit, is_right=True)


def read_math_shepherd(row: Row, credit: Credit) -> Iterator[JudgedChain]:
    """`input` with a mark behind each step, and `label` with `+` or `-` in the mark's place."""
    told, labelled = filled_field(row, "input"), filled_field(row, "label")
    question, *steps = _STEP.split(told)
    _, *judged = _STEP.split(labelled)
    labels = [_LABELS.get(step.rstrip()[-1:]) for step in judged]
    if not steps or len(labels) != len(steps) or None in labels:
        raise DatasetError("`label` does not end each step of `input` with + or -")
    texts = [step.rstrip().removesuffix(_ROLLOUT_MARK).rstrip() for step in steps]
    n_right = labels.index(False) if False in labels else len(labels)
    yield _chain(question.strip(), texts, n_right, credit, is_right=bool(labels[-1]))


def read_omegaprm(row: Row, credit: Credit) -> Iterator[JudgedChain]:
    """`question`, `final_answer`, and `reasoning_steps`: a tree, or a list of judged prefixes."""
    question, value = filled_field(row, "question"), row.get("reasoning_steps")
    if isinstance(value, Mapping):
        yield from _read_tree(question, value, credit)
    else:
        final = text_field(row, "final_answer", "")
        for entry in list_field(row, "reasoning_steps")[:MAX_CHAINS]:
            prefix = object_of(entry, "reasoning_steps")
            yield from _read_prefix(question, final, prefix, credit)


def _read_rated(step: Mapping[str, Any]) -> tuple[list[_Rated], str | None]:
    """The rated completions of a step, and the text that the chain goes on with."""
    rated: list[_Rated] = []
    for value in list_field(step, "completions"):
        completion = object_of(value, "completions")
        if isinstance(completion.get("rating"), int):
            is_right = completion["rating"] != _WRONG_RATING
            rated.append(_Rated(text=filled_field(completion, "text"), is_right=is_right))
    chosen = step.get("chosen_completion")
    if isinstance(chosen, int):
        return rated, _choose(list_field(step, "completions"), chosen)
    written = step.get("human_completion")
    if written is None:
        return rated, None
    return rated, filled_field(object_of(written, "human_completion"), "text")


def _choose(completions: Sequence[Any], index: int) -> str | None:
    if not 0 <= index < len(completions):
        raise DatasetError(f"`chosen_completion` is {index} of {len(completions)}")
    chosen = object_of(completions[index], "completions")
    # People went on from a wrong step now and then; nothing behind it can be used.
    return None if chosen.get("rating") == _WRONG_RATING else filled_field(chosen, "text")


def _read_tree(question: str, root: Mapping[str, Any], credit: Credit) -> Iterator[JudgedChain]:
    """One chain a leaf; the root is the question itself."""
    stack: list[tuple[Mapping[str, Any], tuple[Mapping[str, Any], ...]]] = [(root, ())]
    n_chains = 0
    while stack and n_chains < MAX_CHAINS:
        node, path = stack.pop()
        children = [object_of(child, "children") for child in list_field(node, "children")]
        stack += [(child, (*path, child)) for child in reversed(children)]
        if path and not children:
            n_chains += 1
            labels = [_value(each) > 0 for each in path]
            n_right = labels.index(False) if False in labels else len(labels)
            steps = [filled_field(each, "text") for each in path]
            yield _chain(question, steps, n_right, credit, is_right=labels[-1])


def _read_prefix(
    question: str, final: str, entry: Mapping[str, Any], credit: Credit
) -> Iterator[JudgedChain]:
    """A beginning of a solution: nothing reached the answer from a wrong one's last step."""
    text = filled_field(entry, "solution_prefix").strip().removeprefix(question.strip())
    steps = [step.strip() for step in _PARAGRAPH.split(text) if step.strip()]
    if steps:
        is_right = _value(entry) > 0
        found = extract_answer(text, AnswerProtocol.MARKED)
        n_right = len(steps) - (not is_right)
        if found is not None and compare_answers(found.text, final) is Verdict.WRONG:
            is_right = False
        yield _chain(question, steps, n_right, credit, is_right=is_right)


def _value(entry: Mapping[str, Any]) -> float:
    value = entry.get("mc_value")
    if not isinstance(value, int | float):
        raise DatasetError("`mc_value` is no number")
    return float(value)


def _chain(
    question: str, steps: Sequence[str], n_right: int, credit: Credit, *, is_right: bool
) -> JudgedChain:
    if not question:
        raise DatasetError("the question is empty")
    is_whole = is_right and n_right == len(steps)
    return JudgedChain(
        question=question,
        steps=tuple(steps),
        n_right=n_right,
        is_right=is_right,
        origin=origin_of(question, credit),
        fault=None if is_whole else Fault.SAMPLED,
        system=credit.source,
    )
