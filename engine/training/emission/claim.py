"""Claims about a problem, each with a false twin in the same words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Final

from engine.domain.program import Operation, Program, execute, render_number
from engine.training.emission.chain import draw_slipped
from engine.training.emission.declare import asked, declare
from engine.training.emission.figure import miscalculated
from engine.training.emission.origin import origin_of
from engine.training.emission.wording import ANSWER_CLAIMS, BOUND_CLAIMS, SUM_CLAIMS, in_words
from engine.training.emission.working import Step, steps_of
from engine.training.example import Fault, TwinClaims
from engine.training.problem import WordProblem
from engine.training.variant import vary

_DECLARED_RATIO: Final = 0.7
_SEMANTIC_RATIO: Final = 0.6
_BARE_RATIO: Final = 0.5
_HUNDRED: Final = 100
_MAX_TRIES: Final = 8
_BOUND_REACH: Final = (2, 3, 5, 10, 25, 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class _False:
    """A value that is not the true one, and the slip that leads to it."""

    value: Fraction
    fault: Fault


def emit_claims(problem: WordProblem, rng: Random) -> tuple[TwinClaims, ...]:
    """Claims about the answer, about a bound of it, and about one step of the solution.

    The twins of a pair have the same words and differ in one number, which is positive and has
    as many decimals as a claim of its kind has, so that nothing but the problem tells them apart.
    """
    program = vary(problem.program, rng)
    found = (
        _about_answer(problem, program, rng),
        _about_bound(problem, rng),
        _about_step(problem, program, rng),
    )
    return tuple(claims for claims in found if claims is not None)


def render_value(value: Fraction) -> str:
    """A value as a claim writes it."""
    return render_number(value)


def _about_answer(problem: WordProblem, program: Program, rng: Random) -> TwinClaims | None:
    wrong = _wrong_answer(problem, program, rng)
    if wrong is None or not _is_writable(problem.answer):
        return None
    form = rng.choice(ANSWER_CLAIMS)
    if rng.random() < _DECLARED_RATIO and _declared(problem, problem.answer):
        return _twins(
            problem,
            true=_declared(problem, problem.answer),
            false=_declared(problem, wrong.value),
            fault=wrong.fault,
        )
    return _twins(
        problem,
        true=form.format(value=_money(problem, problem.answer)),
        false=form.format(value=_money(problem, wrong.value)),
        fault=wrong.fault,
    )


def _about_bound(problem: WordProblem, rng: Random) -> TwinClaims | None:
    """The answer is more, or less, than a number near it."""
    answer = problem.answer
    reach = rng.choice(_BOUND_REACH)
    low, high = answer - min(reach, answer / 2), answer + reach
    low = Fraction(low.numerator // low.denominator)
    high = Fraction(-(-high.numerator // high.denominator))
    if not 0 < low < answer < high:
        return None
    more, form = rng.choice((True, False)), rng.choice(BOUND_CLAIMS)
    true, false = (low, high) if more else (high, low)
    word = rng.choice(("more", "greater", "larger") if more else ("less", "smaller"))
    return _twins(
        problem,
        true=form.format(word=word, value=render_value(true)),
        false=form.format(word=word, value=render_value(false)),
        fault=Fault.LOGIC,
    )


def _about_step(problem: WordProblem, program: Program, rng: Random) -> TwinClaims | None:
    """What one operation comes to; now and then it stands by itself, without the problem."""
    steps = [step for step in steps_of(program) if _is_writable(step.value)]
    if not steps:
        return None
    step = rng.choice(steps)
    wrong = miscalculated(step.value, rng)
    form, words = rng.choice(SUM_CLAIMS), rng.random() < 1 / 2
    sum_text = _sum_text(step, words=words)
    return _twins(
        problem,
        true=form.format(sum=sum_text, value=render_value(step.value)),
        false=form.format(sum=sum_text, value=render_value(wrong)),
        fault=Fault.ARITHMETIC,
        bare=rng.random() < _BARE_RATIO,
    )


def _sum_text(step: Step, *, words: bool) -> str:
    if words and isinstance(step.expression, Operation):
        return in_words(step.expression) or step.text
    return step.text


def _wrong_answer(problem: WordProblem, program: Program, rng: Random) -> _False | None:
    """A wrong answer that a slip in the program leads to, else one of a wrong calculation."""
    answer = problem.answer
    if rng.random() < _SEMANTIC_RATIO:
        for slipped in draw_slipped(problem, program, rng, n_wrong=_MAX_TRIES):
            value = execute(slipped.program).value
            if _looks_like(value, answer):
                return _False(value=value, fault=slipped.fault)
    for _ in range(_MAX_TRIES):
        value = miscalculated(answer, rng)
        if _looks_like(value, answer):
            return _False(value=value, fault=Fault.ARITHMETIC)
    return None


def _looks_like(value: Fraction, answer: Fraction) -> bool:
    """Whether a false value has the sign, the decimals and about the size of the true one."""
    same_kind = (value.denominator == 1) == (answer.denominator == 1)
    in_reach = value * _HUNDRED > answer and value < answer * _HUNDRED
    return value != answer and value > 0 and same_kind and _is_writable(value) and in_reach


def _is_writable(value: Fraction) -> bool:
    return value > 0 and _HUNDRED % value.denominator == 0


def _declared(problem: WordProblem, value: Fraction) -> str:
    declared = declare(problem.question, _money(problem, value))
    return f"{declared}." if declared else ""


def _money(problem: WordProblem, value: Fraction) -> str:
    """The value, with a dollar sign where the question asks for dollars."""
    text = render_value(value)
    if "$" not in problem.question or not asked(problem.question).lower().startswith("how much"):
        return text
    return f"${text}" if value.denominator == 1 else f"${float(value):.2f}"


def _twins(
    problem: WordProblem, *, true: str, false: str, fault: Fault, bare: bool = False
) -> TwinClaims:
    return TwinClaims(
        question="" if bare else problem.question,
        true=true,
        false=false,
        fault=fault,
        origin=origin_of(problem),
    )
