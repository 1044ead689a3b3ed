"""A trial: one thing worth computing next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.domain.canonical import JsonValue
from engine.domain.ids import GroupId, NodeId, TrialId

MAX_CANDIDATES = 20
GROUP_TOKENS = 32


class Work(StrEnum):
    """What a trial has done for it.

    ``SAMPLE``: the model writes to the end of its answer. ``STEP``: it writes one more step, which
    may turn out to be the last. ``PROPOSE``: it writes several next thoughts, one a line; each is
    a part of the node. ``VALUE``: it judges how far the path can still succeed. ``VOTE``: it picks
    the best of several paths. ``SCORE``: a verifier judges the path. ``TOOL``: the call that the
    parent's text ends with is run.
    """

    SAMPLE = "sample"
    STEP = "step"
    PROPOSE = "propose"
    VALUE = "value"
    VOTE = "vote"
    SCORE = "score"
    TOOL = "tool"

    @property
    def asks_model(self) -> bool:
        """Whether a language model writes for it."""
        return self not in (Work.SCORE, Work.TOOL)


class NodeKind(StrEnum):
    """What a node of the search tree holds."""

    ANSWER = "answer"
    THOUGHT = "thought"
    TOOL = "tool"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How a model draws its text.

    Attributes:
        temperature: 0 is greedy.
        top_p: Nucleus mass, in (0, 1].
        max_tokens: Longest completion; one that reaches it is truncated and abstains.
        n_candidates: How many of the most probable tokens at each position to look at, for the
            certainty of the text; 0 does without. Servers give at most 20.
        group_tokens: How many neighbouring tokens a group has over which certainty is averaged.
        min_certainty: A text is closed as soon as a group of it falls below this; ``None`` lets
            every text end. Each sample then is a request of its own, which can be closed alone.
    """

    temperature: float = 0.8
    top_p: float = 1.0
    max_tokens: int = 512
    n_candidates: int = 0
    group_tokens: int = GROUP_TOKENS
    min_certainty: float | None = None

    def __post_init__(self) -> None:
        """Refuse settings that no server accepts."""
        if not 0 <= self.temperature <= 2:  # noqa: PLR2004 - the servers' own bound
            raise ValueError(f"temperature must lie in [0, 2], not {self.temperature}")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p must lie in (0, 1], not {self.top_p}")
        if self.max_tokens < 1:
            raise ValueError(f"max_tokens must be at least 1, not {self.max_tokens}")
        if not 0 <= self.n_candidates <= MAX_CANDIDATES:
            raise ValueError(
                f"n_candidates must lie in [0, {MAX_CANDIDATES}], not {self.n_candidates}"
            )
        if self.group_tokens < 1:
            raise ValueError(f"group_tokens must be at least 1, not {self.group_tokens}")
        if self.min_certainty is not None and not self.n_candidates:
            raise ValueError("min_certainty needs n_candidates: without them nothing is known")

    def to_data(self) -> dict[str, JsonValue]:
        """Return the settings as JSON; those of certainty only where they say something."""
        data: dict[str, JsonValue] = {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
        }
        if self.n_candidates:
            data["n_candidates"] = self.n_candidates
        if self.group_tokens != GROUP_TOKENS:
            data["group_tokens"] = self.group_tokens
        if self.min_certainty is not None:
            data["min_certainty"] = self.min_certainty
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class PathEnd:
    """Where a path through the tree ends.

    Attributes:
        node_id: The last node of the path.
        part: Which of the node's proposals the path takes; ``None`` for its whole text.
    """

    node_id: NodeId
    part: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One thing to compute: a sample to draw, a path to judge, a tool to run.

    Trials of one group share a prompt; those with consecutive indices that are asked for together
    are sent as one request. Trial ``index`` of a group has the seed ``group_seed + index``, as the
    server counts, however the group was cut into requests.

    Attributes:
        trial_id: Unique within the root search.
        node_id: The node that this trial fills.
        parent_id: The node it extends or judges; ``None`` at the root.
        depth: 1 for children of the root.
        rank: Position among all trials of the search, in the order of submission.
        kind: What the node will hold.
        group_id: Which group of samples it belongs to.
        index: Position within the group.
        group_seed: Seed of the group, below 2**52.
        prompt: Which prompt of the profile's set to render ("solve").
        sampling: How to draw it.
        work: What is to be done.
        parent_part: Which of the parent's proposals it extends or judges.
        subjects: For a vote, the paths to choose from, in the order they are shown.
        branch: Which of a composite search's parts asked for it, outermost first, joined by
            ``/``; empty for a search of one piece.
    """

    trial_id: TrialId
    node_id: NodeId
    parent_id: NodeId | None
    depth: int
    rank: int
    kind: NodeKind
    group_id: GroupId
    index: int
    group_seed: int
    prompt: str
    sampling: Sampling
    work: Work = Work.SAMPLE
    parent_part: int | None = None
    subjects: tuple[PathEnd, ...] = ()
    branch: str = ""

    @property
    def path_end(self) -> PathEnd | None:
        """The path that it goes on from; ``None`` at the root."""
        if self.parent_id is None:
            return None
        return PathEnd(node_id=self.parent_id, part=self.parent_part)

    @property
    def seed(self) -> int:
        """The seed of this very sample."""
        return self.group_seed + self.index

    @property
    def memo_key(self) -> str:
        """Name the sample: the same key always stands for the same request."""
        return f"{self.group_id}.{self.index}"

    def sampling_data(self) -> dict[str, JsonValue]:
        """Return the sampling settings as JSON."""
        return self.sampling.to_data()
