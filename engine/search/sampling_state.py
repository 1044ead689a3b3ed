"""The state shared by searches that draw independent samples of one prompt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.domain.ids import GroupId, NodeId, TrialId, derive_id, derive_seed
from engine.domain.outcome import Opened, Outcome, Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import NodeKind, PathEnd, Sampling, Trial, Work
from engine.search.scoring import read_score
from engine.search.tree import Branch, make_trials
from engine.search.vote import Ballot, list_ended_run

JUDGE_PROMPT = "judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingState:
    """Samples opened so far, what judges them, and how those that ended did.

    Attributes:
        problem: What is asked.
        trials: Opened trials, by rank.
        outcomes: Ended ones, by trial id.
    """

    problem: Problem
    trials: tuple[Trial, ...] = ()
    outcomes: Mapping[TrialId, Outcome] = field(default_factory=dict[TrialId, Outcome])

    @property
    def samples(self) -> tuple[Trial, ...]:
        """The samples among the trials, by rank.

        The log of a fork may hold other strategies' trials as well, which have no part in it.
        """
        group_id = _name_group(self.problem)
        return tuple(trial for trial in self.trials if trial.group_id == group_id)

    def told(self, told: Told) -> SamplingState:
        """Return the state after a trial was opened or has ended; idempotent by trial id."""
        if isinstance(told, Opened):
            if any(trial.trial_id == told.trial.trial_id for trial in self.trials):
                return self
            opened = sorted((*self.trials, told.trial), key=lambda trial: trial.rank)
            return replace(self, trials=tuple(opened))
        if told.trial_id in self.outcomes:
            return self
        return replace(self, outcomes={**self.outcomes, told.trial_id: told})

    def list_open(self) -> tuple[Trial, ...]:
        """Return the trials that were opened and have not ended."""
        return tuple(trial for trial in self.trials if trial.trial_id not in self.outcomes)

    def list_run(self, *, is_scored: bool) -> tuple[Ballot, ...]:
        """Return the longest run of samples, from the first on, that has ended.

        Args:
            is_scored: Whether a vote has ended only once it was judged as well.
        """
        samples = self.samples
        run = list_ended_run(samples, self.outcomes)
        if not is_scored:
            return run
        judges = {trial.parent_id: trial for trial in self.trials if trial.work is Work.SCORE}
        scored: list[Ballot] = []
        for sample, ballot in zip(samples, run, strict=False):
            if not ballot.outcome.is_vote:
                scored.append(ballot)
                continue
            judge = judges.get(sample.node_id)
            judged = None if judge is None else self.outcomes.get(judge.trial_id)
            if judged is None:
                break
            scored.append(replace(ballot, score=read_score(judged)))
        return tuple(scored)

    def list_unjudged(self) -> tuple[Trial, ...]:
        """Return the samples that voted and that no trial judges yet."""
        judged = {trial.parent_id for trial in self.trials if trial.work is Work.SCORE}
        return tuple(
            sample
            for sample in self.samples
            if sample.node_id not in judged and self._has_voted(sample)
        )

    def _has_voted(self, sample: Trial) -> bool:
        outcome = self.outcomes.get(sample.trial_id)
        return outcome is not None and outcome.is_vote


def make_sample(
    problem: Problem, index: int, sampling: Sampling, *, rank: int | None = None
) -> Trial:
    """Return sample number ``index`` of a problem.

    Its ids and its seed depend on the root search, the caller's seed and the index alone, however
    many samples are asked for at a time.

    Args:
        problem: What is asked.
        index: Which sample.
        sampling: How it is drawn.
        rank: Its place among all trials; ``index`` where there are only samples.
    """
    root = problem.root_search_id
    name = derive_id(root, "sample", index)
    return Trial(
        trial_id=TrialId(name),
        node_id=NodeId(name),
        parent_id=None,
        depth=1,
        rank=index if rank is None else rank,
        kind=NodeKind.ANSWER,
        group_id=_name_group(problem),
        index=index,
        group_seed=derive_seed(root, problem.seed, "samples"),
        prompt="solve",
        sampling=sampling,
    )


def make_judge(problem: Problem, judged: Trial, *, rank: int) -> Trial:
    """Return the trial in which a verifier judges the path that ends with another trial."""
    branch = Branch(
        work=Work.SCORE,
        at=PathEnd(node_id=judged.node_id),
        depth=judged.depth + 1,
        prompt=JUDGE_PROMPT,
        sampling=judged.sampling,
    )
    return make_trials(problem, branch, (0,), rank)[0]


def count_wanted(standing: Standing, n_planned: int, haste: float) -> int:
    """Return how many samples are worth having in all.

    Args:
        standing: Where the vote stands, undecided.
        n_planned: The most samples.
        haste: 0 wants the fewest that could settle the vote, 1 all that are left.
    """
    n_left = n_planned - standing.n_ended
    hurried = math.ceil(haste * (n_left - standing.n_needed))
    return standing.n_ended + standing.n_needed + hurried


def ask_samples(
    state: SamplingState,
    sampling: Sampling,
    *,
    n_samples: int,
    is_scored: bool,
    free_slots: int,
) -> tuple[Trial, ...]:
    """Return the open trials, then what is missing, within the free slots.

    Args:
        state: What was opened and has ended.
        sampling: How samples are drawn.
        n_samples: How many samples are worth having in all.
        is_scored: Whether votes are judged; that comes before further samples.
        free_slots: The most new trials.
    """
    rank, slots = len(state.trials), max(0, free_slots)
    unjudged = state.list_unjudged()[:slots] if is_scored else ()
    judges = [
        make_judge(state.problem, sample, rank=rank + offset)
        for offset, sample in enumerate(unjudged)
    ]
    first, rank = len(state.samples), rank + len(judges)
    n_fresh = max(0, min(n_samples - first, slots - len(judges)))
    fresh = [
        make_sample(state.problem, first + offset, sampling, rank=rank + offset)
        for offset in range(n_fresh)
    ]
    return (*state.list_open(), *judges, *fresh)


def _name_group(problem: Problem) -> GroupId:
    return GroupId(derive_id(problem.root_search_id, "samples"))
