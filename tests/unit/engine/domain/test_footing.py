"""After which nodes a solution can be gone on with."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.domain.fold import NodeView
from engine.domain.footing import find_obstacle, is_above, is_judged, list_path
from engine.domain.ids import NodeId
from engine.domain.lineage import Replaced
from engine.domain.trial import PathEnd, Work

UNFINISHED = {"is_final": False}
PROPOSALS = {"is_final": False, "parts": ["a", "b"], "final_parts": [1]}


def view(name="n", parent=None, work=Work.STEP, status="complete", findings=UNFINISHED):
    return NodeView(
        node_id=name,
        parent_id=parent,
        trial_id=name,
        depth=1,
        rank=0,
        kind="thought",
        work=work.value,
        status=status,
        findings=findings,
        opened_seq=1,
    )


@pytest.mark.parametrize("work", [Work.STEP, Work.TOOL], ids=str)
def test_a_whole_text_that_is_not_the_last_can_be_gone_on_from(work):
    assert find_obstacle(view(work=work)) is None


@pytest.mark.parametrize(
    ("node", "part", "why"),
    [
        pytest.param(view(findings={}), None, "ends its path", id="last"),
        pytest.param(view(status="truncated"), None, "but truncated", id="cut-off"),
        pytest.param(view(status="open"), None, "but open", id="open"),
        pytest.param(view(work=Work.SAMPLE), None, "whole answer", id="sample"),
        pytest.param(view(work=Work.SCORE), None, "judges others", id="score"),
        pytest.param(view(work=Work.VALUE), None, "judges others", id="value"),
        pytest.param(view(work=Work.VOTE), None, "judges others", id="vote"),
        pytest.param(view(findings={**UNFINISHED, "call": "z3"}), None, "the result", id="call"),
        pytest.param(view(), 0, "no proposals", id="part-of-one-text"),
        pytest.param(view(work=Work.PROPOSE, findings=PROPOSALS), None, "2 prop", id="which"),
        pytest.param(view(work=Work.PROPOSE, findings=PROPOSALS), 2, "2 prop", id="beyond"),
        pytest.param(view(work=Work.PROPOSE, findings=PROPOSALS), 1, "is an answer", id="final"),
    ],
)
def test_what_cannot_be_gone_on_from_says_why(node, part, why):
    assert why in (find_obstacle(node, part) or "")


def test_one_of_several_proposals_can_be_gone_on_from():
    assert find_obstacle(view(work=Work.PROPOSE, findings=PROPOSALS), 0) is None


def test_how_a_replaced_text_ended_does_not_matter():
    assert find_obstacle(view(status="failed"), replaced=Replaced.THOUGHT) is None
    assert find_obstacle(view(work=Work.SAMPLE), replaced=Replaced.THOUGHT)


def test_a_path_leads_from_the_root_to_its_end():
    nodes = {"a": view("a"), "b": view("b", parent="a"), "c": view("c", parent="b")}
    end = PathEnd(node_id=NodeId("c"))

    assert list_path(nodes, "c") == ("a", "b", "c")
    assert [is_above(nodes, name, end) for name in nodes] == [True, True, False]
    assert not is_above(nodes, "a", None)


@pytest.mark.parametrize(
    ("name", "is_led"),
    [
        pytest.param("before", False, id="before"),
        pytest.param("score", True, id="the-judgement"),
        pytest.param("after", True, id="after"),
        pytest.param("nowhere", False, id="unknown"),
    ],
)
def test_what_ended_before_a_node_says_whether_it_was_judged_there(name, is_led):
    nodes = {
        "before": replace(view("before"), ended_seq=3),
        "score": replace(view("score", work=Work.SCORE), ended_seq=5),
        "after": replace(view("after"), ended_seq=7),
        "waiting": view("waiting", work=Work.SCORE, status="open"),
    }
    assert is_judged(nodes, name) is is_led
