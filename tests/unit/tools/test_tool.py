from typing import Literal

import pytest
from pydantic import Field, model_validator

from engine.domain.errors import InvalidToolCallError
from tools.tool import ToolInput, ToolOutput, ToolSpec


class _Input(ToolInput):
    operation: Literal["add", "subtract"] = Field(description="What to do.")
    count: int = Field(default=1, ge=1, le=9)
    weight: float = 1.0

    @model_validator(mode="after")
    def _check(self):
        if self.operation == "add" and self.count == 7:
            raise ValueError("Seven cannot be added; subtract it")
        return self


SPEC = ToolSpec(
    name="sample",
    version="sample/1",
    summary="For tests.",
    input_model=_Input,
    output_model=ToolOutput,
    examples=(),
)


def _refusal(arguments: dict) -> str:
    with pytest.raises(InvalidToolCallError) as caught:
        SPEC.read_arguments(arguments)
    return str(caught.value)


def test_schema_is_a_function_with_parameters():
    schema = SPEC.json_schema()

    assert schema["type"] == "function"
    assert schema["function"]["name"] == "sample"
    assert schema["function"]["parameters"]["type"] == "object"
    assert schema["function"]["parameters"]["required"] == ["operation"]
    assert schema["function"]["parameters"]["additionalProperties"] is False


def test_good_arguments_become_the_model():
    assert SPEC.read_arguments({"operation": "add", "count": "3"}).count == 3


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({}, "- operation: field required"),
        ({"operation": "guess"}, "- operation: input should be 'add' or 'subtract', not 'guess'"),
        ({"operation": "add", "count": 0}, "- count: input should be greater than or equal to 1"),
        ({"operation": "add", "sum": 2}, "- sum: extra inputs are not permitted"),
        ({"operation": "add", "weight": float("nan")}, "- weight: input should be a finite"),
        ({"operation": "add", "count": 7}, "- the arguments: seven cannot be added; subtract it"),
    ],
    ids=["missing", "choice", "bound", "unknown", "nan", "own-check"],
)
def test_refusal_names_place_and_fault(arguments, line):
    assert line in _refusal(arguments)


@pytest.mark.parametrize("arguments", [{}, {"operation": "add", "x": 1}], ids=["few", "many"])
def test_wrong_names_are_answered_with_the_right_ones(arguments):
    assert _refusal(arguments).endswith("It takes: operation, count, weight.")


def test_long_input_is_shown_cut():
    assert len(_refusal({"operation": "x" * 10_000})) < 300


def test_many_faults_are_counted():
    assert "- and 92 more" in _refusal({"operation": "add", **{f"x{i}": 1 for i in range(100)}})
