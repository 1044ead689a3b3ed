"""A trial: one thing worth computing next."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from engine.domain.ids import GroupId, NodeId, TrialId


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
    """

    temperature: float = 0.8
    top_p: float = 1.0
    max_tokens: int = 512

    def __post_init__(self) -> None:
        """Refuse settings that no server accepts."""
        if not 0 <= self.temperature <= 2:  # noqa: PLR2004 - the servers' own bound
            raise ValueError(f"temperature must lie in [0, 2], not {self.temperature}")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p must lie in (0, 1], not {self.top_p}")
        if self.max_tokens < 1:
            raise ValueError(f"max_tokens must be at least 1, not {self.max_tokens}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One sample to draw.

    Trials of one group share a prompt; those with consecutive indices that are asked for together
    are sent as one request. Trial ``index`` of a group has the seed ``group_seed + index``, as the
    server counts, however the group was cut into requests.

    Attributes:
        trial_id: Unique within the root search.
        node_id: The node that this trial fills.
        parent_id: The node it extends; ``None`` at the root.
        depth: 1 for children of the root.
        rank: Position among all trials of the search, in the order of submission.
        kind: What the node will hold.
        group_id: Which group of samples it belongs to.
        index: Position within the group.
        group_seed: Seed of the group, below 2**52.
        prompt: Which prompt of the profile's set to render ("solve").
        sampling: How to draw it.
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

    @property
    def seed(self) -> int:
        """The seed of this very sample."""
        return self.group_seed + self.index

    @property
    def memo_key(self) -> str:
        """Name the sample: the same key always stands for the same request."""
        return f"{self.group_id}.{self.index}"

    def sampling_data(self) -> dict[str, int | float]:
        """Return the sampling settings as JSON."""
        return asdict(self.sampling)
