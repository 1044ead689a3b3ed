"""Find where a fork stands, or say what could go on from there instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from api.bodies import ForkBody, render_pointer
from api.planning import find_strategy
from api.refusals import FieldFault, InvalidFieldsError
from db.records import Catalogue
from engine.domain.errors import InvalidInputError
from engine.domain.fold import NodeView
from engine.domain.footing import (
    ROOT_NAME,
    Footing,
    Kept,
    find_obstacle,
    is_above,
    is_judged,
    to_start,
)
from engine.domain.lineage import Replaced
from engine.domain.pins import Pins

CODE = "cannot-go-on"

Nodes = Mapping[str, NodeView]


def find_replaced(body: ForkBody) -> Replaced | None:
    """Return which text of the node is to be another, if one is."""
    if body.change.thought is not None:
        return Replaced.THOUGHT
    return None if body.change.tool_result is None else Replaced.TOOL_RESULT


def find_footing(
    body: ForkBody, pins: Pins, catalogue: Catalogue, read_nodes: Callable[[], Nodes]
) -> Footing:
    """Return what a fork takes over, and from where its search begins.

    The same strategy reads on in the log, and so does one that names its samples alike; any other
    goes on from the path up to the node, and so does one by steps or trees that another verifier
    has led there. At the root each begins anew.

    Args:
        body: The request.
        pins: What the search was run with.
        catalogue: What the workers offer, under the verifier that is to judge.
        read_nodes: Reads the search's tree, which is not always needed.

    Raises:
        UnknownAlgorithmError: Listing the strategies.
        UnavailableAlgorithmError: With the reason that the catalogue gives.
        InvalidFieldsError: When the strategy cannot go on from the node, listing which can.
        InvalidInputError: When there is no such node.
    """
    after = find_strategy(body.change.strategy or pins.algorithm, catalogue)
    if body.node == ROOT_NAME:
        _check_root(body)
        return Footing(kept=Kept.NOTHING)
    is_reading = _reads_on(pins, after, catalogue)
    is_plain = is_reading and pins.start is None and body.change.verifier is None
    nodes: Nodes = {} if is_plain else read_nodes()
    is_led = is_reading and _is_led(body, pins, catalogue, nodes)
    if is_reading and not is_led and not is_above(nodes, body.node, pins.start):
        if body.part is not None:
            raise _refuse("only another strategy goes on from a single proposal", "part")
        return Footing(kept=Kept.LOG, start=pins.start)
    node = nodes.get(body.node)
    if node is None:
        raise InvalidInputError("no node of this job's search has this name and has ended")
    _check_strategy(after, catalogue)
    obstacle = find_obstacle(node, body.part, find_replaced(body))
    if obstacle is not None and is_led:
        raise _refuse(_explain_led(obstacle, after), "change", "verifier")
    if obstacle is not None:
        raise _refuse(_explain(obstacle, pins, after, catalogue), *_find_fault(body))
    return Footing(kept=Kept.PATH, start=to_start(node, body.part))


def _reads_on(pins: Pins, after: Mapping[str, Any], catalogue: Catalogue) -> bool:
    """Whether a strategy can read what another has drawn."""
    if after["name"] == pins.algorithm:
        return True
    drawing = _list_drawing(catalogue)
    return pins.algorithm in drawing and after["name"] in drawing


def _is_led(body: ForkBody, pins: Pins, catalogue: Catalogue, nodes: Nodes) -> bool:
    """Whether another verifier than is to judge has said what was grown up to the node.

    Whole samples are drawn whatever judges them: those can be judged anew where they are.
    """
    is_same = catalogue.serving.verifier == pins.serving.verifier
    if body.change.verifier is None or is_same or pins.algorithm in _list_drawing(catalogue):
        return False
    return is_judged(nodes, body.node)


def _check_root(body: ForkBody) -> None:
    replaced = find_replaced(body)
    if replaced is not None:
        raise _refuse("the root is the problem and holds no such text", "change", replaced.value)
    if body.part is not None:
        raise _refuse("the root lists no proposals", "part")


def _check_strategy(after: Mapping[str, Any], catalogue: Catalogue) -> None:
    if _is_able(after):
        return
    able = _list_names(one for one in catalogue.strategies if _is_able(one))
    reason = after.get("midway", {}).get("reason") or "its worker does not say how"
    detail = (
        f"{after['name']} cannot go on from the beginning of a solution: {reason}; these can: "
        f"{able}; from the node {ROOT_NAME!r} every strategy can"
    )
    raise _refuse(detail, "change", "strategy")


def _explain(obstacle: str, pins: Pins, after: Mapping[str, Any], catalogue: Catalogue) -> str:
    drawing = _list_drawing(catalogue)
    able = drawing if pins.algorithm in drawing else {pins.algorithm}
    return (
        f"{after['name']} cannot go on from this node: {obstacle}; here only these can: "
        f"{', '.join(sorted(able))}; from the node {ROOT_NAME!r} every strategy can"
    )


def _explain_led(obstacle: str, after: Mapping[str, Any]) -> str:
    return (
        f"another verifier has led this search here, so that {after['name']} begins with the path "
        f"to the node, and {obstacle}; go on from a node before it, or from {ROOT_NAME!r}"
    )


def _find_fault(body: ForkBody) -> tuple[str, ...]:
    return ("node",) if body.change.strategy is None else ("change", "strategy")


def _is_able(strategy: Mapping[str, Any]) -> bool:
    return bool(strategy.get("midway", {}).get("is_available"))


def _list_drawing(catalogue: Catalogue) -> frozenset[str]:
    drawing = (one for one in catalogue.strategies if one.get("draws_samples"))
    return frozenset(str(one["name"]) for one in drawing)


def _list_names(strategies: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(sorted(str(one["name"]) for one in strategies)) or "none"


def _refuse(detail: str, *path: str) -> InvalidFieldsError:
    return InvalidFieldsError(
        (FieldFault(pointer=render_pointer(*path), code=CODE, detail=detail),)
    )
