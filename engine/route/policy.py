"""The route by agreement: the less the samples agree, the heavier the search that goes on.

Compute-optimal scaling (Snell et al. 2024, arXiv 2408.03314, section 5; Liu et al. 2025, arXiv
2502.06703): easy problems are best answered by few samples, medium ones by more of them, hard
ones by searches that are led step by step. Difficulty is taken from pilot samples, as there: the
entropy of their votes and, where one is served, the verifier's mean score.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from engine.domain.route import Crossroads, Route
from engine.domain.standing import Standing
from engine.route.difficulty import Difficulty, estimate_difficulty

ADAPTIVE = "adaptive"
GUIDED = "guided"
TOOLS = "tools"
TREE = "tree"
# What a band of agreement calls for, the best suited first; what is not open is passed over.
_WANTED = {
    "medium": (ADAPTIVE, GUIDED, TOOLS, TREE),
    "low": (GUIDED, ADAPTIVE, TOOLS, TREE),
    "none": (TOOLS, TREE, GUIDED, ADAPTIVE),
}
# After the pilot only what reached further counts, so the second look is a plain one.
_ENOUGH_AFTER_PILOT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementPolicy:
    """Chooses by the share of the leading answer and the verifier's word on it.

    Attributes:
        low_share: Below this share of the votes agreement is low.
        near_zero_share: At or below this nothing agrees.
        sure_score: From this mean score on the verifier stands by an answer.
        hard_text: From this estimate on agreement alone does not end a search at the pilot.
    """

    low_share: float = 0.6
    near_zero_share: float = 0.3
    sure_score: float = 0.5
    hard_text: float = 0.8

    def choose(self, at: Crossroads) -> Route:
        """Return where to go on; see :class:`engine.domain.route.RoutePolicy`."""
        difficulty = estimate_difficulty(at.text)
        facts = {
            **_describe(at.standing),
            "difficulty": {**asdict(difficulty), "kind": difficulty.kind.value},
        }
        if self._is_enough(at, difficulty):
            return Route(choice=None, reason=_say_enough(at.standing), facts=facts)
        band = self._find_band(at.standing)
        choice = next((name for name in _WANTED[band] if name in at.open), None)
        if choice is None:
            return Route(choice=None, reason="nothing is left to try", facts=facts)
        return Route(choice=choice, reason=f"{_say_band(band)}: {choice} goes on", facts=facts)

    def _is_enough(self, at: Crossroads, difficulty: Difficulty) -> bool:
        share, score = at.standing.vote_share, _find_score(at.standing)
        if share is None or (score is not None and score < self.sure_score):
            return False
        if len(at.taken) > 1:
            return share > _ENOUGH_AFTER_PILOT
        return share == 1.0 and (score is not None or difficulty.estimate < self.hard_text)

    def _find_band(self, standing: Standing) -> str:
        share = standing.vote_share
        if share is None or share <= self.near_zero_share:
            return "none"
        return "low" if share < self.low_share else "medium"


def measure_entropy(standing: Standing) -> float:
    """Return the entropy of the votes in bits; each abstention is a class of its own."""
    counts = [vote.n_votes for vote in standing.votes] + [1] * standing.n_abstained
    total = sum(counts)
    return -sum(n / total * math.log2(n / total) for n in counts if n) if total else 0.0


def _find_score(standing: Standing) -> float | None:
    return None if standing.support is None else standing.support.mean_score


def _describe(standing: Standing) -> dict[str, float | None]:
    return {
        "vote_share": standing.vote_share,
        "entropy_bits": measure_entropy(standing),
        "verifier_score": _find_score(standing),
    }


def _say_enough(standing: Standing) -> str:
    score = _find_score(standing)
    checked = "" if score is None else f", and the verifier gives it {score:.2f}"
    return f"{standing.vote_share or 0:.0%} of the samples agree{checked}"


def _say_band(band: str) -> str:
    return {
        "medium": "the samples agree in part",
        "low": "few samples agree",
        "none": "the samples do not agree",
    }[band]
