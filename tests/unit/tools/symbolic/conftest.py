"""The kernel of `symbolic_math`, called in this process: what it is given here is ours."""

from __future__ import annotations

from typing import Any

import pytest

from tools.kernels.kernel_error import KernelError
from tools.kernels.symbolic_math import run
from tools.symbolic_math import SYMBOLIC_MATH, SymbolicMathOutput


@pytest.fixture
def calculate():
    """Carry out one operation; returns its output."""

    def calculate(operation: str, expression: str = "", **others: Any) -> SymbolicMathOutput:
        given = {"operation": operation, "expression": expression, **others}
        arguments = SYMBOLIC_MATH.read_arguments(given).model_dump(mode="json")
        return SymbolicMathOutput.model_validate(run(arguments))

    return calculate


@pytest.fixture
def refuse(calculate):
    """Try one operation that has to be refused; returns the words."""

    def refuse(operation: str, expression: str = "", **others: Any) -> str:
        with pytest.raises(KernelError) as caught:
            calculate(operation, expression, **others)
        return str(caught.value)

    return refuse
