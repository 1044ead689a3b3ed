"""What stands in a model's reply: the JSON object, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from engine.training.datasets.json_lines import parse_object
from engine.training.errors import DatasetError
from engine.training.generation.journal import Sample


class Reason(StrEnum):
    """Why something that a model wrote was not kept."""

    TRUNCATED = "truncated"
    REFUSED = "refused"
    NOT_JSON = "not-json"
    MALFORMED = "malformed"
    UNBOUND = "slot-unbound"
    PROGRAM = "program-fails"
    RANGE = "range-unfit"
    ANSWER = "answer-disagrees"
    MINORITY = "no-majority"
    NUMBERS = "numbers-changed"
    EXPLANATION = "explanation-wrong"
    PERSONAL = "personal-data"
    RULE = "breaks-a-rule"
    HELD_BACK = "held-back"
    DUPLICATE = "duplicate"


class RejectedError(DatasetError):
    """What a model wrote is not kept."""

    code = "generation-rejected"

    @property
    def reason(self) -> Reason:
        """Why; the error's one argument."""
        return Reason(self.args[0])


_REFUSAL: Final = re.compile(
    r"""
      \W*(?:
        i(?:'m|\ am)\ (?:sorry|unable|not\ able)
      | sorry\b
      | i\ (?:cannot|can't|will\ not|won't)\b
      | i\ apologi[sz]e
      | as\ an\ ai\b
      | unfortunately,?\ i\b
      )""",
    re.IGNORECASE | re.VERBOSE,
)
_FENCED: Final = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)


def is_refusal(text: str) -> bool:
    """Whether a text begins as models begin when they decline."""
    return _REFUSAL.match(text.strip().replace("\u2019", "'")) is not None


def read_object(sample: Sample) -> Mapping[str, Any]:
    """Read the JSON object of a reply; a fence around it and words before it are passed over.

    Raises:
        RejectedError: The text was cut, declines, or holds no object.
    """
    if sample.is_cut:
        raise RejectedError(Reason.TRUNCATED)
    text = sample.text.strip()
    fenced = _FENCED.search(text)
    body = fenced.group(1) if fenced else text[max(text.find("{"), 0) : text.rfind("}") + 1]
    try:
        return parse_object(body.encode(errors="surrogatepass"))
    except DatasetError as error:
        raise RejectedError(Reason.REFUSED if is_refusal(text) else Reason.NOT_JSON) from error


def read_entries(sample: Sample, name: str) -> list[Any]:
    """Read the list that a reply's object holds under a name.

    Raises:
        RejectedError: As :func:`read_object`, or there is no such list.
    """
    entries: Any = read_object(sample).get(name)
    if not isinstance(entries, list) or not entries:
        raise RejectedError(Reason.MALFORMED)
    return entries
