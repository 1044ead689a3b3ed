"""A search that is as simple as one by steps can be, for tests of the runner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from engine.domain.outcome import OutcomeStatus
from engine.domain.standing import Standing
from engine.domain.trial import PathEnd, Sampling, Trial, Work
from engine.search.tree import Branch, TreeState, make_trials

# Of a node, what else to have done for it once it has ended: a score, a vote, the run of a call.
Then = Callable[[TreeState, Trial], "Branch | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Climbs from the first of each level's steps; the answer is the last one that came.

    Attributes:
        width: Siblings of each level.
        max_steps: Levels.
        prompt: Which prompt the steps have.
        last: What is done at the end of the steps, beyond them; `STEP` for nothing.
        first: What is done at the root.
        then: What is done with each ended step.
        sampling: How steps are drawn.
    """

    width: int = 1
    max_steps: int = 4
    prompt: str = "step"
    first: Work = Work.STEP
    last: Work = Work.STEP
    then: Then | None = None
    sampling: Sampling = field(default_factory=Sampling)
    name: str = "ladder"
    version: int = 1

    def settings(self):
        return {}

    def start(self, problem):
        return TreeState(problem=problem)

    def tell(self, state, told):
        return state.told(told)

    def ask(self, state, free_slots):
        opened = state.list_open()
        n_free = max(0, free_slots)
        top = self._list_top(state)
        if top and len(top) < self.width:
            # Resumed between the openings of two siblings.
            branch = self._branch(top[0].work, top[0].path_end, top[0].depth)
            return (*opened, *self._make(state, branch, range(len(top), self.width)[:n_free]))
        if opened:
            return opened
        if besides := self._list_besides(state):
            n_had = len(state.trials)
            return [
                trial
                for offset, branch in enumerate(besides)
                for trial in make_trials(state.problem, branch, (0,), n_had + offset)
            ]
        branch, n_trials = self._next(state)
        return () if branch is None else self._make(state, branch, range(n_trials)[:n_free])

    def standing(self, state) -> Standing:
        answers = [outcome.answer for outcome in state.outcomes.values() if outcome.answer]
        is_over = not (not state.trials or state.list_open() or self._list_besides(state))
        is_over = is_over and self._next(state)[0] is None
        return Standing(
            answer=answers[-1] if answers else None,
            votes=(),
            rule="last",
            n_ended=len(state.outcomes),
            n_abstained=0,
            n_planned=self.max_steps,
            vote_share=None,
            is_decided=is_over,
            n_needed=0,
            why="",
        )

    def _next(self, state) -> tuple[Branch | None, int]:
        top = self._list_top(state)
        if not top:
            return self._branch(self.first, None, 1), self.width
        alive = next((trial for trial in top if self._may_go_on(state, trial)), None)
        if alive is None or alive.work is Work.SAMPLE:
            return None, 0
        end = PathEnd(node_id=alive.node_id, part=0 if alive.work is Work.PROPOSE else None)
        if alive.depth < self.max_steps:
            return self._branch(Work.STEP, end, alive.depth + 1), self.width
        if self.last is Work.STEP:
            return None, 0
        return self._branch(self.last, end, alive.depth + 1), self.width

    def _list_besides(self, state) -> list[Branch]:
        """What is to be done beside the steps, and was not begun."""
        if self.then is None:
            return []
        wanted = [self.then(state, trial) for trial in self._list_top(state)]
        asked = {(one.work, one.path_end) for one in state.trials.values()}
        fresh = {(one.work, one.at): one for one in wanted if one is not None}
        return [branch for key, branch in fresh.items() if key not in asked]

    @staticmethod
    def _list_top(state):
        level = [trial for trial in state.trials.values() if trial.work in _CLIMBING]
        return [trial for trial in level if trial.depth == level[-1].depth]

    @staticmethod
    def _make(state, branch, indices):
        return make_trials(state.problem, branch, indices, len(state.trials))

    def _branch(self, work, at, depth):
        prompt = "propose" if work is Work.PROPOSE else self.prompt
        return Branch(work=work, at=at, depth=depth, prompt=prompt, sampling=self.sampling)

    @staticmethod
    def _may_go_on(state, trial) -> bool:
        outcome = state.outcome_of(trial)
        is_complete = outcome is not None and outcome.status is OutcomeStatus.COMPLETE
        return is_complete and not outcome.is_final


_CLIMBING = (Work.STEP, Work.PROPOSE, Work.SAMPLE, Work.TOOL)
