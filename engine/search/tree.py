"""The state shared by searches that grow a tree: what was opened, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.domain.ids import GroupId, NodeId, TrialId, derive_id, derive_seed
from engine.domain.outcome import Opened, Outcome, Told
from engine.domain.problem import Problem
from engine.domain.trial import NodeKind, PathEnd, Sampling, Trial, Work

# The roles that ask for a whole answer, as it comes or as a program, and for the next step.
WHOLE_PROMPT = "solve"
PROGRAM_PROMPT = "program"
REST_PROMPT = "step"
# What asks for a whole answer where its beginning is given. A program is still a whole one then.
PROMPTS_MIDWAY = {WHOLE_PROMPT: REST_PROMPT, PROGRAM_PROMPT: "program_rest"}

_KIND = {
    Work.SAMPLE: NodeKind.ANSWER,
    Work.STEP: NodeKind.THOUGHT,
    Work.PROPOSE: NodeKind.THOUGHT,
    Work.VALUE: NodeKind.VERIFY,
    Work.VOTE: NodeKind.VERIFY,
    Work.SCORE: NodeKind.VERIFY,
    Work.TOOL: NodeKind.TOOL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeState:
    """Trials opened so far, and how those that ended did.

    Attributes:
        problem: What is asked.
        trials: Opened trials by id, in the order of their ranks.
        outcomes: Ended ones by trial id, in the order in which they were told.
    """

    problem: Problem
    trials: Mapping[TrialId, Trial] = field(default_factory=dict[TrialId, Trial])
    outcomes: Mapping[TrialId, Outcome] = field(default_factory=dict[TrialId, Outcome])

    def told(self, told: Told) -> TreeState:
        """Return the state after a trial was opened or has ended; idempotent by trial id."""
        if isinstance(told, Opened):
            if told.trial.trial_id in self.trials:
                return self
            return replace(self, trials={**self.trials, told.trial.trial_id: told.trial})
        if told.trial_id in self.outcomes:
            return self
        return replace(self, outcomes={**self.outcomes, told.trial_id: told})

    def list_open(self) -> tuple[Trial, ...]:
        """Return the trials that were opened and have not ended."""
        return tuple(
            trial for trial in self.trials.values() if trial.trial_id not in self.outcomes
        )

    def outcome_of(self, trial: Trial) -> Outcome | None:
        """Return how a trial ended; ``None`` while it is open."""
        return self.outcomes.get(trial.trial_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Where trials of one group start, and what they do.

    The group's identity, and with it every id and seed of the trials, comes from the path's end,
    the role and ``round``: never from how many other trials there are.

    Attributes:
        work: What is to be done.
        at: The end of the path it goes on from; ``None`` at the root.
        depth: Depth of the new nodes.
        prompt: Which prompt to render.
        sampling: How to draw.
        round: Tells groups apart that start at the same place with the same prompt.
        subjects: For a vote, the paths to choose from.
    """

    work: Work
    at: PathEnd | None
    depth: int
    prompt: str
    sampling: Sampling
    round: str | int = 0
    subjects: tuple[PathEnd, ...] = ()


def make_trials(
    problem: Problem, branch: Branch, indices: Sequence[int], first_rank: int
) -> tuple[Trial, ...]:
    """Return the trials of a branch's group with these indices, ranked from ``first_rank`` on."""
    root, at = problem.root_search_id, branch.at
    place = ("root", "") if at is None else (at.node_id, "" if at.part is None else at.part)
    group = (branch.work.value, branch.prompt, *place, branch.round)
    names = [derive_id(root, "trial", *group, index) for index in indices]
    return tuple(
        Trial(
            trial_id=TrialId(name),
            node_id=NodeId(name),
            parent_id=None if at is None else at.node_id,
            parent_part=None if at is None else at.part,
            depth=branch.depth,
            rank=first_rank + offset,
            kind=_KIND[branch.work],
            group_id=GroupId(derive_id(root, "group", *group)),
            index=index,
            group_seed=derive_seed(root, problem.seed, *group),
            prompt=branch.prompt,
            sampling=branch.sampling,
            work=branch.work,
            subjects=branch.subjects,
        )
        for offset, (index, name) in enumerate(zip(indices, names, strict=True))
    )
