"""The notations in which models write calls of tools, and where they stand in a text.

| notation | who writes it |
|---|---|
| a block fenced with `tool`: `{"name": ..., "arguments": {...}}` | whoever is asked to |
| a block fenced with `python`: the arguments of `execute_python` | most models, unasked |
| `<tool_call>{...}</tool_call>` | Hermes, Qwen |
| `[TOOL_CALLS] [{...}]`, `[TOOL_CALLS]name[ARGS]{...}` | Mistral |
| `{"name": ..., "parameters": {...}}` on a line of its own, after a mark or bare | Llama |
| `<tool>name{...}`, the object being the arguments | svend-mini |

The text is walked once from its start, each block from its beginning to its end, so the work is
linear in its length whatever stands in it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from engine.answers.call_fault import CallFault, MalformedCall, refuse_call
from engine.answers.call_json import (
    MAX_CALL_CHARS,
    Read,
    decode_json,
    is_call_shaped,
    read_calls,
    to_calls,
)
from engine.domain.tool import ToolCall

EXECUTE_PYTHON = "execute_python"
FENCE = "```"
ROW_MARK = "<tool>"
ROW_EXAMPLE = f'{ROW_MARK}<the tool>{{"<argument>": "<value>"}}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of a text that may hold calls.

    Attributes:
        start: Where it begins.
        end: Where it ends: behind its closing mark.
        calls: What was read from it; none for a block of another kind.
    """

    start: int
    end: int
    calls: tuple[Read, ...] = ()


def list_blocks(text: str) -> tuple[Block, ...]:
    """Return every block of a text, in order: none overlaps another."""
    blocks: list[Block] = []
    position = 0
    while (opening := _OPENING.search(text, position)) is not None:
        block = _READERS[opening.lastgroup or ""](text, opening)
        position = max(block.end, opening.end())
        blocks.append(block)
    return tuple(blocks)


def read_program(code: str) -> Read:
    """Return the call that runs a program."""
    source = textwrap.dedent(code.strip("\r\n")).rstrip()
    if not source:
        return refuse_call(CallFault.EMPTY, "the program is empty")
    if len(source) > MAX_CALL_CHARS:
        fault = f"the program is longer than {MAX_CALL_CHARS} characters"
        return refuse_call(CallFault.TOO_LONG, fault)
    return ToolCall(name=EXECUTE_PYTHON, arguments={"code": source})


# A bare object counts where it begins a line, or follows another one behind a semicolon.
_OPENING = re.compile(
    r"""
      ^[ ]{0,8}```[ \t]{0,8}(?P<fence>[A-Za-z0-9_+.-]{0,32})
    | (?P<tag><tool_call>)
    | (?P<mistral>\[TOOL_CALLS\])
    | (?P<llama><\|python_tag\|>)
    | (?P<row><tool>)
    | (?P<bare>(?:^|;)[ \t]{0,8}(?=\[?\s{0,8}\{\s{0,8}"(?:name|type|function|parameters)"))
    """,
    re.MULTILINE | re.VERBOSE,
)
_FENCE_END = re.compile(r"```[ \t]{0,8}(?=\n|\r|\Z)")
_NAMED = re.compile(
    r"\s{0,8}([A-Za-z0-9_.-]{1,64})(?:\[CALL_ID\][A-Za-z0-9_-]{0,64})?(?:\[ARGS\])?\s{0,8}(?=\{)"
)
_ROW_NAME = re.compile(r"\s{0,8}([A-Za-z0-9_.:/-]{1,64})\s{0,8}(?=(?P<end>\{|<|\Z))")
_OBJECT_AHEAD = re.compile(r"\s{0,8}[{[]")
_CALL_FENCES = frozenset({"tool", "tool_call", "tool_calls"})
_PROGRAM_FENCES = frozenset({"python", "python3", "py"})


def _read_fence(text: str, opening: re.Match[str]) -> Block:
    kind, start = opening["fence"].lower(), opening.end()
    closing = _FENCE_END.search(text, start)
    inside = text[start : closing.start() if closing else len(text)]
    end = closing.end() if closing else len(text)
    calls: tuple[Read, ...] = ()
    if kind in _CALL_FENCES:
        calls = read_calls(inside)
    elif kind in _PROGRAM_FENCES:
        # A program that is cut in the middle may run all the same, and do something else.
        unclosed = refuse_call(CallFault.UNCLOSED, f"the program does not end with {FENCE}")
        calls = (read_program(inside) if closing else unclosed,)
    elif kind == "json":
        calls = _read_shaped(inside)
    return Block(start=opening.start(), end=end, calls=calls)


def _read_tag(text: str, opening: re.Match[str]) -> Block:
    close = "</tool_call>"
    found = text.find(close, opening.end())
    # The server may have cut the closing mark off as a stop text; the JSON says if more is lost.
    inside = text[opening.end() : found if found >= 0 else len(text)]
    end = found + len(close) if found >= 0 else len(text)
    return Block(start=opening.start(), end=end, calls=read_calls(inside))


def _read_mistral(text: str, opening: re.Match[str]) -> Block:
    found = text.find("[TOOL_CALLS]", opening.end())
    end = found if found >= 0 else len(text)
    inside = text[opening.end() : end]
    named = _NAMED.match(inside)
    if named is None:
        return Block(start=opening.start(), end=end, calls=read_calls(inside))
    decoded = decode_json(inside, named.end())
    if decoded.fault is not None:
        calls: tuple[Read, ...] = (decoded.fault,)
    elif inside[decoded.end :].strip():
        calls = read_calls(inside)
    else:
        calls = _name_call(named[1], decoded.value)
    return Block(start=opening.start(), end=end, calls=calls)


def _read_llama(text: str, opening: re.Match[str]) -> Block:
    if _OBJECT_AHEAD.match(text, opening.end()):
        return _read_object(text, opening.start(), opening.end(), is_marked=True)
    # Behind this mark Llama writes either an object or a program as it stands.
    program = read_program(text[opening.end() :])
    return Block(start=opening.start(), end=len(text), calls=(program,))


def _read_row(text: str, opening: re.Match[str]) -> Block:
    named = _ROW_NAME.match(text, opening.end())
    if named is None:
        # `<none>` stands here where no tool fits, and in prose the mark is a word like any other.
        return Block(start=opening.start(), end=opening.end())
    if named["end"] != "{":
        missing = refuse_call(CallFault.SHAPE, f"{named[1]} has no arguments behind it")
        calls: tuple[Read, ...] = (missing,)
        end = named.end()
    else:
        decoded = decode_json(text, named.end())
        # Nothing behind a fault can be told from the call.
        end = len(text) if decoded.fault else decoded.end
        calls = (decoded.fault,) if decoded.fault else _name_call(named[1], decoded.value)
    return Block(start=opening.start(), end=end, calls=tuple(map(_as_row, calls)))


def _name_call(name: str, arguments: Any) -> tuple[Read, ...]:
    return to_calls({"name": name, "arguments": arguments})


def _as_row(read: Read) -> Read:
    """Return what was read, a fault with the example of its own notation."""
    return replace(read, example=ROW_EXAMPLE) if isinstance(read, MalformedCall) else read


def _read_bare(text: str, opening: re.Match[str]) -> Block:
    return _read_object(text, opening.start(), opening.end(), is_marked=False)


def _read_object(text: str, start: int, inside: int, *, is_marked: bool) -> Block:
    decoded = decode_json(text, inside)
    calls: tuple[Read, ...] = ()
    if decoded.fault is None and (is_marked or is_call_shaped(decoded.value)):
        calls = to_calls(decoded.value)
    elif decoded.fault is not None and (is_marked or _MEANT.match(text, inside)):
        # Nothing behind the fault can be told from the call.
        return Block(start=start, end=len(text), calls=(decoded.fault,))
    return Block(start=start, end=decoded.end, calls=calls)


def _read_shaped(inside: str) -> tuple[Read, ...]:
    """Read JSON that is a call only if it looks like one."""
    decoded = decode_json(inside)
    if decoded.fault is not None or inside[decoded.end :].strip():
        return read_calls(inside) if _MEANT.match(inside) else ()
    return to_calls(decoded.value) if is_call_shaped(decoded.value) else ()


# What cannot be read as JSON is taken for a call only if it begins like nothing else.
_MEANT = re.compile(
    r'\s{0,8}\[?\s{0,8}\{\s{0,8}"name"\s{0,8}:\s{0,8}"[^"\n]{0,64}"\s{0,8},\s{0,8}'
    r'"(?:arguments|parameters)"'
)
_READERS: dict[str, Callable[[str, re.Match[str]], Block]] = {
    "fence": _read_fence,
    "tag": _read_tag,
    "mistral": _read_mistral,
    "llama": _read_llama,
    "row": _read_row,
    "bare": _read_bare,
}
