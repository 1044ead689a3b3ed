"""The texts of the paths through a search's tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from engine.answers.judgement import split_proposals
from engine.domain.errors import CorruptLogError
from engine.domain.ids import NodeId, TrialId
from engine.domain.outcome import Outcome
from engine.domain.trial import NodeKind, PathEnd, Trial, Work

Reached: TypeAlias = tuple[Trial, int | None]


class Paths:
    """What stands along each path: from the log's trials and outcomes, and the texts beside it.

    Judgements are no part of a path: what is said of it is not what it says.
    """

    def __init__(self, joint: str, joints: Mapping[str, str] | None = None) -> None:
        """Begin without a node.

        Args:
            joint: What stands between two texts of a path.
            joints: What stands behind the texts of some prompts instead, by their roles.
        """
        self._joint = joint
        self._joints = joints or {}
        self._trials: dict[NodeId, Trial] = {}
        self._nodes: dict[TrialId, NodeId] = {}
        self._refs: dict[NodeId, str] = {}
        self._texts: dict[str, str] = {}
        self._answers: dict[NodeId, str] = {}

    def add_trial(self, trial: Trial) -> None:
        """Take a trial that was opened."""
        if trial.kind is not NodeKind.VERIFY:
            self._trials[trial.node_id] = trial
            self._nodes[trial.trial_id] = trial.node_id

    def add_outcome(self, outcome: Outcome) -> None:
        """Take how a trial ended."""
        node_id = self._nodes.get(outcome.trial_id)
        if node_id is None or outcome.body_ref is None or node_id in self._refs:
            return
        self._refs[node_id] = outcome.body_ref
        if outcome.answer is not None:
            self._answers[node_id] = outcome.answer.text

    def find_answer(self, node_id: NodeId) -> str | None:
        """Return the answer that a node concludes its path with, if it does."""
        return self._answers.get(node_id)

    def keep_bodies(self, bodies: Mapping[str, bytes]) -> None:
        """Keep texts by their digests."""
        self._texts |= {ref: body.decode() for ref, body in bodies.items()}

    def list_missing(self, ends: Iterable[PathEnd | None]) -> tuple[str, ...]:
        """Return the digests of the texts along these paths that are not known here."""
        refs = {self._ref_of(trial.node_id) for end in ends for trial, _ in self._walk(end)}
        return tuple(sorted(refs - self._texts.keys()))

    def list_texts(self, end: PathEnd | None) -> tuple[str, ...]:
        """Return the texts of a path, from the first on; none at the root.

        Raises:
            CorruptLogError: When a text is not beside the log, or a path has an unknown node.
        """
        return tuple(self._text_of(*reached) for reached in reversed(tuple(self._walk(end))))

    def find_observation(self, end: PathEnd | None) -> str | None:
        """Return the text of the tool's run that a path ends with; ``None`` for other ends."""
        last = next(self._walk(end), None)
        if last is None or last[0].work is not Work.TOOL:
            return None
        return self._text_of(*last)

    def render_steps(self, end: PathEnd | None) -> str:
        """Return the texts of a path joined, and the joint that the next one follows."""
        return "".join(text + joint for text, joint in self._list_pieces(end))

    def render_path(self, end: PathEnd | None) -> str:
        """Return the texts of a path joined, as they are shown to whoever judges them."""
        *_, (_, last_joint) = (("", ""), *self._list_pieces(end))
        return self.render_steps(end).removesuffix(last_joint)

    def _list_pieces(self, end: PathEnd | None) -> tuple[tuple[str, str], ...]:
        """Return each text of a path with the joint behind it."""
        walked = reversed(tuple(self._walk(end)))
        return tuple((self._text_of(*at), self._joint_of(at[0])) for at in walked)

    def _joint_of(self, trial: Trial) -> str:
        return self._joints.get(trial.prompt, self._joint)

    def _walk(self, end: PathEnd | None) -> Iterator[Reached]:
        """Yield the nodes of a path from its end to the root, each with the part it takes."""
        while end is not None:
            trial = self._trials.get(end.node_id)
            if trial is None:
                raise CorruptLogError(f"a path leads through the node {end.node_id}, never opened")
            yield trial, end.part
            end = trial.path_end

    def _ref_of(self, node_id: NodeId) -> str:
        ref = self._refs.get(node_id)
        if ref is None:
            raise CorruptLogError(f"a path goes on from the node {node_id}, which has not ended")
        return ref

    def _text_of(self, trial: Trial, part: int | None) -> str:
        text = self._texts.get(self._ref_of(trial.node_id))
        if text is None:
            raise CorruptLogError(
                f"the text of the node {trial.node_id} is not beside the log (it may have been "
                "purged), so the search cannot go on from it"
            )
        if part is None:
            return text
        proposals = split_proposals(text)
        if part >= len(proposals):
            raise CorruptLogError(f"the node {trial.node_id} has no proposal {part}")
        return proposals[part]
