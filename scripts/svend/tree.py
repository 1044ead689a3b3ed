"""A search tree as text. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text
from rich.tree import Tree

from scripts.svend.event_line import printable

MAX_PROBLEM_CHARS = 200
MAX_ANSWER_CHARS = 100
MAX_CAUSE_CHARS = 160


def render_trace(problem: str, trace: Mapping[str, Any]) -> RenderableType:
    """Return the folded search of a job as a tree, children in the order of opening.

    A node whose parent is not among the nodes hangs from the root.

    Args:
        problem: The question; empty once the server no longer keeps it.
        trace: What ``GET /v1/jobs/{id}/trace`` sends.
    """
    shown = problem or "(the problem is not kept any more)"
    root = Tree(Text(printable(shown, MAX_PROBLEM_CHARS), style="bold"))
    nodes: Sequence[Mapping[str, Any]] = trace.get("nodes") or ()
    branches: dict[str, Tree] = {}
    for node in nodes:
        above = branches.get(str(node.get("parent_id")), root)
        branches[str(node.get("node_id"))] = above.add(_render_node(node))
    return root


def _render_node(node: Mapping[str, Any]) -> Text:
    status = str(node.get("status"))
    line = Text(f"{node.get('rank', 0) + 1}. ")
    line.append(_describe(node), style="" if status == "complete" else "yellow")
    tokens = (node.get("tokens") or {}).get("out")
    if tokens is not None:
        line.append(f"  ({tokens} tokens)", style="dim")
    return line


def _describe(node: Mapping[str, Any]) -> str:
    status, answer = str(node.get("status")), node.get("answer")
    if status == "open":
        return status
    if status == "complete" and answer:
        return printable(str(answer.get("text")), MAX_ANSWER_CHARS)
    cause = node.get("error") or node.get("reason") or status
    return f"abstains: {printable(str(cause), MAX_CAUSE_CHARS)}"
