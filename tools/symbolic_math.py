"""The tool `symbolic_math`: exact mathematics, by SymPy, behind the wall."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, StringConstraints

from tools.sandbox.program import Limits
from tools.sandbox.sandbox import ProgramRunner
from tools.sandboxed import SandboxedTool
from tools.tool import Example, ToolInput, ToolOutput, ToolSpec

MAX_EXPRESSION_CHARS: Final = 8_000

Operation = Literal[
    "solve", "simplify", "expand", "factor", "cancel", "partial_fractions", "evaluate",
    "differentiate", "integrate", "limit", "series", "sum", "product", "solve_ode",
    "determinant", "inverse", "transpose", "trace", "rank", "rref", "null_space",
    "matrix_product", "eigenvalues", "eigenvectors", "characteristic_polynomial", "solve_linear",
    "factor_integer", "gcd", "lcm", "mod_inverse", "mod_power", "chinese_remainder", "is_prime",
    "next_prime", "divisors", "totient", "mean", "median", "mode", "variance",
    "standard_deviation", "quartiles", "correlation", "linear_regression",
    "binomial_probability", "poisson_probability", "normal_probability",
]  # fmt: skip
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-zα-ωΑ-Ω][A-Za-z0-9_]{0,30}$")]
Text = Annotated[str, StringConstraints(max_length=1_000)]
Assumption = Annotated[
    str,
    StringConstraints(
        pattern=r"^((real|positive|negative|nonnegative|nonzero|integer|rational)[ ,]*)+$"
    ),
]


class SymbolicMathInput(ToolInput):
    """One operation on an expression, in plain text (`x^2 - 4 = 0`, SymPy) or LaTeX."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    operation: Operation = Field(description="What to do.")
    expression: str = Field(
        default="",
        max_length=MAX_EXPRESSION_CHARS,
        description=(
            "What to do it with: an expression, equations separated by commas, or a matrix "
            "[[1, 2], [3, 4]]. Plain text, SymPy or LaTeX."
        ),
    )
    variables: list[Name] = Field(
        default_factory=list[Name],
        max_length=12,
        description="The variables meant; may be left out where there is only one.",
    )
    assumptions: dict[Name, Assumption] = Field(
        default_factory=dict[Name, Assumption],
        max_length=12,
        description="What is known of a variable, {'x': 'positive'} for instance.",
    )
    domain: Literal["complex", "real"] = Field(
        default="complex", description="Which solutions `solve` returns."
    )
    lower: Text | None = Field(
        default=None, description="Lower bound of an integral, a sum or a product."
    )
    upper: Text | None = Field(default=None, description="Upper bound; oo for infinity.")
    point: Text | None = Field(default=None, description="Where a limit or a series is taken.")
    direction: Literal["+", "-", "+-"] | None = Field(
        default=None, description="Side of a limit; both sides where it is left out."
    )
    order: int | None = Field(
        default=None, ge=1, le=50, description="Of a derivative (1) or of a series (6)."
    )
    function: Name | None = Field(
        default=None, description="The unknown function of a differential equation, such as y."
    )
    conditions: list[Text] = Field(
        default_factory=list[Text],
        max_length=12,
        description="Of a differential equation (y(0) = 1), or values to put in (x = 3).",
    )
    other: Text | None = Field(
        default=None, description="The second matrix, or the right side of solve_linear."
    )
    numbers: list[Text] = Field(
        default_factory=list[Text],
        max_length=1_000,
        description=(
            "Numbers for number theory and statistics; [n, k, p] for binomial_probability, "
            "[lambda, k] for poisson_probability, [mean, deviation, x] for normal_probability."
        ),
    )
    others: list[Text] = Field(
        default_factory=list[Text],
        max_length=1_000,
        description="The second list, for correlation and linear_regression.",
    )
    moduli: list[Text] = Field(
        default_factory=list[Text],
        max_length=100,
        description="The modulus, or those of chinese_remainder.",
    )


class SymbolicMathOutput(ToolOutput):
    """What was found.

    Attributes:
        result: In SymPy's syntax.
        latex: In LaTeX.
        decimal: To twelve digits, where the result is a number that is not whole.
        items: The parts one by one, `x = 2` for instance.
        notes: Conditions, assumptions, and what is not certain.
    """

    result: str
    latex: str
    decimal: str | None = None
    items: list[str] = Field(default_factory=list[str])
    notes: list[str] = Field(default_factory=list[str])


SYMBOLIC_MATH = ToolSpec(
    name="symbolic_math",
    version="symbolic_math/1",
    summary=(
        "Exact algebra, calculus, linear algebra, differential equations, number theory and "
        "statistics. Takes plain text or LaTeX and returns the exact result with its decimal "
        "value. Use it where a formula has to be solved or transformed."
    ),
    input_model=SymbolicMathInput,
    output_model=SymbolicMathOutput,
    examples=(
        Example(
            purpose="an equation",
            arguments={"operation": "solve", "expression": "x^2 - 5x + 6 = 0"},
        ),
        Example(
            purpose="a system",
            arguments={"operation": "solve", "expression": "x + y = 10, x - y = 2"},
        ),
        Example(
            purpose="a definite integral",
            arguments={
                "operation": "integrate",
                "expression": r"\frac{1}{x^2 + 1}",
                "lower": "0",
                "upper": "oo",
            },
        ),
        Example(
            purpose="a differential equation",
            arguments={
                "operation": "solve_ode",
                "expression": "y'' + y = 0",
                "function": "y",
                "variables": ["x"],
                "conditions": ["y(0) = 0", "y'(0) = 1"],
            },
        ),
        Example(
            purpose="remainders",
            arguments={
                "operation": "chinese_remainder",
                "numbers": ["2", "3", "2"],
                "moduli": ["3", "5", "7"],
            },
        ),
    ),
    limits=Limits(cpu_s=10, wall_s=20.0),
)


def make_symbolic_math(sandbox: ProgramRunner) -> SandboxedTool:
    """Make the tool."""
    return SandboxedTool(SYMBOLIC_MATH, "tools.kernels.symbolic_math", sandbox)
