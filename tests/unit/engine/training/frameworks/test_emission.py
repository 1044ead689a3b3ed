"""What an instance gives: explanations, calls, wrong calls, claims with twins."""

from __future__ import annotations

import json
from random import Random

import pytest

from engine.answers.call import list_calls
from engine.training.datasets.validate import Rules, find_breaches
from engine.training.emission.artefact import (
    MAX_AUROC,
    label_chains,
    label_claims,
    measure_auroc,
)
from engine.training.example import Fault, ToolUse
from engine.training.frameworks.catalogue import shipped_frameworks
from engine.training.frameworks.emission import emit_item
from engine.training.frameworks.expand import Expansion, Kind, expand
from engine.training.frameworks.framework import TOOLS
from engine.training.frameworks.item import draw_item
from engine.training.frameworks.mistake import mistake_answer, mistake_argument, mistake_tool
from engine.training.problem import Split

SEEDS = range(25)


def item_of(framework, index, seed=0):
    rng = Random(f"emission:{seed}")
    block = framework.blocks[index]
    return next(i for s in Split if (i := draw_item(framework, block, s, rng)) is not None)


@pytest.mark.parametrize("index", [0, 1, 2])
def test_everything_emitted_keeps_the_rules_of_data_sets(toys, index):
    for seed in SEEDS:
        made = emit_item(item_of(toys, index, seed), Random(seed))
        every = (*made.conversations, *made.pairs, *made.chains, *made.claims)
        assert [b for each in every for b in find_breaches(each, Rules(tools=TOOLS))] == []
        assert {each.origin.family for each in every} == {f"toys.{toys.blocks[index].name}"}


def test_the_explanation_ends_with_the_answer(toys):
    item = item_of(toys, 0)
    told = emit_item(item, Random(1)).conversations[0]
    assert told.answer == item.answer
    assert told.messages[-1].content.endswith(f"There are {item.answer} {item.values['toy']}.")


def test_a_pair_prefers_the_right_call(toys):
    item = item_of(toys, 1)
    pair = next(p for p in emit_item(item, Random(2)).pairs if p.fault is Fault.WRONG_TOOL)
    (chosen,), (rejected,) = list_calls(pair.chosen), list_calls(pair.rejected)
    assert chosen.name == "unit_convert"
    assert rejected.name != "unit_convert"


def test_a_wrong_tool_makes_the_chain_wrong_from_its_first_step(toys):
    chains = emit_item(item_of(toys, 1), Random(3)).chains
    wrong = [chain for chain in chains if chain.fault is Fault.WRONG_TOOL]
    assert wrong
    assert all(chain.n_right == 0 and not chain.is_right for chain in wrong)
    assert any(chain.is_right and chain.steps[0].startswith("unit_convert{") for chain in chains)


def test_the_other_call_is_borrowed_when_it_is_of_another_tool():
    use = ToolUse(name="plot", arguments={"kind": "bar"})
    other = ToolUse(name="physics", arguments={"topic": "ohm"})
    assert mistake_tool(use, Random(0), other).use == other
    alike = mistake_tool(use, Random(0), ToolUse(name="plot", arguments={}))
    assert alike.use.name != "plot"
    assert alike.use.arguments == use.arguments


def test_a_wrong_argument_differs_and_is_of_the_same_tool(toys):
    faults = set()
    for seed in SEEDS:
        item = item_of(toys, 1, seed)
        wrong = mistake_argument(item, Random(seed))
        if wrong is None:
            continue
        faults.add(wrong.fault)
        assert wrong.use.name == item.call.name
        assert json.dumps(dict(wrong.use.arguments)) != json.dumps(dict(item.call.arguments))
    assert faults == {Fault.ARITHMETIC, Fault.LOGIC}


def test_knowledge_has_no_call_to_be_mistaken(toys):
    assert mistake_argument(item_of(toys, 2), Random(0)) is None


@pytest.mark.parametrize("index", [0, 2])
def test_a_false_claim_differs_from_the_true_one(toys, index):
    for seed in SEEDS:
        for twins in emit_item(item_of(toys, index, seed), Random(seed)).claims:
            assert twins.true != twins.false


def test_the_wrong_answer_of_knowledge_is_another_rows(toys):
    item = item_of(toys, 2)
    wrong = {mistake_answer(item, Random(seed)) for seed in SEEDS}
    assert wrong == {"yellow", "green", "white"} - {item.answer}


@pytest.mark.parametrize("kind", [Kind.CLAIMS, Kind.CHAINS])
def test_words_alone_do_not_tell_right_from_wrong(kind):
    """The artefact test; numbers are masked, and no question stands on both sides of a fold."""
    shipped = tuple(shipped_frameworks().values())
    made = list(expand(Expansion(frameworks=shipped, n_items=500, seed=1, kinds=(kind,))))
    rows = label_claims(made) if kind is Kind.CLAIMS else label_chains(made)
    assert measure_auroc(rows) <= MAX_AUROC


def test_a_wrong_number_keeps_its_decimals(spoiled):
    halves = spoiled('program = "n*k"', 'program = "n*k/8+0.01"')
    item = item_of(halves, 1)
    for seed in SEEDS:
        wrong = mistake_answer(item, Random(seed))
        assert wrong != item.answer
        assert len(wrong.partition(".")[2]) == len(item.answer.partition(".")[2])
