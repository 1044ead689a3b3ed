"""Where what is emitted comes from."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from engine.training.example import Category, Origin
from engine.training.problem import Split, UnanswerableProblem, WordProblem, split_of

_LICENCES: Final = MappingProxyType({"gsm8k": "MIT", "mawps": "MIT"})
_OWN_LICENCE: Final = "MIT"


def origin_of(problem: WordProblem | UnanswerableProblem) -> Origin:
    """The origin of everything that a problem emits.

    Problems of published sets are split by whoever reads the set, so they count as training rows.
    """
    source = problem.source if isinstance(problem, WordProblem) else "generated"
    published = source in _LICENCES
    return Origin(
        source=source,
        licence=_LICENCES.get(source, _OWN_LICENCE),
        category=Category.MATH,
        family=problem.family,
        template=problem.template,
        split=Split.TRAIN if published else split_of(problem.template),
    )
