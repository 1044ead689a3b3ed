"""The published layouts by name."""

from __future__ import annotations

from typing import Final

from engine.training.datasets.published.dialogue import read_camel, read_chat, read_slimorca
from engine.training.datasets.published.judged import (
    read_math_shepherd,
    read_omegaprm,
    read_prm800k,
)
from engine.training.datasets.published.layout import Convert, Credit, Layout
from engine.training.datasets.published.reasoning import read_folio, read_strategyqa
from engine.training.datasets.published.solution import (
    read_codealpaca,
    read_gsm8k,
    read_math_answers,
    read_mawps,
    read_openmath,
)
from engine.training.datasets.row import UNKNOWN
from engine.training.errors import DatasetError
from engine.training.example import Category


def _layout(
    source: str, licence: str, category: Category, convert: Convert, fields: str
) -> Layout:
    credit = Credit(source=source, licence=licence, category=category)
    return Layout(credit=credit, convert=convert, fields=fields)


LAYOUTS: Final = {
    "openmathinstruct-2": _layout(
        "openmathinstruct-2",
        "CC-BY-4.0",
        Category.MATH,
        read_openmath,
        "problem, generated_solution, expected_answer",
    ),
    "codealpaca": _layout(
        "codealpaca", "CC-BY-4.0", Category.CODE, read_codealpaca, "instruction, input, output"
    ),
    "slimorca": _layout(
        "slimorca", "MIT", Category.GENERAL, read_slimorca, "conversations (from, value)"
    ),
    "camel": _layout(
        "camel",
        "CC-BY-NC-4.0",
        Category.GENERAL,
        read_camel,
        "role_1, topic;, message_1, message_2",
    ),
    "gsm8k": _layout("gsm8k", "MIT", Category.MATH, read_gsm8k, "question, answer (#### 42)"),
    "mawps": _layout("mawps", "MIT", Category.MATH, read_mawps, "question, equation, answer"),
    "math-answers": _layout(
        "math", "MIT", Category.MATH, read_math_answers, "problem, final_answer"
    ),
    "strategyqa": _layout(
        "strategyqa", "MIT", Category.LOGIC, read_strategyqa, "question, answer, facts"
    ),
    "folio": _layout(
        "folio", "CC-BY-SA-4.0", Category.LOGIC, read_folio, "premises, conclusion, label"
    ),
    "prm800k": _layout(
        "prm800k", "MIT", Category.MATH, read_prm800k, "question.problem, label.steps"
    ),
    "math-shepherd": _layout(
        "math-shepherd", UNKNOWN, Category.MATH, read_math_shepherd, "input, label"
    ),
    "omegaprm": _layout(
        "omegaprm", "MIT", Category.MATH, read_omegaprm, "question, final_answer, reasoning_steps"
    ),
    "chat": _layout(UNKNOWN, UNKNOWN, Category.GENERAL, read_chat, "messages, or svend's own"),
}


def get_layout(name: str) -> Layout:
    """The layout of this name.

    Raises:
        DatasetError: When there is none; the message lists those that there are.
    """
    try:
        return LAYOUTS[name]
    except KeyError:
        raise DatasetError(f"no format {name!r}; known: {', '.join(LAYOUTS)}") from None
