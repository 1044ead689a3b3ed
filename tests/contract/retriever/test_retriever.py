"""What every implementation of the port `Retriever` keeps to."""

import pytest

from tests.fakes.documents import InMemoryDocuments

TEXTS = {
    "ethanol.txt": "Ethanol boils at 78 degrees Celsius.",
    "water.txt": "Water boils at 100 degrees Celsius.",
    "gold.txt": "Gold melts at 1064 degrees Celsius.",
}


@pytest.fixture(params=[InMemoryDocuments], ids=["memory"])
def retriever(request):
    return request.param(TEXTS)


async def test_the_passage_that_fits_best_comes_first(retriever):
    found = await retriever.retrieve("when does water boil: it boils at", 3)
    assert found[0].source == "water.txt"
    assert found[0].text == TEXTS["water.txt"]
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@pytest.mark.parametrize("n_passages", [1, 2, 10])
async def test_no_more_passages_come_than_were_asked_for(retriever, n_passages):
    found = await retriever.retrieve("degrees Celsius", n_passages)
    assert len(found) == min(n_passages, len(TEXTS))
    assert len({one.source for one in found}) == len(found)


async def test_nothing_that_fits_is_nothing(retriever):
    assert not await retriever.retrieve("violin", 3)


async def test_the_same_question_finds_the_same(retriever):
    assert await retriever.retrieve("boils", 2) == await retriever.retrieve("boils", 2)
