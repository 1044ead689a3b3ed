"""A layer of thoughts: all that goes on from some paths, while it is written and judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.domain.ids import TrialId
from engine.domain.outcome import Outcome, OutcomeStatus
from engine.domain.trial import PathEnd, Trial, Work
from engine.search.scoring import read_score, score_likelihood
from engine.search.trees.judge import Judge, average_scores
from engine.search.trees.thought import Thinking, Thought, name_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Thoughts that go on from some paths.

    Attributes:
        number: Of the layers of a search, from 1 on.
        depth: Thoughts in each of its paths.
        is_judged: Whether all its thoughts are judged, or only final ones: where each will be
            gone on from anyway, what it is worth decides nothing.
        writers: Trials that have not ended and write thoughts.
        judges: Trials that have not ended and judge, with the key of the thought each is about;
            a vote is about all.
        picks: What votes picked so far.
        thoughts: By key. Of those that say the same after the same path the first is kept, and
            judged once: the release gives the others the value 0, which leaves them out as well.
    """

    number: int
    depth: int
    is_judged: bool
    writers: tuple[TrialId, ...] = ()
    judges: Mapping[TrialId, str] = field(default_factory=dict[TrialId, str])
    picks: tuple[str, ...] = ()
    thoughts: Mapping[str, Thought] = field(default_factory=dict[str, Thought])

    @property
    def is_complete(self) -> bool:
        """Whether all is written and judged."""
        return not self.writers and not self.judges

    def rank_thoughts(self) -> list[Thought]:
        """Return its thoughts, the worthiest first."""
        return sorted(self.thoughts.values(), key=lambda thought: thought.place)


def read_thoughts(
    layer: Layer, trial: Trial, outcome: Outcome, thinking: Thinking
) -> tuple[Thought, ...]:
    """Return what a writer adds to its layer: nothing that is there, or that came to nothing.

    A text that ended without an answer is no thought, nor is one that was cut off.
    """
    if outcome.status is not OutcomeStatus.COMPLETE:
        return ()
    source = name_path(trial.path_end)
    said = {thought.said for thought in layer.thoughts.values() if thought.source == source}
    if trial.work is Work.PROPOSE:
        found = _list_parts(trial, outcome, source)[: thinking.thoughts]
    else:
        found = _list_step(trial, outcome, source, thinking)
    kept: list[Thought] = []
    for thought in found:
        if thought.said is None or thought.said not in said:
            kept.append(thought)
            said.add(thought.said)
    return tuple(kept)


def with_thoughts(layer: Layer, thoughts: Sequence[Thought]) -> Layer:
    """Return the layer with more thoughts, or other versions of those it has."""
    return replace(
        layer, thoughts={**layer.thoughts, **{thought.key: thought for thought in thoughts}}
    )


def hear_judge(layer: Layer, trial_id: TrialId, outcome: Outcome) -> Layer:
    """Return the layer after a judge of one thought has answered, or failed to."""
    judges = {name: key for name, key in layer.judges.items() if name != trial_id}
    thought = layer.thoughts[layer.judges[trial_id]]
    score = read_score(outcome)
    scores = thought.scores if score is None else (*thought.scores, score)
    heard = replace(
        thought,
        scores=scores,
        n_unjudged=thought.n_unjudged - 1,
        value=average_scores(scores) if thought.n_unjudged == 1 else None,
    )
    return with_thoughts(replace(layer, judges=judges), (heard,))


def hear_vote(layer: Layer, trial: Trial, outcome: Outcome) -> Layer:
    """Return the layer after a vote: a thought's value is its share of the votes."""
    judges = {name: key for name, key in layer.judges.items() if name != trial.trial_id}
    picked = _read_pick(outcome, trial.subjects)
    picks = layer.picks if picked is None else (*layer.picks, picked)
    layer = replace(layer, judges=judges, picks=picks)
    if judges or not picks:
        return layer
    counts = Counter(picks)
    return with_thoughts(
        layer,
        [
            replace(thought, value=counts[key] / len(picks))
            for key, thought in layer.thoughts.items()
        ],
    )


def _read_pick(outcome: Outcome, subjects: Sequence[PathEnd]) -> str | None:
    is_read = outcome.status is OutcomeStatus.COMPLETE and outcome.pick is not None
    if not is_read or outcome.pick is None or not 0 <= outcome.pick < len(subjects):
        return None
    return name_path(subjects[outcome.pick])


def _list_parts(trial: Trial, outcome: Outcome, source: str) -> list[Thought]:
    return [
        Thought(
            at=PathEnd(node_id=trial.node_id, part=part),
            depth=trial.depth,
            rank=trial.rank,
            source=source,
            said=said,
            has_answer=part in outcome.final_parts,
        )
        for part, said in enumerate(outcome.parts)
    ]


def _list_step(trial: Trial, outcome: Outcome, source: str, thinking: Thinking) -> list[Thought]:
    if outcome.is_final and outcome.answer is None:
        return []
    is_likely = thinking.scorer is Judge.LIKELIHOOD
    return [
        Thought(
            at=PathEnd(node_id=trial.node_id),
            depth=trial.depth,
            rank=trial.rank,
            source=source,
            said=outcome.body_ref,
            is_final=outcome.is_final,
            answer=outcome.answer if outcome.is_final else None,
            value=score_likelihood(outcome.likelihood) if is_likely else None,
        )
    ]
