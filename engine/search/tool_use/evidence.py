"""What the programs that were run say for an answer.

An answer is supported by execution when two different programs computed it, or one did and most of
those that wrote their answer down without a program gave it too. That is decided over the whole
search by ``engine.verify.evidence``; here it is told to people as the vote stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.domain.answer import Answer
from engine.search.vote import Ballot


def list_programs(run: Sequence[Ballot], class_id: str) -> tuple[str, ...]:
    """Return the digests of the different programs whose runs gave an answer of this class."""
    refs = (
        ballot.outcome.program_ref
        for ballot in run
        if ballot.outcome.is_vote
        and ballot.outcome.answer is not None
        and ballot.outcome.answer.class_id == class_id
    )
    return tuple(dict.fromkeys(ref for ref in refs if ref is not None))


def explain_programs(run: Sequence[Ballot], answer: Answer | None) -> str:
    """Return the clause that says how many programs computed the answer, or nothing."""
    programs = () if answer is None else list_programs(run, answer.class_id)
    match len(programs):
        case 0:
            return ""
        case 1:
            return "; one program computed it"
        case n_programs:
            return f"; {n_programs} different programs computed it"
