"""A call of a tool that cannot be read, and what to tell whoever wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

EXAMPLE = '```tool\n{"name": "<the tool>", "arguments": {"<argument>": "<value>"}}\n```'


class CallFault(StrEnum):
    """What is wrong with a call."""

    UNCLOSED = "unclosed"
    EMPTY = "empty"
    TOO_LONG = "too-long"
    NOT_JSON = "not-json"
    SHAPE = "shape"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedCall:
    """A text that means to call a tool and does not manage to.

    Attributes:
        reason: What is wrong, as a short code.
        fault: The same as a sentence for the model, without its full stop.
        example: A call that would be read, in the notation that was meant.
    """

    reason: CallFault
    fault: str
    example: str = EXAMPLE

    @property
    def correction(self) -> str:
        """What to tell the model: the fault, and a call that would be read."""
        return (
            f"The tool call could not be read: {self.fault}. "
            f"End your text with one call, written like this:\n{self.example}"
        )


def refuse_call(reason: CallFault, fault: str) -> MalformedCall:
    """Return a malformed call.

    Args:
        reason: What is wrong.
        fault: The same as a sentence for the model, without its full stop.
    """
    return MalformedCall(reason=reason, fault=fault)
