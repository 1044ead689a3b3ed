"""Problems drawn from stories: a phrasing, a question, and numbers that come out right."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Final

from engine.domain.program import Expression, Number, Program, ProgramError, Statement, execute
from engine.training import surface, words
from engine.training.expression import replace_names
from engine.training.problem import (
    Split,
    UnanswerableProblem,
    WordProblem,
    split_of,
    template_digest,
)
from engine.training.stories.arrangement import DISTRACTION_SLOT, distract, link, order
from engine.training.stories.reader import shipped_stories
from engine.training.stories.slot import slot_names
from engine.training.stories.story import Exactness, Story, StoryQuestion

SOURCE: Final = "stories"
WHY: Final = "The story does not tell it."

_MAX_TRIES: Final = 30
_DISTRACTED_RATIO: Final = 0.12
_SMALLEST_DISTRACTION: Final = 3
_LARGEST_DISTRACTION: Final = 90
_SENTENCE_START: Final = re.compile(r"(^|(?<!\.[a-z])[.?!][\"']? )([a-z])")
_NUMBER_ARTICLE: Final = re.compile(
    r"\b([Aa])n? (?=(?:8|(?:11|18)(?:,\d{3})*\b(?!,))|eight|eleven)"
)
_NUMBER_NO_ARTICLE: Final = re.compile(r"\b([Aa])n (?=(?!8|11\b|18\b|11,|18,)\d)")
_WORD_ARTICLE: Final = re.compile(r"((?:^|[.?!] )A|\ba) (?=(?!one\b|once\b|eu)[aeio][a-z])")

Problem = WordProblem | UnanswerableProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTemplate:
    """A story with a phrasing and a question chosen, before its numbers and names.

    Attributes:
        story: The story.
        question: What is asked.
        told: The phrasing with its choices made and its slots open.
        asked: The wording of the question, likewise.
    """

    story: Story
    question: StoryQuestion
    told: str
    asked: str

    @property
    def digest(self) -> str:
        """The identity of the template; the order of its sentences is no part of it."""
        parts = (self.story.path, self.question.source, self.told, self.asked)
        return template_digest("|".join(parts))

    @property
    def has_spare_number(self) -> bool:
        """Whether a number is told that the question does not need."""
        told = slot_names(self.told) & {rule.name for rule in self.story.numbers}
        return bool(told - self.question.needed)

    @property
    def split(self) -> Split:
        """The split that the template belongs to."""
        return split_of(self.digest)


def draw_story_problem(
    rng: Random, split: Split, stories: Sequence[Story] | None = None
) -> Problem:
    """Draw one problem whose template belongs to a split.

    Args:
        rng: Decides everything.
        split: The split of its template.
        stories: To draw from; those that the package brings when None.

    Raises:
        StoryError: A shipped file cannot be read.
    """
    chosen = shipped_stories() if stories is None else stories
    while True:
        template = draw_story_template(rng.choice(chosen), rng)
        if template.split is not split:
            continue
        problem = instantiate(template, rng)
        if problem is not None:
            return problem


def draw_story_template(
    story: Story, rng: Random, question: StoryQuestion | None = None
) -> StoryTemplate:
    """Choose a phrasing, a question (unless one is given) and its wording."""
    question = question or rng.choice(story.questions)
    return StoryTemplate(
        story=story,
        question=question,
        told=surface.choose(rng.choice(story.phrasings), rng),
        asked=surface.choose(rng.choice(question.wordings), rng),
    )


def instantiate(template: StoryTemplate, rng: Random) -> Problem | None:
    """Draw numbers and names; None when the numbers never come out right."""
    numbers = _draw_sound(template, rng)
    if numbers is None:
        return None
    told = link(template.told, rng)
    if rng.random() < _DISTRACTED_RATIO:
        told = distract(told, template.asked, rng)
    return _problem(template, told, numbers, rng)


def retell(templates: Sequence[StoryTemplate], rng: Random) -> list[Problem]:
    """Tell one draw of numbers and names in several phrasings, without a distraction.

    Args:
        templates: Of one story and one question.
        rng: Decides everything.

    Returns:
        A problem a template; none when the numbers never come out right.
    """
    numbers = _draw_sound(templates[0], rng)
    if numbers is None:
        return []
    cast = _cast(templates[0].story, rng)
    return [_problem(one, one.told, numbers, rng, cast) for one in templates]


def _draw_sound(template: StoryTemplate, rng: Random) -> dict[str, Fraction] | None:
    """Numbers that come out right for every question of the story."""
    for _ in range(_MAX_TRIES):
        numbers = draw_numbers(template.story, rng)
        if numbers is None:
            continue
        program = _placed(template.question, numbers)
        if program is not None and not _comes_out_right(program, template.story.exact):
            continue
        if _is_consistent(template.story, numbers):
            return numbers
    return None


def draw_numbers(story: Story, rng: Random) -> dict[str, Fraction] | None:
    """Draw every number of a story; None where one cannot be."""
    known: dict[str, Fraction] = {}
    for rule in story.numbers:
        value = rule.draw(rng, known)
        if value is None or (rule.computed and not _is_told(value, story.exact)):
            return None
        known[rule.name] = value
    return known


def _is_told(value: Fraction, exact: Exactness) -> bool:
    """Whether a computed number may be told; a single thing would need another grammar."""
    return value != 1 and exact.allows(value, final=True)


def _placed(question: StoryQuestion, numbers: Mapping[str, Fraction]) -> Program | None:
    if question.program is None:
        return None
    replaced: dict[str, Expression] = {k: Number(value=v) for k, v in numbers.items()}
    return Program(
        statements=tuple(
            Statement(name=s.name, expression=replace_names(s.expression, replaced))
            for s in question.program.statements
        )
    )


def _is_consistent(story: Story, numbers: Mapping[str, Fraction]) -> bool:
    """Whether no question of the story, asked or not, would come out at nothing or less.

    A fact that this question does not need must be possible all the same: of nine cows no more
    than nine are white.
    """
    programs = (_placed(question, numbers) for question in story.questions)
    return all(_is_positive(program) for program in programs if program is not None)


def _is_positive(program: Program) -> bool:
    try:
        return all(value > 0 for value in execute(program).bindings.values())
    except ProgramError:
        return False


def _comes_out_right(program: Program, exact: Exactness) -> bool:
    try:
        result = execute(program)
    except ProgramError:
        return False
    values = result.bindings.values()
    return all(exact.allows(v) for v in values) and exact.allows(result.value, final=True)


def _problem(
    template: StoryTemplate,
    told: str,
    numbers: Mapping[str, Fraction],
    rng: Random,
    cast: Mapping[str, surface.Filler] | None = None,
) -> Problem:
    """The text of chosen facts; their people and things are drawn unless they are given."""
    distracted = f"{{{DISTRACTION_SLOT}}}" in told
    # A fact that is not to the point is no condition of the question.
    masked = order(told, template.asked, rng, joins=not distracted)
    filled = {**(cast or _cast(template.story, rng)), **numbers}
    question = tidy(surface.fill(masked, filled, rng))
    family, digest = template.story.path, template.digest
    program = _placed(template.question, numbers)
    if program is None:
        return UnanswerableProblem(question=question, family=family, template=digest, why=WHY)
    return WordProblem(
        question=question,
        program=program,
        source=SOURCE,
        family=family,
        template=digest,
        distracted=distracted or template.has_spare_number,
    )


def _cast(story: Story, rng: Random) -> dict[str, surface.Filler]:
    people = words.draw_people(rng)
    things = {rule.name: rng.choice(rule.choices) for rule in story.words}
    spare = Fraction(rng.randint(_SMALLEST_DISTRACTION, _LARGEST_DISTRACTION))
    return {DISTRACTION_SLOT: spare, **people, **things}


def tidy(text: str) -> str:
    """Capitals where sentences begin, articles that fit, and no doubled blanks."""
    text = re.sub(r"\s+([.,?!])", r"\1", re.sub(r" {2,}", " ", text.strip()))
    text = _SENTENCE_START.sub(lambda match: match.group(1) + match.group(2).upper(), text)
    text = _NUMBER_NO_ARTICLE.sub(r"\1 ", text)
    text = _NUMBER_ARTICLE.sub(r"\1n ", text)
    return _WORD_ARTICLE.sub(r"\1n ", text)
