"""What the tools that solve laws return: quantities with units, and the equations used."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[^\W\d]\w{0,30}$")]
Quantity = float | Annotated[str, StringConstraints(max_length=100)]


class Part(BaseModel):
    """What every part of an output shares."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Value(Part):
    """A quantity.

    Attributes:
        value: Its value.
        unit: Its unit; empty for a pure number.
    """

    value: float
    unit: str


class Step(Part):
    """How one quantity was found.

    Attributes:
        name: The quantity.
        law: The equation.
    """

    name: str
    law: str


class Solution(Part):
    """One consistent set of values.

    Attributes:
        values: Every quantity that is known or was found, by name.
        steps: How, in the order of the steps.
    """

    values: dict[str, Value]
    steps: list[Step]


def knowns_field(units: str) -> dict[str, Quantity]:
    """Return the field of the known quantities.

    Args:
        units: What bare numbers are in.
    """
    return Field(
        default_factory=dict[str, Quantity],
        max_length=20,
        description=(
            "What is known, by name, with its unit: {'v0': '36 km/h', 'T1': '20 degC'}. Bare "
            f"numbers are in {units}."
        ),
    )


def find_field() -> list[str]:
    """Return the field of the quantities asked for."""
    return Field(
        default_factory=list[str],
        max_length=20,
        description="Names of the quantities wanted; all that can be found where it is empty.",
    )
