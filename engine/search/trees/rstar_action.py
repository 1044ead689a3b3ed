"""The five actions of rStar, and after which each may follow.

Qi et al. 2024 (arXiv 2408.06195), section 3.1: A1 one more step; A2 the rest of the solution; A3
the next subquestion with its answer; A4 another answer to the subquestion before; A5 the question
in other words. A4 follows A3 only, and A5 comes first or not at all; once steps are being written
(A1) no subquestion follows. A search that goes on from a given beginning has done the action of
its last text.
"""

from __future__ import annotations

from enum import StrEnum

from engine.search.trees.node import ROOT, TreeNode


class Action(StrEnum):
    """What may be done next, by the prompt's role. ``REST`` writes to the end of the answer."""

    STEP = "step"
    REST = "rest"
    SUBQUESTION = "subquestion"
    REANSWER = "reanswer"
    REPHRASE = "rephrase"


_AFTER_STEP = (Action.STEP, Action.REST)
_AFTER_QUESTION = (Action.STEP, Action.REST, Action.SUBQUESTION)
_FIRST = (*_AFTER_QUESTION, Action.REPHRASE)
_AFTER: dict[str, tuple[Action, ...]] = {
    Action.STEP: _AFTER_STEP,
    Action.SUBQUESTION: (*_AFTER_QUESTION, Action.REANSWER),
    Action.REANSWER: _AFTER_QUESTION,
    Action.REPHRASE: _AFTER_QUESTION,
}


def list_actions(node: TreeNode, max_depth: int) -> tuple[Action, ...]:
    """Return what may follow a path; where it may not get longer, only the rest of it."""
    if node.depth + 1 >= max_depth:
        return (Action.REST,)
    if node.node_id == ROOT and not node.prompt:
        return _FIRST
    return _AFTER.get(node.prompt, _AFTER_STEP)
