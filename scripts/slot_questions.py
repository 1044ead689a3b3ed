"""The questions that orders of the model slots are played on: made up, or from a recording.

Of a recording (`svend bench record`) each job takes a problem at random, and that problem's
samples in an order of its own: they were drawn independently, so any order could have come. What a
sample answered and how many tokens it has are the model's; when jobs come, and whose they are, is
made up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean

from engine.bench.strategies.recording import RecordedProblem, RecordedSample, Recording
from engine.domain.errors import InvalidInputError
from engine.domain.outcome import OutcomeStatus
from engine.domain.verdict import Verdict
from scripts.simulate_stopping import RIGHT, draw_mixed

N_MADE_UP = 40
SMALL_SHARE = 8
MIXTURE = (1.5, 0.75)
# Tokens of a sample: log-normal around a mean of its question's own, which is log-normal as well.
MEDIAN_TOKENS = 300.0
QUESTION_SPREAD = 0.8
SAMPLE_SPREAD = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Every sample that could be drawn for a question, in the order of submission.

    Attributes:
        names: The answer of each sample; ``None`` abstains.
        tokens: The length of each sample, at least 1.
        right: Which answers are right.
    """

    names: tuple[str | None, ...]
    tokens: tuple[float, ...]
    right: frozenset[str] = frozenset({RIGHT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a job asks.

    Attributes:
        tenant: Whose it is.
        at: When it was submitted, in tokens of one slot.
        draws: Its samples.
    """

    tenant: str
    at: float
    draws: Draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where questions come from.

    Attributes:
        draw: Returns the samples of one question.
        sample_tokens: What a sample is expected to cost while nothing is known of its question.
    """

    draw: Callable[[Random], Draws]
    sample_tokens: float


def draw_questions(
    source: Source, n_jobs: int, gap: float, random: Random, *, is_shared: bool = True
) -> tuple[Question, ...]:
    """Return jobs that come ``gap`` apart on average.

    Each eighth is of the small tenant, unless all are of one.
    """
    at = 0.0
    questions: list[Question] = []
    for number in range(n_jobs):
        is_small = is_shared and number % SMALL_SHARE == 0
        tenant = "small" if is_small else "large"
        questions.append(Question(tenant=tenant, at=at, draws=source.draw(random)))
        at += random.expovariate(1 / gap) if gap else 0.0
    return tuple(questions)


def make_up(random: Random) -> Draws:
    """Return the samples of a made-up question."""
    shares = draw_mixed(*MIXTURE, random)
    mean = MEDIAN_TOKENS * random.lognormvariate(0, QUESTION_SPREAD)
    return Draws(
        names=tuple(_draw_name(shares, random) for _ in range(N_MADE_UP)),
        tokens=tuple(mean * random.lognormvariate(0, SAMPLE_SPREAD) for _ in range(N_MADE_UP)),
    )


MADE_UP = Source(draw=make_up, sample_tokens=MEDIAN_TOKENS)


def open_recording(recording: Recording) -> Source:
    """Return the questions of a recording.

    Raises:
        InvalidInputError: When it holds none.
    """
    if not recording.problems:
        raise InvalidInputError("the recording holds no problem yet")
    known = [_read_draws(problem) for problem in recording.problems]

    def draw(random: Random) -> Draws:
        return _shuffle(random.choice(known), random)

    return Source(draw=draw, sample_tokens=fmean(n for one in known for n in one.tokens))


def _read_draws(problem: RecordedProblem) -> Draws:
    answers = {
        sample.answer.class_id: sample.answer
        for sample in problem.samples
        if sample.answer is not None
    }
    return Draws(
        names=tuple(_find_name(sample) for sample in problem.samples),
        tokens=tuple(max(1.0, float(sample.tokens.tokens_out)) for sample in problem.samples),
        right=frozenset(
            name for name, answer in answers.items() if problem.grade(answer) is Verdict.RIGHT
        ),
    )


def _find_name(sample: RecordedSample) -> str | None:
    is_vote = sample.status is OutcomeStatus.COMPLETE and sample.answer is not None
    return sample.answer.class_id if is_vote and sample.answer is not None else None


def _shuffle(draws: Draws, random: Random) -> Draws:
    order = random.sample(range(len(draws.names)), len(draws.names))
    return Draws(
        names=tuple(draws.names[place] for place in order),
        tokens=tuple(draws.tokens[place] for place in order),
        right=draws.right,
    )


def _draw_name(shares: Sequence[float], random: Random) -> str | None:
    point = random.random()
    for place, share in enumerate(shares):
        point -= share
        if point < 0:
            return str(place)
    return None
