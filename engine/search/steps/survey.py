"""What a grove's current level has brought, and what it still wants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.domain.outcome import Likelihood, Outcome
from engine.domain.trial import PathEnd, Trial, Work
from engine.search.scoring import Scorer, read_score, score_likelihood, score_path
from engine.search.steps.growth import Growth
from engine.search.steps.path import Grove, Path, Sprout
from engine.search.steps.settings import StepSettings
from engine.search.steps.state import StepState
from engine.search.tree import Branch

STEP_PROMPT = "step"
JUDGE_PROMPT = "judge"
LOOKAHEAD = "lookahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """Trials worth opening.

    Attributes:
        branch: Where they start.
        indices: Which of the branch's group.
    """

    branch: Branch
    indices: range


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A grove's current level.

    Attributes:
        paths: The unfinished ones that are scored, by place.
        finals: The finished ones that are scored, by place.
        wants: What to open: judgements and looks ahead first, then further steps.
        is_closed: Whether every step of the level has ended and is scored.
        n_broken: Steps of the level that were cut off or failed.
    """

    paths: tuple[Path, ...]
    finals: tuple[Path, ...]
    wants: tuple[Want, ...]
    is_closed: bool
    n_broken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Followed:
    """How far one step has come: a path, a want, open, broken off, or (none) a repetition."""

    path: Path | None = None
    want: Want | None = None
    is_open: bool = False
    is_broken: bool = False
    is_final: bool = False


_OPEN = _Followed(is_open=True)
_BROKEN = _Followed(is_broken=True)
_REPEATED = _Followed()


def survey_grove(state: StepState, grove: Grove, settings: StepSettings, growth: Growth) -> Survey:
    """Return what the current level of a grove has brought.

    A step is judged as soon as it has ended, whatever its siblings do.
    """
    steps: list[Want] = []
    followed: list[_Followed] = []
    surveyor = _Surveyor(state=state, settings=settings, growth=growth)
    for sprout in grove.sprouts:
        children = state.list_children(sprout)
        if len(children) < sprout.n_children:
            last = sprout.first_index + sprout.n_children
            indices = range(sprout.first_index + len(children), last)
            branch = branch_from(sprout.path, level=grove.level, settings=settings)
            steps.append(Want(branch=branch, indices=indices))
        followed += surveyor.follow_all(children, sprout)
    ready = [one for one in followed if one.path is not None]
    urgent = [one.want for one in followed if one.want is not None]
    return Survey(
        paths=tuple(one.path for one in ready if one.path and not one.is_final),
        finals=tuple(one.path for one in ready if one.path and one.is_final),
        wants=(*urgent, *steps),
        is_closed=not steps and not urgent and not any(one.is_open for one in followed),
        n_broken=sum(one.is_broken for one in followed),
    )


def branch_from(path: Path, *, level: int, settings: StepSettings) -> Branch:
    """Return the branch in which a path is extended.

    On the last level the model writes to the end of the answer, however many steps that takes.
    """
    return Branch(
        work=Work.SAMPLE if level == settings.max_steps else Work.STEP,
        at=None if path.node_id is None else PathEnd(node_id=path.node_id),
        depth=path.depth + 1,
        prompt=STEP_PROMPT,
        sampling=settings.sampling,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surveyor:
    state: StepState
    settings: StepSettings
    growth: Growth

    def follow_all(self, children: tuple[Trial, ...], sprout: Sprout) -> Iterator[_Followed]:
        """Yield how far each continuation of a sprout has come."""
        texts: set[str] = set()
        for child in children:
            outcome = self.state.find_complete(child)
            if outcome is None:
                yield _OPEN if self.state.tree.outcome_of(child) is None else _BROKEN
            elif self._is_duplicate(outcome, texts):
                yield _REPEATED
            else:
                yield self._follow(child, outcome, sprout)

    def _is_duplicate(self, outcome: Outcome, texts: set[str]) -> bool:
        # Two texts that are finished are two votes, however alike they are.
        if not self.growth.drops_duplicates or outcome.is_final or outcome.body_ref is None:
            return False
        is_known = outcome.body_ref in texts
        texts.add(outcome.body_ref)
        return is_known

    def _follow(self, child: Trial, outcome: Outcome, sprout: Sprout) -> _Followed:
        # Nothing is left to write after a whole answer, whatever its outcome says.
        is_final = outcome.is_final or child.work is Work.SAMPLE
        if is_final and outcome.answer is None:
            # It cannot vote, so its score could change nothing.
            return _Followed(path=self._extend(sprout.path, child, score=None), is_final=True)
        end, written = child, [outcome.likelihood]
        if not is_final:
            looked = self._look_ahead(child, written)
            if isinstance(looked, _Followed):
                return looked
            end = looked
        scored = self._score(end, written)
        if isinstance(scored, _Followed):
            return scored
        path = self._extend(sprout.path, child, score=scored.score)
        return _Followed(path=replace(path, has_answer=is_final), is_final=is_final)

    def _look_ahead(self, child: Trial, written: list[Likelihood | None]) -> Trial | _Followed:
        """Return the last step of the greedy continuation that a step is scored by."""
        last = child
        for _ in range(min(self.growth.lookahead, self.settings.max_steps - child.depth)):
            further = self.state.find_look(last.node_id)
            if further is None:
                return _Followed(want=_want_look(last))
            outcome = self.state.find_complete(further)
            if outcome is None:
                is_open = self.state.tree.outcome_of(further) is None
                return _OPEN if is_open else last
            written.append(outcome.likelihood)
            last = further
            if outcome.is_final:
                break
        return last

    def _score(self, end: Trial, written: list[Likelihood | None]) -> _Scored | _Followed:
        if self.settings.scorer is Scorer.LIKELIHOOD:
            return _Scored(score=score_likelihood(*written))
        judge = self.state.find_judge(end.node_id)
        if judge is None:
            return _Followed(want=_want_judge(end))
        judged = self.state.tree.outcome_of(judge)
        return _OPEN if judged is None else _Scored(score=read_score(judged))

    def _extend(self, path: Path, child: Trial, *, score: float | None) -> Path:
        step_scores = (*path.step_scores, score)
        return Path(
            node_id=child.node_id,
            trial_id=child.trial_id,
            depth=child.depth,
            step_scores=step_scores,
            score=score_path(step_scores, self.settings.aggregation),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scored:
    """A step whose judge has spoken; ``score`` is ``None`` where it could not tell."""

    score: float | None


def _want_look(last: Trial) -> Want:
    branch = Branch(
        work=Work.STEP,
        at=PathEnd(node_id=last.node_id),
        depth=last.depth + 1,
        prompt=STEP_PROMPT,
        sampling=replace(last.sampling, temperature=0.0),
        round=LOOKAHEAD,
    )
    return Want(branch=branch, indices=range(1))


def _want_judge(end: Trial) -> Want:
    branch = Branch(
        work=Work.SCORE,
        at=PathEnd(node_id=end.node_id),
        depth=end.depth + 1,
        prompt=JUDGE_PROMPT,
        sampling=end.sampling,
    )
    return Want(branch=branch, indices=range(1))
