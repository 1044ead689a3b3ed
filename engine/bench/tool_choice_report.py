"""The figures of a run over questions about tools, as JSON and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.bench.proportion import Proportion
from engine.bench.tool_choice import Grade, Graded
from engine.domain.canonical import JsonValue

ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolScores:
    """How often a model chose well. A question that the server did not answer counts nowhere.

    Attributes:
        tool: Questions that need a tool for which the right one was called.
        arguments: Questions that need a tool for which the whole call was right.
        restraint: Questions that no tool fits for which none was called.
        grades: How many questions got each grade.
    """

    tool: Proportion
    arguments: Proportion
    restraint: Proportion
    grades: Mapping[str, int]

    def to_data(self) -> dict[str, JsonValue]:
        """Return the scores as JSON."""
        return {
            "right_tool": _describe(self.tool),
            "right_call": _describe(self.arguments),
            "no_needless_call": _describe(self.restraint),
            "grades": dict(self.grades),
        }


def score_questions(graded: Sequence[Graded]) -> dict[str, ToolScores]:
    """Return the scores of each category, in the order of the questions, and of all together."""
    categories = dict.fromkeys(each.question.category for each in graded)
    scores = {
        name: _score([each for each in graded if each.question.category == name])
        for name in categories
    }
    return {**scores, ALL: _score(graded)}


def to_report(graded: Sequence[Graded], *, model: str) -> dict[str, JsonValue]:
    """Return everything that was found, each question's grade included, as JSON."""
    scores = score_questions(graded)
    return {
        "model": model,
        "n_questions": len(graded),
        "scores": {name: score.to_data() for name, score in scores.items()},
        "questions": [
            {
                "id": each.question.question_id,
                "grade": each.grade.value,
                "is_tool_right": each.is_tool_right,
                "fault": each.fault,
            }
            for each in graded
        ],
    }


def render_table(scores: Mapping[str, ToolScores]) -> str:
    """Return the scores as a table in Markdown, shares in percent with their 95 % interval."""
    head = "| category | right tool | right call | no needless call | unanswered |"
    rows = [
        f"| {name} | {_render(score.tool)} | {_render(score.arguments)} "
        f"| {_render(score.restraint)} | {score.grades.get(Grade.UNANSWERED, 0)} |"
        for name, score in scores.items()
    ]
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def _score(graded: Sequence[Graded]) -> ToolScores:
    answered = [each for each in graded if each.grade is not Grade.UNANSWERED]
    needing = [each for each in answered if each.question.expected]
    others = [each for each in answered if not each.question.expected]
    return ToolScores(
        tool=_count(needing, lambda each: each.is_tool_right),
        arguments=_count(needing, _is_right),
        restraint=_count(others, _is_right),
        grades=Counter(each.grade.value for each in graded),
    )


def _count(graded: Sequence[Graded], is_hit: Callable[[Graded], bool]) -> Proportion:
    return Proportion(n_hits=sum(map(is_hit, graded)), n_cases=len(graded))


def _is_right(graded: Graded) -> bool:
    return graded.grade is Grade.RIGHT


def _describe(share: Proportion) -> dict[str, JsonValue]:
    return {
        "n_right": share.n_hits,
        "n": share.n_cases,
        "ratio": share.ratio,
        "low": share.low,
        "high": share.high,
    }


def _render(share: Proportion) -> str:
    if share.ratio is None:
        return "-"
    return (
        f"{share.ratio:.1%} ({share.low:.1%} to {share.high:.1%}), "
        f"{share.n_hits} of {share.n_cases}"
    )
