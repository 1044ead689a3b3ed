from typing import Self

import pytest
from pydantic import Field, ValidationError, model_validator

from tools.choice import Fields, check_choice, parse_fields
from tools.tool import ToolInput

_TABLE = parse_fields({"add": "left right | note", "clear": ""})


class _Input(ToolInput):
    operation: str
    left: float | None = None
    right: float | None = None
    note: str = ""
    items: list[int] = Field(default_factory=list)
    flag: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_choice(self, "operation", _TABLE)
        return self


def test_row_names_what_is_needed_and_what_may_be():
    assert _TABLE["add"] == Fields(needs=("left", "right"), may=("note",))
    assert _TABLE["clear"] == Fields(needs=())


def test_zero_is_a_value():
    assert _Input(operation="add", left=0, right=0.0).left == 0


def test_missing_field_is_named():
    with pytest.raises(ValidationError, match="add needs `right`"):
        _Input(operation="add", left=1)


def test_foreign_field_is_named_with_those_it_takes():
    with pytest.raises(ValidationError, match="does not take `items`; it takes `left`, `right`"):
        _Input(operation="add", left=1, right=2, items=[1])


@pytest.mark.parametrize("empty", [None, "", [], False], ids=str)
def test_empty_field_counts_as_not_given(empty):
    name = {str: "note", list: "items", bool: "flag"}.get(type(empty), "left")
    assert _Input.model_validate({"operation": "clear", name: empty})
