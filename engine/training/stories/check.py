"""Whether the stories of a file come out: every question of every phrasing is drawn and read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from engine.training.problem import WordProblem
from engine.training.stories.draw import (
    Problem,
    StoryTemplate,
    draw_story_template,
    instantiate,
)
from engine.training.stories.reader import SUFFIX, StoryFault
from engine.training.stories.slot import slot_names
from engine.training.stories.story import Story, StoryQuestion
from engine.training.wording import distinct_windows

# Two in three draws must come out within the tries that a draw has.
_LEAST_SHARE: Final = 2 / 3
_LEFT_OVER: Final = re.compile(r"[{}\[\]|]|  ")
_DOUBLED: Final = re.compile(
    r"\b(?!(?:had|that|so|very|ha|la|two|three|four|five|six|ten)\b)([A-Za-z]+) \1\b"
)
_END: Final = ("?", ".", "!", '"', ")")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCounts:
    """What the stories of one or more files add up to.

    Attributes:
        n_stories: Stories.
        n_phrasings: Whole tellings, each with choices of its own.
        n_questions: Questions.
        n_unanswerable: Those of them that the facts do not answer.
        n_wordings: Ways to ask them.
        n_windows: Different runs of eight words in the problems drawn for the check.
    """

    n_stories: int
    n_phrasings: int
    n_questions: int
    n_unanswerable: int
    n_wordings: int
    n_windows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryCheck:
    """The faults found by drawing, and the counts."""

    faults: tuple[StoryFault, ...]
    counts: StoryCounts


def check_stories(stories: Sequence[Story], *, n_draws: int = 24, seed: int = 0) -> StoryCheck:
    """Draw every question of every story `n_draws` times and read what comes out."""
    rng = Random(f"stories:{seed}")
    faults: list[StoryFault] = []
    texts: list[str] = []
    for story in stories:
        for question in story.questions:
            messages, drawn = _check_question(story, question, rng, n_draws)
            faults += [_fault(story, question, message) for message in messages]
            texts += drawn
    return StoryCheck(faults=tuple(faults), counts=_counted(stories, texts))


def _check_question(
    story: Story, question: StoryQuestion, rng: Random, n_draws: int
) -> tuple[list[str], list[str]]:
    """The first things wrong with a question, and the texts that were drawn."""
    texts: list[str] = []
    for _ in range(n_draws):
        template = draw_story_template(story, rng, question)
        problem = instantiate(template, rng)
        faults = [*_untold(template), *(_misread(problem) if problem is not None else ())]
        if faults:
            return faults, texts
        texts += [problem.question] if problem is not None else []
    if len(texts) < _LEAST_SHARE * n_draws:
        fault = f"only {len(texts)} of {n_draws} draws come out right; choose other numbers"
        return [fault], texts
    return [], texts


def _untold(template: StoryTemplate) -> Iterable[str]:
    told = slot_names(template.told) | slot_names(template.asked)
    numbers = {rule.name for rule in template.story.numbers}
    for name in sorted((template.question.needed & numbers) - told):
        yield f"`{name}` is needed but not told in {template.told!r}"


def _misread(problem: Problem) -> Iterable[str]:
    text = problem.question
    if _LEFT_OVER.search(text):
        yield f"a mark is left over in {text!r}"
    doubled = _DOUBLED.search(text)
    if doubled is not None:
        yield f"{doubled.group(0)!r} stands in {text!r}"
    if not text.endswith(_END):
        yield f"no mark ends {text!r}"
    if isinstance(problem, WordProblem) and problem.n_operations == 0:
        yield f"nothing is computed in {text!r}"


def _fault(story: Story, question: StoryQuestion, message: str) -> StoryFault:
    told = f"`{question.source}`: {message}"
    return StoryFault(file=f"{story.domain}{SUFFIX}", line=0, story=story.name, message=told)


def _counted(stories: Sequence[Story], texts: Sequence[str]) -> StoryCounts:
    questions = [question for story in stories for question in story.questions]
    return StoryCounts(
        n_stories=len(stories),
        n_phrasings=sum(len(story.phrasings) for story in stories),
        n_questions=len(questions),
        n_unanswerable=sum(question.program is None for question in questions),
        n_wordings=sum(len(question.wordings) for question in questions),
        n_windows=distinct_windows(texts),
    )
