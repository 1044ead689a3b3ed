"""One trail of a tool loop: a solution written step by step, in which tools are called.

After each event a trail knows the one trial that it waits for. A trail that has ended waits for
nothing; it votes only if its last step gave an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from engine.domain.outcome import Outcome, OutcomeStatus
from engine.domain.problem import Problem
from engine.domain.trial import PathEnd, Sampling, Trial, Work
from engine.search.tree import Branch, make_trials

PROMPT = "tools"
# What the log names as the tool of a call that could not be read.
MALFORMED = "malformed"
_FAILED_RUNS = frozenset({"tool-error", "malformed-call"})


class OnFailure(StrEnum):
    """What becomes of a step whose call fails or cannot be read.

    ``OBSERVE``: the error is shown to the model, which goes on (ToRA). ``DROP``: the step is
    dropped and another one is drawn in its place (rStar-Math, arXiv 2501.04519, section 3.2).
    """

    OBSERVE = "observe"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a trail may spend.

    Attributes:
        max_calls: Runs of tools along its path.
        max_corrections: Malformed calls that are answered with a correction, or, where failing
            steps are dropped, steps that are drawn again.
        max_steps: Steps written, dropped ones included.
        on_failure: What becomes of a step whose call fails.
        sampling: How steps are drawn.
    """

    max_calls: int
    max_corrections: int
    max_steps: int
    on_failure: OnFailure
    sampling: Sampling

    @property
    def max_trials(self) -> int:
        """The most trials that one trail can cost."""
        return self.max_steps + min(self.max_steps, self.max_calls + self.max_corrections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Where one solution stands.

    Attributes:
        index: Which of the search's trails.
        rank: Submission rank of its first step.
        move: The trial that it waits for; its rank counts only once it was opened. ``None`` when
            the trail has ended.
        is_open: Whether that trial was opened.
        step: The last step that was opened: what would be drawn again if its call fails.
        n_calls: Runs of tools asked for along its path.
        n_corrections: Malformed calls answered, or steps drawn again.
        n_steps: Steps that were written.
        last: How its last trial ended, once the trail has.
    """

    index: int
    rank: int
    move: Trial | None
    is_open: bool
    step: Trial
    n_calls: int = 0
    n_corrections: int = 0
    n_steps: int = 0
    last: Outcome | None = None


def make_first_step(problem: Problem, index: int, rank: int, sampling: Sampling) -> Trial:
    """Return the first step of a trail: all trails' first steps are one group."""
    branch = Branch(work=Work.STEP, at=None, depth=1, prompt=PROMPT, sampling=sampling)
    return make_trials(problem, branch, (index,), rank)[0]


def is_first_step(trial: Trial, problem: Problem) -> bool:
    """Whether a trial is the first step of a trail of this search."""
    return trial.group_id == make_first_step(problem, 0, 0, trial.sampling).group_id


def begin_trail(index: int, first: Trial) -> Trail:
    """Return a trail whose first step was opened."""
    return Trail(index=index, rank=first.rank, move=first, is_open=True, step=first)


def open_move(trail: Trail, opened: Trial) -> Trail:
    """Return the trail after the trial that it waited for was opened."""
    step = opened if opened.work is Work.STEP else trail.step
    return replace(trail, move=opened, is_open=True, step=step)


def advance(trail: Trail, outcome: Outcome, problem: Problem, rules: Rules) -> Trail:
    """Return the trail after the trial that it waited for has ended."""
    move = trail.move
    if move is None:
        return trail
    if outcome.status is not OutcomeStatus.COMPLETE:
        return _end(trail, outcome)
    if move.work is Work.TOOL:
        return _after_tool(trail, move, outcome, problem, rules)
    return _after_step(replace(trail, n_steps=trail.n_steps + 1), move, outcome, problem, rules)


def _after_step(
    trail: Trail, move: Trial, outcome: Outcome, problem: Problem, rules: Rules
) -> Trail:
    if outcome.is_final:
        return replace(trail, move=None, last=outcome)
    if outcome.call is None:
        return _go_on(trail, move, Work.STEP, outcome, problem, rules)
    if outcome.call == MALFORMED:
        return _after_malformed(trail, move, outcome, problem, rules)
    if trail.n_calls >= rules.max_calls:
        return _end(trail, outcome)
    called = replace(trail, n_calls=trail.n_calls + 1)
    return _go_on(called, move, Work.TOOL, outcome, problem, rules)


def _after_malformed(
    trail: Trail, move: Trial, outcome: Outcome, problem: Problem, rules: Rules
) -> Trail:
    if rules.on_failure is OnFailure.DROP:
        return _draw_again(trail, outcome, problem, rules)
    if trail.n_corrections >= rules.max_corrections:
        return _end(trail, outcome)
    corrected = replace(trail, n_corrections=trail.n_corrections + 1)
    return _go_on(corrected, move, Work.TOOL, outcome, problem, rules)


def _after_tool(
    trail: Trail, move: Trial, outcome: Outcome, problem: Problem, rules: Rules
) -> Trail:
    is_failed = outcome.error is not None or outcome.reason in _FAILED_RUNS
    if not is_failed or rules.on_failure is OnFailure.OBSERVE:
        return _go_on(trail, move, Work.STEP, outcome, problem, rules)
    # The run leaves no trace along the path, so it does not count there.
    undone = replace(trail, n_calls=trail.n_calls - 1)
    return _draw_again(undone, outcome, problem, rules)


def _go_on(
    trail: Trail, move: Trial, work: Work, outcome: Outcome, problem: Problem, rules: Rules
) -> Trail:
    if work is Work.STEP and trail.n_steps >= rules.max_steps:
        return _end(trail, outcome)
    branch = Branch(
        work=work,
        at=PathEnd(node_id=move.node_id),
        depth=move.depth + 1,
        prompt=PROMPT,
        sampling=rules.sampling,
    )
    return replace(trail, move=make_trials(problem, branch, (0,), 0)[0], is_open=False)


def _draw_again(trail: Trail, outcome: Outcome, problem: Problem, rules: Rules) -> Trail:
    if trail.n_corrections >= rules.max_corrections or trail.n_steps >= rules.max_steps:
        return _end(trail, outcome)
    branch = Branch(
        work=Work.STEP,
        at=trail.step.path_end,
        depth=trail.step.depth,
        prompt=PROMPT,
        sampling=rules.sampling,
        # At the root every trail starts from the same place.
        round=f"again-{trail.index}",
    )
    again = make_trials(problem, branch, (trail.n_corrections,), 0)[0]
    return replace(trail, move=again, is_open=False, n_corrections=trail.n_corrections + 1)


def _end(trail: Trail, outcome: Outcome) -> Trail:
    """Return the trail ended without an answer, whatever the last trial seems to hold."""
    return replace(trail, move=None, last=replace(outcome, answer=None))
