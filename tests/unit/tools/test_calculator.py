import pytest

from engine.domain.tool import ToolCall, ToolStatus
from tools.calculator import Calculator
from tools.registry import ToolRegistry


class _TickingClock:
    """Each look at it is 5 ms later than the last."""

    def __init__(self):
        self._now_ms = 0

    def now_ms(self) -> int:
        self._now_ms += 5
        return self._now_ms

    async def sleep(self, seconds: float) -> None:
        self._now_ms += round(seconds * 1000)


async def _run(**arguments):
    registry = ToolRegistry({"calculator": Calculator(_TickingClock())})
    return await registry.run(ToolCall(name="calculator", arguments=arguments))


async def test_last_statement_is_the_result():
    result = await _run(program="v=48/2;a=48+v")
    assert result.status == ToolStatus.OK
    assert result.output == "72"
    assert result.error is None


async def test_bindings_keep_the_order_of_the_program():
    result = await _run(program="v=48/2;a=48+v")
    assert result.detail == {"answer": "a", "bindings": {"v": "24", "a": "72"}}
    assert list(result.detail["bindings"]) == ["v", "a"]


async def test_answer_chooses_another_variable():
    result = await _run(program="v=48/2;a=48+v", answer="v")
    assert result.output == "24"
    assert result.detail["answer"] == "v"


@pytest.mark.parametrize(
    ("program", "output"),
    [("a=7/2", "3.5"), ("a=22/7", "22/7"), ("a=-1/8", "-0.125"), ("a=0.1+0.2", "0.3")],
    ids=["decimal", "fraction", "negative", "tenths"],
)
async def test_value_is_written_exactly(program, output):
    assert (await _run(program=program)).output == output


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({}, "- program: field required\nIt takes: program, answer."),
        ({"program": 5}, "- program: input should be a valid string, not 5"),
        ({"program": "a=1", "answer": 5}, "- answer: input should be a valid string, not 5"),
        ({"program": "a=1", "code": "b"}, "- code: extra inputs are not permitted\nIt takes:"),
        ({"program": "a=1;b=2", "answer": "c"}, "sets no `c`; it sets a, b"),
        ({"program": ""}, "empty"),
        ({"program": "a=1+"}, "a=1+"),
        ({"program": "a=1/0"}, "zero"),
        ({"program": "a=b"}, "b"),
        ({"program": "a=__import__('os')"}, "__import__"),
    ],
    ids=[
        "missing",
        "number",
        "answer-type",
        "unknown",
        "answer-unset",
        "empty",
        "syntax",
        "division",
        "unset",
        "import",
    ],
)
async def test_refusal_says_what_to_mend(arguments, hint):
    result = await _run(**arguments)
    assert result.status == ToolStatus.INVALID
    assert result.output == ""
    assert result.error is not None
    assert hint in result.error


@pytest.mark.parametrize("program", ["a=1", "a="], ids=["ok", "invalid"])
async def test_result_says_what_ran_and_how_long(program):
    result = await _run(program=program)
    assert result.version == "calculator/1"
    assert result.duration_ms == 5
