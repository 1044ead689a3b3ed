"""Calls of tools in a model's text: one protocol, whatever notation the model writes.

A call counts where the text ends with it. What stands behind a call was written without its
result, and a program in the middle of a text is an illustration. The notations are in
:mod:`engine.answers.call_notation`; a server that reads calls itself hands them over as data,
which :func:`read_native_calls` takes. All of them come down to one :class:`ToolCall`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from engine.answers.call_fault import CallFault, MalformedCall, refuse_call
from engine.answers.call_json import to_call
from engine.answers.call_notation import EXECUTE_PYTHON, FENCE, list_blocks, read_program
from engine.domain.canonical import JsonValue
from engine.domain.tool import ToolCall

Found: TypeAlias = ToolCall | MalformedCall

# Marks by which chat templates end a turn, where a server does not take them off.
_TURN_ENDS = ("</s>", "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<end_of_turn>")
_MAX_TURN_ENDS = 2
_BETWEEN = " \t\r\n;"


def find_call(text: str) -> Found | None:
    """Find the call that a text ends with.

    Returns:
        ``None`` when the text calls nothing; a :class:`MalformedCall` with a correction for the
        model when it tries to and cannot be read, or calls several tools at once. Never raises,
        and takes time linear in the text.
    """
    found = list_calls(text)
    faults = [call for call in found if isinstance(call, MalformedCall)]
    if faults:
        return faults[0]
    if len(found) > 1:
        return refuse_call(CallFault.SEVERAL, f"there are {len(found)} calls; one at a time")
    return found[0] if found else None


def find_program(text: str) -> Found | None:
    """Find the last call of a text, wherever it stands: what is asked for is the call itself.

    Models like to explain a program that they were asked for, behind it too.

    Returns:
        ``None`` when the text holds no call; as :func:`find_call` otherwise.
    """
    blocks = [block for block in list_blocks(_without_turn_end(text)) if block.calls]
    return blocks[-1].calls[-1] if blocks else None


def list_calls(text: str) -> tuple[Found, ...]:
    """Return every call that a text ends with, in order: several only with nothing between."""
    body = _without_turn_end(text)
    last: list[Sequence[Found]] = []
    end = len(body)
    for block in reversed(list_blocks(body)):
        if not block.calls or body[block.end : end].strip(_BETWEEN):
            break
        last.append(block.calls)
        end = block.start
    return tuple(call for calls in reversed(last) for call in calls)


def read_native_calls(calls: Sequence[Mapping[str, JsonValue]]) -> tuple[Found, ...]:
    """Return the calls that a server of the OpenAI API read itself: a message's ``tool_calls``."""
    return tuple(to_call(call) for call in calls)


def render_call(call: ToolCall) -> str:
    """Write a call as a fenced block; :func:`find_call` reads the same call from it."""
    code = call.arguments.get("code")
    if call.name == EXECUTE_PYTHON and isinstance(code, str) and len(call.arguments) == 1:
        block = f"{FENCE}python\n{code}\n{FENCE}"
        # A program that holds a fence, or blanks that would be trimmed, is kept exact as JSON.
        if read_program(code) == call and find_call(block) == call:
            return block
    written = json.dumps({"name": call.name, "arguments": call.arguments}, ensure_ascii=False)
    return f"{FENCE}tool\n{written}\n{FENCE}"


def _without_turn_end(text: str) -> str:
    body = text.rstrip()
    for _ in range(_MAX_TURN_ENDS):
        ended = next((mark for mark in _TURN_ENDS if body.endswith(mark)), "")
        body = body.removesuffix(ended).rstrip()
    return body
