"""Everything that one word problem gives, by one call."""

from __future__ import annotations

from random import Random

from engine.training.emission.chain import emit_chains
from engine.training.emission.claim import emit_claims
from engine.training.emission.conversation import emit_conversations
from engine.training.emission.pair import emit_pairs
from engine.training.example import Emission
from engine.training.problem import WordProblem


def emit(problem: WordProblem, rng: Random) -> Emission:
    """Emit conversations, preference pairs, judged chains and claims of one problem.

    Args:
        problem: From families, stories or a published set; what it emits is computed from its
            program, so nothing depends on where it comes from.
        rng: Chooses wordings, ways of solving and slips.
    """
    return Emission(
        conversations=emit_conversations(problem, rng),
        pairs=emit_pairs(problem, rng),
        chains=emit_chains(problem, rng),
        claims=emit_claims(problem, rng),
    )
