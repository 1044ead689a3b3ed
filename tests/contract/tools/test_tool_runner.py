"""What every tool keeps to, and so every implementation of the port `ToolRunner`."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.adapters.monotonic_clock import MonotonicClock
from engine.domain.errors import UnknownToolError
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from tools.calculator import Calculator
from tools.registry import SANDBOXED, local_tools

_NAMES = [Calculator.NAME, *SANDBOXED]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


def test_every_tool_is_registered_under_its_own_name(tools):
    assert tools.registry.names == tuple(sorted(_NAMES))
    assert tuple(spec.name for spec in tools.registry.specs) == tools.registry.names


def test_local_tools_are_the_calculator():
    assert local_tools(MonotonicClock()).names == (Calculator.NAME,)


def test_sandbox_loads_every_kernel(tools):
    assert tools.sandbox.report.failures == {}
    assert not tools.sandbox.report.missing


@pytest.mark.parametrize("name", _NAMES)
def test_every_example_works(tools, name):
    spec = next(spec for spec in tools.registry.specs if spec.name == name)
    results = [tools.call(name, **example.arguments) for example in spec.examples]

    assert results
    assert [result.error for result in results] == [None] * len(results)
    assert all(result.output and result.version == spec.version for result in results)


@pytest.mark.parametrize("name", _NAMES)
def test_every_description_is_short_and_complete(tools, name):
    spec = next(spec for spec in tools.registry.specs if spec.name == name)
    parameters = spec.json_schema()["function"]["parameters"]

    assert 40 <= len(spec.summary) <= 600
    assert spec.version.startswith(f"{name}/")
    assert parameters["type"] == "object"
    assert all("description" in field for field in parameters["properties"].values())


@pytest.mark.parametrize("name", list(SANDBOXED))
def test_evidence_tells_how_to_repeat_a_run(tools, name):
    spec = next(spec for spec in tools.registry.specs if spec.name == name)
    first, second = (tools.call(name, **spec.examples[0].arguments) for _ in range(2))

    assert first.evidence.input_digest == second.evidence.input_digest
    assert first.evidence.output_digest == second.evidence.output_digest
    assert first.evidence.seed == second.evidence.seed
    assert first.evidence.tier
    assert first.evidence.versions["python"]


def test_unknown_name_is_an_error(tools):
    with pytest.raises(UnknownToolError, match="'no-such-tool'"):
        tools.call("no-such-tool")


@pytest.mark.parametrize("name", _NAMES)
@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_arguments_come_to_a_result_that_explains(tools, name, data):
    spec = next(spec for spec in tools.registry.specs if spec.name == name)
    fields = st.sampled_from([*spec.input_model.model_fields, "other"])
    arguments = data.draw(st.dictionaries(fields, _JSON, max_size=3))

    _check_explained(tools.wait(tools.registry.run(ToolCall(name=name, arguments=arguments))))


def _check_explained(result: ToolResult) -> None:
    assert (result.status == ToolStatus.OK) == (result.error is None)
    assert result.error is None or (result.error and not result.output)
    json.dumps(dict(result.detail or {}), allow_nan=False)
