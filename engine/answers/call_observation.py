"""What a model gets to read of a tool's run, or of a call that could not be read."""

from __future__ import annotations

import json
import re
from typing import Any

from engine.answers.call_fault import MalformedCall
from engine.answers.call_notation import FENCE
from engine.domain.canonical import canonical_bytes
from engine.domain.tool import ToolResult, ToolStatus

MAX_OBSERVATION_CHARS = 2_000

_FENCE_BEGIN = re.compile("`(?=``)")
_NOTHING = "(nothing was printed or returned: print the value that you need)"


def render_observation(
    observed: ToolResult | MalformedCall, *, max_chars: int = MAX_OBSERVATION_CHARS
) -> str:
    """Write a tool's result, or the correction of a malformed call, as a block of output.

    A run that failed is an observation too: the model may mend its call (ToRA, arXiv 2309.17452,
    section 2.1). What is longer than ``max_chars`` characters keeps its beginning and its end,
    where a traceback says what happened. No text inside can pose as the end of the block.
    """
    text = _FENCE_BEGIN.sub("` ", _describe(observed).strip())
    return f"{FENCE}output\n{shorten_middle(text, max_chars)}\n{FENCE}"


def describe_result(observed: ToolResult | MalformedCall, *, max_chars: int) -> str:
    """Write a tool's result, or what is wrong with a malformed call, as one JSON object.

    So results stand in the training rows of models with a form of their own: the status, and what
    the tool put out; of a failure what is wrong. Longer texts are cut as in blocks of output.
    """
    if isinstance(observed, MalformedCall):
        said = {"error": observed.fault}
        status = ToolStatus.INVALID
    else:
        said = {"output": observed.output}
        status = observed.status
        if status is not ToolStatus.OK:
            said = {"error": observed.error or f"the call ended as {status.value}"}
    cut = {name: shorten_middle(text, max_chars) for name, text in said.items()}
    return canonical_bytes({**cut, "status": status.value}).decode()


def read_output(described: str) -> str | None:
    """Return what a tool put out, from the JSON of :func:`describe_result`.

    Returns:
        ``None`` for a run that failed, and for any other text.
    """
    try:
        fields: Any = json.loads(described)
    except (RecursionError, ValueError):
        return None
    match fields:
        case {"status": ToolStatus.OK.value, "output": str(output)}:
            return output
        case _:
            return None


def shorten_middle(text: str, max_chars: int) -> str:
    """Return at most ``max_chars`` characters of a text, its beginning and its end, and say so."""
    if len(text) <= max_chars:
        return text
    n_head = max_chars // 2
    n_tail = max_chars - n_head
    left_out = f"\n[... {len(text) - max_chars:,} characters left out ...]\n"
    return text[:n_head] + left_out + text[len(text) - n_tail :]


def _describe(observed: ToolResult | MalformedCall) -> str:
    if isinstance(observed, MalformedCall):
        return f"Error: {observed.correction}"
    if observed.status is ToolStatus.OK:
        return observed.output if observed.output.strip() else _NOTHING
    lines = [f"Error: {observed.error or f'the call ended as {observed.status.value}'}"]
    if observed.output.strip():
        # What a program printed before it failed is often what shows the mistake.
        lines.append(f"Printed before that:\n{observed.output.strip()}")
    return "\n".join(lines)
