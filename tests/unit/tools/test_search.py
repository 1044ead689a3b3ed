"""The tool `search` shows passages with their sources, and what it could not find."""

import pytest

from engine.domain.tool import ToolCall, ToolStatus
from tests.fakes.clock import FakeClock
from tests.fakes.documents import InMemoryDocuments
from tools.registry import local_tools
from tools.search import MAX_PASSAGES, Search
from tools.tool import MAX_TEXT_CHARS

TEXTS = {
    "ethanol.txt": "Ethanol boils at 78 degrees Celsius.",
    "water.txt": "Water boils at 100 degrees Celsius.",
}


@pytest.fixture
def documents():
    return InMemoryDocuments(TEXTS)


async def search(documents, **arguments):
    registry = local_tools(FakeClock(), documents)
    return await registry.run(ToolCall(name="search", arguments=arguments))


async def test_passages_are_numbered_and_named(documents):
    result = await search(documents, query="ethanol boils")
    assert result.status is ToolStatus.OK
    assert result.output == (
        "[1] ethanol.txt\nEthanol boils at 78 degrees Celsius.\n\n"
        "[2] water.txt\nWater boils at 100 degrees Celsius."
    )


async def test_programs_get_the_same_as_data(documents):
    result = await search(documents, query="ethanol boils", n_passages=1)
    assert result.detail == {
        "passages": [{"text": TEXTS["ethanol.txt"], "source": "ethanol.txt", "score": 1.0}]
    }
    Search.SPEC.output_model.model_validate({"text": result.output, **result.detail})


async def test_nothing_found_is_a_result_that_says_what_to_try(documents):
    result = await search(documents, query="violin")
    assert result.status is ToolStatus.OK
    assert "other words" in result.output
    assert result.detail == {"passages": []}


async def test_documents_that_are_away_are_a_failed_run(documents):
    documents.is_away = True
    result = await search(documents, query="ethanol")
    assert (result.status, result.error) == (ToolStatus.FAILED, "the documents are away")
    assert not result.output


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"query": ""},
        {"query": "  "},
        {"query": "x" * 501},
        {"query": "x", "n_passages": 0},
        {"query": "x", "n_passages": MAX_PASSAGES + 1},
    ],
)
async def test_a_question_of_another_shape_is_refused(documents, arguments):
    assert (await search(documents, **arguments)).status is ToolStatus.INVALID


async def test_long_passages_share_the_room_and_say_that_they_were_cut():
    long = InMemoryDocuments({"a": "word " * MAX_TEXT_CHARS, "b": "word"})
    result = await search(long, query="word")
    assert result.output.count("[cut]") == 1
    assert len(result.output) < MAX_TEXT_CHARS
    assert result.output.endswith("[2] b\nword")


async def test_examples_can_be_called(documents):
    for example in Search.SPEC.examples:
        assert (await search(documents, **example.arguments)).status is ToolStatus.OK


def test_without_documents_there_is_no_such_tool(documents):
    assert "search" not in local_tools(FakeClock()).names
    assert "search" in local_tools(FakeClock(), documents).names
