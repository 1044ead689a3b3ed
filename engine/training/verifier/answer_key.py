"""The answer that a chain comes to, so that chains of one question can be counted by it."""

from __future__ import annotations

from engine.answers.extract import extract_answer
from engine.answers.key import canonical_key
from engine.domain.profile import AnswerProtocol
from engine.training.example import JudgedChain
from engine.training.row_format import PROSE_JOINT, STATEMENT_JOINT, name_answer, read_completion


def find_answer(chain: JudgedChain) -> str | None:
    """The value of a program, or the key of the answer that a text marks; None where none is."""
    said = read_completion(name_answer(STATEMENT_JOINT.join(chain.steps))).said
    if said is not None:
        return said
    found = extract_answer(PROSE_JOINT.join(chain.steps), AnswerProtocol.MARKED)
    return None if found is None else canonical_key(found.text)
