"""A path of thoughts, and the settings by which thoughts are written and judged.

Yao et al. 2023, "Tree of Thoughts" (arXiv 2305.10601), section 3: a thought generator G
(``sample`` or ``propose``) and a state evaluator V (``value`` or ``vote``). Verifier and
likelihood are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.domain.answer import Answer
from engine.domain.errors import InvalidInputError
from engine.domain.trial import PathEnd, Sampling, Work
from engine.search.scoring import UNJUDGED
from engine.search.tree import Branch
from engine.search.trees.judge import Judge

JUDGES = (Judge.VALUE, Judge.VOTE, Judge.VERIFIER, Judge.LIKELIHOOD)


class Generator(StrEnum):
    """G: who writes next thoughts.

    ``SAMPLE``: k steps are drawn independently. ``PROPOSE``: one text lists up to k of them.
    """

    SAMPLE = "sample"
    PROPOSE = "propose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinking:
    """How next thoughts are written and judged.

    Attributes:
        generator: Who writes them.
        thoughts: k, how many from a path.
        scorer: Who says what they are worth.
        n_values: Judges a path, or votes a layer.
        sampling: How texts are drawn.
    """

    generator: Generator
    thoughts: int
    scorer: Judge
    n_values: int
    sampling: Sampling

    def __post_init__(self) -> None:
        """Refuse a pair of writer and judge that cannot work together.

        Raises:
            InvalidInputError: Saying which to change.
        """
        if self.scorer not in JUDGES:
            raise InvalidInputError(f"scorer must be one of {', '.join(JUDGES)}")
        if self.generator is Generator.PROPOSE and self.scorer is Judge.LIKELIHOOD:
            raise InvalidInputError(
                "proposals share one text, so they have no likelihood of their own; "
                "take generator=sample, or another scorer"
            )

    @property
    def n_writers(self) -> int:
        """Trials that write the next thoughts of one path."""
        return 1 if self.generator is Generator.PROPOSE else self.thoughts

    @property
    def n_judges(self) -> int:
        """Trials that judge the next thoughts of one path; those of a vote are counted apart."""
        each = {Judge.VALUE: self.n_values, Judge.VERIFIER: 1}.get(self.scorer, 0)
        return each * self.thoughts

    def count_layer(self, n_paths: int) -> int:
        """Return the most trials of a layer that goes on from so many paths."""
        n_votes = self.n_values if self.scorer is Judge.VOTE else 0
        return n_paths * (self.n_writers + self.n_judges) + n_votes

    def writer(self, thought: Thought) -> Branch:
        """Return the branch that writes the next thoughts of a path."""
        is_list = self.generator is Generator.PROPOSE
        return Branch(
            work=Work.PROPOSE if is_list else Work.STEP,
            at=thought.at,
            depth=thought.depth + 1,
            prompt="propose" if is_list else "step",
            sampling=self.sampling,
        )

    def judge(self, thought: Thought) -> tuple[Branch, int] | None:
        """Return the branch that judges a path and how many trials it has; ``None`` for none."""
        work = {Judge.VALUE: Work.VALUE, Judge.VERIFIER: Work.SCORE}.get(self.scorer)
        if work is None:
            return None
        branch = Branch(
            work=work,
            at=thought.at,
            depth=thought.depth + 1,
            prompt=work.value,
            sampling=self.sampling,
        )
        return branch, self.n_values if work is Work.VALUE else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """A path of thoughts, and what it is worth.

    Attributes:
        at: Its end; ``None`` for the empty path.
        depth: Thoughts in it.
        rank: Submission rank of the trial that wrote its last thought; -1 for the empty path.
        source: Key of the path that it goes on from.
        said: Digest of its last thought.
        is_final: Whether nothing is left to write after it.
        has_answer: Whether a proposal holds an answer: it is finished without further thoughts.
        answer: What a final one concluded.
        value: In [0, 1]; ``None`` while it is unknown, and where nobody could judge it.
        scores: What judges said so far.
        n_unjudged: Judges that have not answered.
    """

    at: PathEnd | None
    depth: int
    rank: int
    source: str = ""
    said: str | None = None
    is_final: bool = False
    has_answer: bool = False
    answer: Answer | None = None
    value: float | None = None
    scores: tuple[float, ...] = ()
    n_unjudged: int = 0

    @property
    def key(self) -> str:
        """Its name among the thoughts of a search."""
        return name_path(self.at)

    @property
    def worth(self) -> float:
        """Its value; where nobody could judge it, nothing is known of it."""
        return UNJUDGED if self.value is None else self.value

    @property
    def place(self) -> tuple[float, int, int]:
        """Order by: the worthiest first, then the first that was submitted."""
        part = 0 if self.at is None or self.at.part is None else self.at.part
        return (-self.worth, self.rank, part)


EMPTY = Thought(at=None, depth=0, rank=-1)


def name_path(at: PathEnd | None) -> str:
    """Return the name of a path; that of the empty path is empty."""
    if at is None:
        return ""
    return at.node_id if at.part is None else f"{at.node_id}/{at.part}"
