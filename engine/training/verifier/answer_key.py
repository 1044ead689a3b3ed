"""The answer that a chain comes to, so that chains of one question can be counted by it."""

from __future__ import annotations

from engine.answers.extract import ANSWER_TAG, extract_answer
from engine.answers.key import canonical_key
from engine.domain.profile import AnswerProtocol
from engine.training.example import JudgedChain
from engine.training.row_format import STATEMENT_JOINT, read_completion


def find_answer(chain: JudgedChain) -> str | None:
    """The value of a program, or the key of the answer that a text marks; None where none is."""
    program = STATEMENT_JOINT.join(chain.steps)
    name = chain.steps[-1].partition("=")[0].strip()
    said = read_completion(
        program if ANSWER_TAG in program else f"{program}{ANSWER_TAG}{name}"
    ).said
    if said is not None:
        return said
    found = extract_answer("\n\n".join(chain.steps), AnswerProtocol.MARKED)
    return None if found is None else canonical_key(found.text)
