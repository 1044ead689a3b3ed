"""The tool `plot`: pictures of functions and data, by Matplotlib, behind the wall."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from tools.choice import check_choice, parse_fields
from tools.execute_python import Figure
from tools.sandbox.program import Limits
from tools.sandbox.sandbox import ProgramRunner
from tools.sandboxed import SandboxedTool
from tools.tool import Example, ToolInput, ToolOutput, ToolSpec

Text = Annotated[str, StringConstraints(max_length=120)]
Numbers = Annotated[list[float], Field(max_length=2_000)]

_LOOKS = "title x_label y_label log_x log_y width_px height_px format"
_FIELDS = parse_fields(
    {
        "function": f"expressions | variable lower upper samples {_LOOKS}",
        "scatter": f"x y | joined {_LOOKS}",
        "histogram": f"values | bins {_LOOKS}",
        "bar": f"labels values | {_LOOKS}",
    }
)


class PlotInput(ToolInput):
    """One picture."""

    kind: Literal["function", "scatter", "histogram", "bar"] = Field(
        description=(
            "function: lines of `expressions` over `variable` from `lower` to `upper`. scatter: "
            "points of `x` and `y`. histogram: how often `values` occur. bar: `labels` with "
            "`values`."
        )
    )
    expressions: list[Annotated[str, StringConstraints(max_length=500)]] = Field(
        default_factory=list[str],
        max_length=6,
        description="Functions such as x^2 - 2*sin(x); log is the natural logarithm.",
    )
    variable: Annotated[str, StringConstraints(pattern=r"^[^\W\d]\w{0,20}$")] = Field(
        default="x", description="The variable of the functions."
    )
    lower: float | None = Field(default=None, description="Where the lines begin; -10.")
    upper: float | None = Field(default=None, description="Where the lines end; 10.")
    samples: int | None = Field(
        default=None, ge=2, le=2_000, description="Points of each line; 500."
    )
    x: Numbers = Field(default_factory=list[float], description="Of each point.")
    y: Numbers = Field(default_factory=list[float], description="Of each point.")
    joined: bool = Field(default=False, description="Whether the points are joined by a line.")
    values: Numbers = Field(
        default_factory=list[float], description="Of a histogram, or of each bar."
    )
    labels: list[Text] = Field(
        default_factory=list[str], max_length=60, description="Of each bar."
    )
    bins: int | None = Field(default=None, ge=1, le=100, description="Of a histogram.")
    title: Text = Field(default="", description="Above the picture.")
    x_label: Text = Field(default="", description="Below it, with the unit.")
    y_label: Text = Field(default="", description="Beside it, with the unit.")
    log_x: bool = Field(default=False, description="Whether the x axis is logarithmic.")
    log_y: bool = Field(default=False, description="Whether the y axis is logarithmic.")
    width_px: int | None = Field(default=None, ge=200, le=1_600, description="Width; 640.")
    height_px: int | None = Field(default=None, ge=200, le=1_600, description="Height; 420.")
    format: Literal["png", "svg", "both"] = Field(default="png", description="Of the file.")

    @model_validator(mode="after")
    def _check_fields(self) -> Self:
        check_choice(self, "kind", _FIELDS)
        return self


class PlotOutput(ToolOutput):
    """The picture.

    Attributes:
        alternative_text: The same data in words.
        images: The files, base64.
        notes: What is not shown.
    """

    alternative_text: str
    images: list[Figure]
    notes: list[str] = Field(default_factory=list[str])


PLOT = ToolSpec(
    name="plot",
    version="plot/1",
    summary=(
        "Draws functions, points, a histogram or bars as PNG or SVG, and describes the data in "
        "words: extremes, changes of sign, correlation, mean."
    ),
    input_model=PlotInput,
    output_model=PlotOutput,
    examples=(
        Example(
            purpose="two functions",
            arguments={
                "kind": "function",
                "expressions": ["sin(x)", "x^2/10"],
                "lower": -6.28,
                "upper": 6.28,
                "title": "Where do they meet?",
            },
        ),
        Example(
            purpose="measurements",
            arguments={
                "kind": "scatter",
                "x": [1, 2, 3, 4],
                "y": [2.1, 3.9, 6.2, 7.8],
                "x_label": "time (s)",
                "y_label": "distance (m)",
            },
        ),
        Example(
            purpose="counts",
            arguments={"kind": "bar", "labels": ["red", "blue"], "values": [3, 5]},
        ),
    ),
    limits=Limits(cpu_s=10, wall_s=20.0, memory_bytes=1 << 30, result_bytes=2 << 20),
)


def make_plot(sandbox: ProgramRunner) -> SandboxedTool:
    """Make the tool."""
    return SandboxedTool(PLOT, "tools.kernels.plots", sandbox)
