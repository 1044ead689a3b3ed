"""The tool `unit_convert`: converts quantities and checks dimensions, by Pint, behind the wall."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from tools.choice import check_choice, parse_fields
from tools.sandbox.program import Limits
from tools.sandbox.sandbox import ProgramRunner
from tools.sandboxed import SandboxedTool
from tools.tool import Example, ToolInput, ToolOutput, ToolSpec

Operation = Literal["convert", "check", "describe"]
Name = Annotated[str, StringConstraints(pattern=r"^[^\W\d]\w{0,30}$")]
UnitText = Annotated[str, StringConstraints(max_length=100)]

_FIELDS = parse_fields(
    {
        "convert": "value from_unit to_unit | is_difference",
        "check": "expression | variables expected_unit",
        "describe": "from_unit",
    }
)


class UnitConvertInput(ToolInput):
    """One conversion, one check of dimensions, or one unit described."""

    operation: Operation = Field(
        default="convert",
        description=(
            "convert a value (value, from_unit, to_unit); check the dimensions of an expression "
            "or an equation (expression, variables, expected_unit); describe a unit (from_unit)."
        ),
    )
    value: float | None = Field(default=None, description="What to convert.")
    from_unit: UnitText | None = Field(
        default=None, description="Its unit: km/h, J/(mol*K), degC, m s^-2."
    )
    to_unit: UnitText | None = Field(default=None, description="The unit wanted.")
    is_difference: bool = Field(
        default=False,
        description=(
            "Whether degrees are those of a difference or a rise of temperature (20 degC = 36 "
            "degF), not those of a thermometer (20 degC = 68 degF)."
        ),
    )
    expression: str | None = Field(
        default=None, max_length=500, description="An expression or an equation: F = m*a."
    )
    variables: dict[Name, UnitText] = Field(
        default_factory=dict[Name, UnitText],
        max_length=30,
        description="Each variable's unit, or its value: {'m': 'kg', 'a': '2 m/s^2'}.",
    )
    expected_unit: UnitText | None = Field(
        default=None, description="The unit that the expression should have."
    )

    @model_validator(mode="after")
    def _check_fields(self) -> Self:
        check_choice(self, "operation", _FIELDS)
        return self


class UnitConvertOutput(ToolOutput):
    """What was found.

    Attributes:
        value: The converted value; of `check` the expression's, where it has one.
        unit: Its unit.
        dimension: Such as `[length]/[time]`.
        is_consistent: Of `check`: whether the dimensions fit together.
        reason: Of `check`: what does not fit.
        notes: How an ambiguous unit was read, and other cautions.
    """

    value: float | None = None
    unit: str | None = None
    dimension: str | None = None
    is_consistent: bool | None = None
    reason: str | None = None
    notes: list[str] = Field(default_factory=list[str])


UNIT_CONVERT = ToolSpec(
    name="unit_convert",
    version="unit_convert/1",
    summary=(
        "Converts a quantity from one unit to another, checks that an equation is dimensionally "
        "right, or says what a unit is. Knows temperatures from differences of temperature and "
        "tells how an ambiguous unit was read. Currencies are not converted."
    ),
    input_model=UnitConvertInput,
    output_model=UnitConvertOutput,
    examples=(
        Example(
            purpose="a speed",
            arguments={"operation": "convert", "value": 90, "from_unit": "km/h", "to_unit": "m/s"},
        ),
        Example(
            purpose="a rise of temperature",
            arguments={
                "operation": "convert",
                "value": 20,
                "from_unit": "degC",
                "to_unit": "degF",
                "is_difference": True,
            },
        ),
        Example(
            purpose="the dimensions of an equation",
            arguments={
                "operation": "check",
                "expression": "E = 1/2*m*v^2",
                "variables": {"E": "J", "m": "kg", "v": "m/s"},
            },
        ),
    ),
    limits=Limits(cpu_s=5, wall_s=10.0),
)


def make_unit_convert(sandbox: ProgramRunner) -> SandboxedTool:
    """Make the tool."""
    return SandboxedTool(UNIT_CONVERT, "tools.kernels.units", sandbox)
