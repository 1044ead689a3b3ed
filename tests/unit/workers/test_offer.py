"""How the tools on offer are told of: described, or named to a model that knows them."""

from __future__ import annotations

import pytest

from engine.adapters.key_equality import KeyEquality
from engine.domain.profile import CHAT_PROFILE
from engine.prompts.prompt_set import load_prompt_set
from engine.verify.assessment import Assessment
from tests.fakes.clock import FakeClock
from tools.registry import local_tools
from workers.offer import OfferMaker


class NoFinder:
    """Finds no verifier."""

    async def find_each(self, model):
        return (None,)


async def _open_tools():
    return local_tools(FakeClock())


async def _tell(prompt_set):
    maker = OfferMaker(
        version="1",
        profile=CHAT_PROFILE,
        prompts=load_prompt_set(prompt_set),
        equality=KeyEquality(),
        finder=NoFinder(),
        assessment=Assessment(),
        open_tools=_open_tools,
    )
    return (await maker.make(model="m")).tools_text


async def test_a_model_with_a_form_of_its_own_is_told_the_names_of_tools():
    assert await _tell("svend-mini-2") == "calculator"


@pytest.mark.parametrize("prompt_set", ["chat", "svend-mini"])
async def test_other_models_are_told_what_tools_are_for(prompt_set):
    assert "calculator: Computes with exact fractions." in await _tell(prompt_set)
