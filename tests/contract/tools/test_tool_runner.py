"""What every implementation of the port `ToolRunner` keeps to."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.monotonic_clock import MonotonicClock
from engine.domain.errors import UnknownToolError
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.ports import ToolRunner
from tools.calculator import Calculator
from tools.registry import local_tools

_GOOD_CALLS = {
    Calculator.NAME: {"program": "v=48/2;a=48+v"},
}
_RUNNERS: dict[str, ToolRunner] = {
    "calculator": Calculator(MonotonicClock()),
    "registry": local_tools(MonotonicClock()),
}
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)
_ARGUMENTS = st.dictionaries(
    st.sampled_from(["program", "answer", "other"]),
    _JSON | st.text(alphabet="abx=+-*/();.0123456789 ", max_size=40),
    max_size=3,
)


@pytest.fixture(params=list(_RUNNERS))
def runner(request) -> ToolRunner:
    return _RUNNERS[request.param]


def test_every_local_tool_has_a_good_call():
    assert set(local_tools(MonotonicClock()).names) == set(_GOOD_CALLS)


@pytest.mark.parametrize("name", list(_GOOD_CALLS))
async def test_good_call_returns_its_output(runner, name):
    result = await runner.run(ToolCall(name=name, arguments=_GOOD_CALLS[name]))
    assert result.status == ToolStatus.OK
    assert result.output
    assert result.error is None
    assert result.version
    assert result.duration_ms >= 0


async def test_unknown_name_is_an_error(runner):
    with pytest.raises(UnknownToolError, match="'no-such-tool'"):
        await runner.run(ToolCall(name="no-such-tool", arguments={}))


@pytest.mark.parametrize("name", list(_GOOD_CALLS))
@pytest.mark.parametrize("runner_name", list(_RUNNERS))
@given(arguments=_ARGUMENTS)
async def test_bad_arguments_are_a_result_that_explains(runner_name, name, arguments):
    result = await _RUNNERS[runner_name].run(ToolCall(name=name, arguments=arguments))
    _check_explained(result)


def _check_explained(result: ToolResult) -> None:
    assert (result.status == ToolStatus.OK) == (result.error is None)
    assert result.error is None or (result.error and not result.output)
    json.dumps(dict(result.detail or {}), allow_nan=False)
