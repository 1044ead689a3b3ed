"""Which tool searches a process can run, and what they are for the model it serves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.domain.errors import InvalidInputError, UnavailableAlgorithmError
from engine.domain.trial import PathEnd
from engine.search.registry import create_algorithm
from engine.search.strategy import Offered
from engine.search.tool_use.pal import Pal
from engine.search.tool_use.tora import Tora

CHAT = Offered(
    prompts=frozenset({"solve", "program", "tools"}), tools=frozenset({"execute_python"})
)
PROGRAMS = Offered(tools=frozenset({"calculator"}), answers_by_program=True)


def test_a_model_that_chats_is_asked_for_programs_and_prose():
    assert create_algorithm("pal", {}, CHAT) == Pal()


def test_a_model_that_answers_by_programs_is_asked_for_answers():
    algorithm = create_algorithm("pal", {}, PROGRAMS)

    assert algorithm == Pal(prompt="solve", cot_share=0.0)
    assert create_algorithm("pal", algorithm.settings(), PROGRAMS) == algorithm


def test_a_model_that_answers_by_programs_has_no_prose_to_share():
    with pytest.raises(InvalidInputError, match="cot_share"):
        create_algorithm("pal", {"cot_share": 0.5}, PROGRAMS)


@pytest.mark.parametrize(
    ("name", "offered", "lack"),
    [
        ("pal", Offered(tools=CHAT.tools), "no program"),
        ("pal", Offered(prompts=CHAT.prompts), "execute_python"),
        ("pal", Offered(answers_by_program=True), "calculator"),
        ("tora", Offered(tools=CHAT.tools), "no tools"),
        ("tora", Offered(prompts=CHAT.prompts), "execute_python"),
    ],
    ids=["pal-prompt", "pal-tool", "pal-calculator", "tora-prompt", "tora-tool"],
)
def test_what_is_lacking_is_named(name, offered, lack):
    with pytest.raises(UnavailableAlgorithmError, match=lack):
        create_algorithm(name, {}, offered)


def test_any_tool_will_do_for_a_tool_loop():
    offered = Offered(prompts=CHAT.prompts, tools=frozenset({"logic_solver"}))

    assert create_algorithm("tora", {}, offered) == Tora()


def test_a_program_that_is_begun_is_not_gone_on_with_by_calls():
    offered = Offered(
        prompts=frozenset({"solve", "step", "tools"}), tools=CHAT.tools, answers_by_program=True
    )
    path = PathEnd(node_id="node")

    assert create_algorithm("tora", {}, offered) == Tora()
    with pytest.raises(UnavailableAlgorithmError, match="one behind the other"):
        create_algorithm("tora", {}, offered, path)
    create_algorithm("tora", {}, replace(offered, answers_by_program=False), path)
