"""Whether a text has come to its answer, or only speaks of one on the way."""

from __future__ import annotations

import re

from engine.answers.extract import ANSWER_TAG, Mark, extract_answer
from engine.answers.key import canonical_key
from engine.domain.profile import AnswerProtocol

_ANSWER_LINE = re.compile(r"^\W{0,8}(?:final\s{1,4})?answer\W{0,4}:", re.IGNORECASE)


def has_ended(text: str, protocol: AnswerProtocol) -> bool:
    """Whether an answer is marked in a text that may go on.

    A finished text says "the answer is ..." for its answer and nothing else. One that goes on says
    it in passing as well ("the answer is the sum of both"), so that there the phrase counts only
    before something that can be compared, or at the beginning of a line as prompts ask for it.
    """
    if protocol is AnswerProtocol.PROGRAM:
        return ANSWER_TAG in text
    found = extract_answer(text, protocol)
    if found is None or found.mark is not Mark.PHRASE:
        return found is not None
    return canonical_key(found.text) is not None or _is_asked_for(text, found.text)


def _is_asked_for(text: str, answer: str) -> bool:
    """Whether the last line of the form that prompts ask for holds this answer."""
    lines = [line for line in text.splitlines() if _ANSWER_LINE.match(line)]
    return bool(lines) and answer in lines[-1]
