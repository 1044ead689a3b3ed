"""A scripted model that knows the path each trial goes on from."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable

from engine.domain.outcome import Likelihood, Outcome, OutcomeStatus
from engine.domain.trial import Trial, Work
from tests.unit.engine.search.simulation import answer_of

Path = tuple[Hashable, ...]


@dataclasses.dataclass
class PathScript:
    """Remembers what each node said; a test overrides what is said and what it is worth."""

    said: dict[str, tuple[Hashable, ...]] = dataclasses.field(default_factory=dict)
    paths: dict[str, Path] = dataclasses.field(default_factory=dict)
    judged: list[Path] = dataclasses.field(default_factory=list)

    def path_of(self, trial: Trial) -> Path:
        """Return the path that the trial goes on from or judges."""
        return self.end_of(trial.parent_id, trial.parent_part)

    def end_of(self, node_id: str | None, part: int | None = None) -> Path:
        """Return the path that ends at a node, or at one of its proposals."""
        if node_id is None:
            return ()
        path = self.paths[node_id]
        return path if part is None else (*path, self.said[node_id][part])

    def __call__(self, trial: Trial) -> Outcome:
        path = self.path_of(trial)
        match trial.work:
            case Work.PROPOSE:
                self.paths[trial.node_id] = path
                self.said[trial.node_id] = tuple(self.propose(path))
                parts = tuple(str(part) for part in self.said[trial.node_id])
                final = tuple(
                    place
                    for place, part in enumerate(self.said[trial.node_id])
                    if self.is_answer(part)
                )
                return dataclasses.replace(
                    _done(trial), parts=parts, final_parts=final, is_final=False
                )
            case Work.STEP:
                self.paths[trial.node_id] = (*path, self.step(path, trial))
                return self._written(trial)
            case Work.SAMPLE:
                self.paths[trial.node_id] = (*path, *self.rest(path, trial))
                return self._written(trial)
            case Work.VOTE:
                ends = [self.end_of(end.node_id, end.part) for end in trial.subjects]
                return dataclasses.replace(_done(trial), pick=self.vote(ends, trial))
            case _:
                self.judged.append(path)
                return dataclasses.replace(_done(trial), score=self.value(path, trial))

    def _written(self, trial: Trial) -> Outcome:
        path = self.paths[trial.node_id]
        answer = self.answer(path, trial)
        is_final = trial.work is Work.SAMPLE or answer is not None
        return dataclasses.replace(
            _done(trial),
            body_ref=f"{path[-1] if path else ''}",
            is_final=is_final,
            answer=None if answer is None else answer_of(answer),
            likelihood=Likelihood(mean_logprob=self.logprob(path), n_tokens=4),
        )

    def propose(self, path: Path) -> list[Hashable]:
        """Return the next thoughts after a path."""
        raise NotImplementedError

    def is_answer(self, part: Hashable) -> bool:
        """Return whether a proposal holds an answer."""
        return False

    def step(self, path: Path, trial: Trial) -> Hashable:
        """Return the next step after a path."""
        return trial.index

    def rest(self, path: Path, trial: Trial) -> Path:
        """Return all that comes after a path."""
        return ()

    def value(self, path: Path, trial: Trial) -> float | None:
        """Return what a path is worth."""
        return 0.5

    def vote(self, ends: list[Path], trial: Trial) -> int | None:
        """Return which of some paths is the best."""
        return max(range(len(ends)), key=lambda number: self.value(ends[number], trial))

    def answer(self, path: Path, trial: Trial) -> str | None:
        """Return what a path concludes; `None` while it is unfinished."""
        return None

    def logprob(self, path: Path) -> float:
        """Return the mean log-probability of a path's last text."""
        return -0.5


def _done(trial: Trial) -> Outcome:
    return Outcome(trial_id=trial.trial_id, status=OutcomeStatus.COMPLETE, reason="stop")
