"""The tools, described to a model in a prompt, for servers that do not do so themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from engine.answers.call_fault import EXAMPLE

MAX_ENUM_SHOWN = 12
MAX_DEPTH_SHOWN = 3

_RULES = f"""\
To use a tool, end your text with one block of this form, and write nothing behind it:
{EXAMPLE}
Its result follows in a block of output. Use only the tools below, one at a time; where none of \
them fits, answer without one."""


def describe_tools(functions: Sequence[Mapping[str, Any]]) -> str:
    """Return how to call tools, and each tool with its arguments.

    Args:
        functions: Each tool as function calling describes it: ``name``, ``description`` and
            ``parameters`` (a JSON schema of an object), bare or under ``function``.

    Returns:
        Plain text, the same for the same tools in the same order: as part of a prompt it stays in
        the server's prefix cache. Without tools it is empty.
    """
    if not functions:
        return ""
    return "\n\n".join([_RULES, *(_describe_tool(function) for function in functions)])


def _describe_tool(function: Mapping[str, Any]) -> str:
    fields = function.get("function", function)
    schema: Mapping[str, Any] = fields.get("parameters") or {}
    required: frozenset[str] = frozenset(schema.get("required") or ())
    shared: Mapping[str, Any] = schema.get("$defs") or {}
    properties: Mapping[str, Any] = schema.get("properties") or {}
    lines = [f"{fields['name']}: {_one_line(fields.get('description') or '')}".rstrip(": ")]
    lines += [
        _describe_argument(name, argument, shared, is_required=name in required)
        for name, argument in properties.items()
    ]
    return "\n".join(lines)


def _describe_argument(
    name: str, argument: Mapping[str, Any], shared: Mapping[str, Any], *, is_required: bool
) -> str:
    kind = _name_type(_resolve(argument, shared), shared)
    needed = "required" if is_required else "optional"
    if not is_required and argument.get("default") is not None:
        needed = f"default {json.dumps(argument['default'], ensure_ascii=False)}"
    said = _one_line(argument.get("description") or "")
    return f"- {name} ({kind}, {needed}){': ' if said else ''}{said}"


def _name_type(argument: Mapping[str, Any], shared: Mapping[str, Any], depth: int = 0) -> str:
    """Name a schema's type: ``one of "a", "b"``, ``array of integer``, ``object {a: number}``."""
    if choices := argument.get("enum"):
        shown = [json.dumps(choice, ensure_ascii=False) for choice in choices[:MAX_ENUM_SHOWN]]
        more = ", ..." if len(choices) > MAX_ENUM_SHOWN else ""
        return f"one of {', '.join(shown)}{more}"
    kind: Any = argument.get("type", "any")
    named = kind if isinstance(kind, str) else " or ".join(map(str, kind))
    if depth >= MAX_DEPTH_SHOWN:
        return named
    inner = partial(_name_inner, shared=shared, depth=depth + 1)
    if variants := argument.get("anyOf") or argument.get("oneOf"):
        return " or ".join(dict.fromkeys(map(inner, variants)))
    if items := argument.get("items"):
        return f"{named} of {inner(items)}"
    if properties := argument.get("properties"):
        fields = ", ".join(f"{name}: {inner(field)}" for name, field in properties.items())
        return f"{named} {{{fields}}}"
    return named


def _name_inner(argument: Mapping[str, Any], *, shared: Mapping[str, Any], depth: int) -> str:
    return _name_type(_resolve(argument, shared), shared, depth)


def _resolve(argument: Mapping[str, Any], shared: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference once: pydantic puts enumerations and nested models beside the schema."""
    name = str(argument.get("$ref", "")).rpartition("/")[2]
    return shared.get(name, argument)


def _one_line(text: str) -> str:
    return " ".join(text.split())
