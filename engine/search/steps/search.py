"""A search that grows several solutions step by step; a growth rule says which go on.

The machinery knows levels, scores and votes, the rule (``engine.search.steps.growth``) only which
paths of a closed level are extended, and how often. A level is a barrier within one grove, since
the rules compare all its paths; groves do not wait for each other, and a step is judged as soon as
it has ended. Finished paths are never extended and vote when their level closes, weighted by their
scores; unfinished ones never vote. The search ends when nothing is left to extend, or when no vote
to come could change the winner.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from engine.domain.canonical import JsonValue
from engine.domain.ids import SEED_BITS, GroupId, derive_seed
from engine.domain.outcome import Opened, Told
from engine.domain.problem import Problem
from engine.domain.standing import Standing
from engine.domain.trial import Trial
from engine.search.steps.election import Election, hold_election
from engine.search.steps.growth import Growth, Round, Selection
from engine.search.steps.path import Grove, Path, Sprout, keep_best
from engine.search.steps.settings import StepSettings
from engine.search.steps.state import StepState
from engine.search.steps.survey import Survey, Want, branch_from, survey_grove
from engine.search.tree import TreeState, make_trials


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSearch:
    """A step search.

    Attributes:
        growth: Which paths go on.
        steps: How wide, how deep, and by whose scores.
    """

    growth: Growth
    steps: StepSettings = field(default_factory=StepSettings)

    @property
    def name(self) -> str:
        """The growth rule's name."""
        return self.growth.name

    @property
    def version(self) -> int:
        """The growth rule's version."""
        return self.growth.version

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the settings, as event 1 pins them."""
        return {**self.growth.settings(), **self.steps.to_data()}

    def start(self, problem: Problem) -> StepState:
        """Return the state before the first steps."""
        quotas = self.growth.plant(self.steps.width)
        starts = pairwise(accumulate(quotas, initial=0))
        return StepState(
            tree=TreeState(problem=problem),
            groves=tuple(self._plant(problem, first, last - first) for first, last in starts),
        )

    def ask(self, state: StepState, free_slots: int) -> Sequence[Trial]:
        """Return the open trials, then judgements and steps that are wanted."""
        surveys = self._survey(state)
        if self._elect(state, surveys).is_decided:
            return ()
        wants = [want for survey in surveys if survey for want in survey.wants]
        return (*state.tree.list_open(), *_open_wants(state, wants, free_slots))

    def tell(self, state: StepState, told: Told) -> StepState:
        """Return the state after a trial was opened or has ended; closed levels are left."""
        after = state.told(told)
        if after is state or isinstance(told, Opened):
            return after
        groves = tuple(self._grow(after, grove) for grove in after.groves)
        return replace(after, groves=groves)

    def standing(self, state: StepState) -> Standing:
        """Return the election among the paths that have finished."""
        return self._elect(state, self._survey(state)).to_standing()

    def _survey(self, state: StepState) -> list[Survey | None]:
        return [
            None if grove.is_over else survey_grove(state, grove, self.steps, self.growth)
            for grove in state.groves
        ]

    def _elect(self, state: StepState, surveys: Sequence[Survey | None]) -> Election:
        return hold_election(state, surveys, self.steps, self.growth)

    def _grow(self, state: StepState, grove: Grove) -> Grove:
        """Return the grove on its first level that is not closed.

        Several levels can close at once: a search that goes on from a narrower one finds the
        steps of the next level written already.
        """
        while not grove.is_over:
            survey = survey_grove(state, grove, self.steps, self.growth)
            if not survey.is_closed:
                break
            selection = self.growth.select(self._close(state.problem, grove, survey))
            grove = replace(
                grove,
                level=grove.level + 1,
                leaves=selection.leaves,
                n_broken=grove.n_broken + survey.n_broken,
                sprouts=self._sprout(state.problem, selection, level=grove.level + 1),
            )
        return grove

    def _close(self, problem: Problem, grove: Grove, survey: Survey) -> Round:
        drawn = derive_seed(problem.root_search_id, problem.seed, "resample", grove.level)
        return Round(
            paths=survey.paths,
            leaves=keep_best((*grove.leaves, *survey.finals), grove.quota),
            quota=grove.quota,
            level=grove.level,
            n_levels=self.steps.max_steps,
            chance=drawn / (1 << SEED_BITS),
        )

    def _plant(self, problem: Problem, first_index: int, n_paths: int) -> Grove:
        start = Path()
        sprout = Sprout(
            path=start,
            n_children=n_paths,
            group_id=self._find_group(problem, start, level=1),
            first_index=first_index,
        )
        return Grove(quota=n_paths, sprouts=(sprout,))

    def _sprout(self, problem: Problem, selection: Selection, *, level: int) -> tuple[Sprout, ...]:
        return tuple(
            Sprout(
                path=extension.path,
                n_children=extension.n_children,
                group_id=self._find_group(problem, extension.path, level=level),
            )
            for extension in selection.extensions
        )

    def _find_group(self, problem: Problem, path: Path, *, level: int) -> GroupId:
        branch = branch_from(path, level=level, settings=self.steps)
        return make_trials(problem, branch, (0,), 0)[0].group_id


def _open_wants(state: StepState, wants: Sequence[Want], free_slots: int) -> Iterator[Trial]:
    rank, n_free = len(state.tree.trials), max(0, free_slots)
    for want in wants:
        indices = want.indices[:n_free]
        yield from make_trials(state.problem, want.branch, indices, rank)
        rank, n_free = rank + len(indices), n_free - len(indices)
