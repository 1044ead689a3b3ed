"""The tool `chemistry`: molecules, formulas, reactions, solutions and gases, behind the wall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from tools.chemistry_output import ChemistryOutput
from tools.choice import Fields, check_choice, parse_fields
from tools.sandbox.program import Limits
from tools.sandbox.sandbox import ProgramRunner
from tools.sandboxed import SandboxedTool
from tools.solved import Name, Quantity, find_field, knowns_field
from tools.tool import Example, ToolInput, ToolSpec

Operation = Literal[
    "properties", "functional_groups", "drawing", "coordinates", "formula", "balance",
    "stoichiometry", "ph",
    "ideal_gas", "combined_gas", "boyle", "charles", "gay_lussac", "avogadro",
    "partial_pressure", "effusion", "dilution", "molarity",
]  # fmt: skip
Text = Annotated[str, StringConstraints(max_length=100)]

# The quantities of each law of gases and solutions, for the model to read. The kernel holds the
# laws, and a test that both have the same names.
SYMBOLS: Final[Mapping[str, str]] = {
    "ideal_gas": "P V n T m M rho",
    "combined_gas": "P1 V1 T1 P2 V2 T2",
    "boyle": "P1 V1 P2 V2",
    "charles": "V1 T1 V2 T2",
    "gay_lussac": "P1 T1 P2 T2",
    "avogadro": "V1 n1 V2 n2",
    "partial_pressure": "P x p n_gas n",
    "effusion": "ratio M1 M2",
    "dilution": "C1 V1 C2 V2 V_added factor n",
    "molarity": "C V n m M",
}

_FIELDS: Mapping[str, Fields] = {
    **parse_fields(
        {
            "properties": "smiles",
            "functional_groups": "smiles",
            "drawing": "smiles | width_px height_px",
            "coordinates": "smiles | seed",
            "formula": "formula",
            "balance": "equation",
            "stoichiometry": "equation amounts | actual temperature pressure",
            "ph": "solutes | pkw",
        }
    ),
    **{operation: Fields(needs=("knowns",), may=("find",)) for operation in SYMBOLS},
}
_LAWS = "; ".join(f"{operation}: {names}" for operation, names in SYMBOLS.items())


class Solute(ToolInput):
    """An acid, a base or a salt in water: by its formula, or by its constants."""

    species: Text | None = Field(
        default=None, description="Its formula or name, if it is a common one: CH3COOH, NH4Cl."
    )
    kind: (
        Literal[
            "strong_acid",
            "strong_base",
            "weak_acid",
            "weak_base",
            "salt_of_weak_acid",
            "salt_of_weak_base",
        ]
        | None
    ) = Field(default=None, description="For another one: what it is, with its constants.")
    concentration: Quantity = Field(
        description="Before mixing: '0.1 mol/L', or a number in mol/L."
    )
    volume: Quantity | None = Field(
        default=None, description="Where solutions are mixed: '25 mL', or a number in L."
    )
    pka: list[float] = Field(default_factory=list[float], max_length=6, description="Its pKa.")
    pkb: list[float] = Field(default_factory=list[float], max_length=6, description="Its pKb.")
    ka: list[float] = Field(default_factory=list[float], max_length=6, description="Its Ka.")
    kb: list[float] = Field(default_factory=list[float], max_length=6, description="Its Kb.")
    ions: int | None = Field(
        default=None, ge=1, le=4, description="H+ or OH- that a strong one gives; 1."
    )


class ChemistryInput(ToolInput):
    """One operation on a molecule, a formula, a reaction, a solution or a gas."""

    operation: Operation = Field(
        description=(
            "properties, functional_groups, drawing, coordinates: of the molecule `smiles`. "
            "formula: molar mass of `formula`. balance: `equation`. stoichiometry: `equation` "
            "with `amounts`. ph: of `solutes` in water. The others are laws with the quantities "
            f"they have, given in `knowns`. {_LAWS}."
        )
    )
    smiles: str = Field(default="", max_length=1_000, description="A molecule: CCO is ethanol.")
    formula: str = Field(
        default="", max_length=200, description="A formula: CuSO4·5H2O, SO4^2-, [Fe(CN)6]^4-."
    )
    equation: str = Field(
        default="",
        max_length=600,
        description="Reactants -> products: C3H8 + O2 -> CO2 + H2O. Ions and e- are understood.",
    )
    amounts: dict[Text, Text] = Field(
        default_factory=dict[Text, Text],
        max_length=20,
        description=(
            "What there is of each reactant: '10 g', '0.5 mol', '25 mL of 0.1 mol/L', a volume of "
            "a gas at `temperature` and `pressure`. Reactants left out are enough; products "
            "alone are what is to be made."
        ),
    )
    actual: dict[Text, Text] = Field(
        default_factory=dict[Text, Text],
        max_length=20,
        description="What was really obtained of a product, for the yield in per cent.",
    )
    temperature: Quantity | None = Field(default=None, description="Of gases: '25 degC', or K.")
    pressure: Quantity | None = Field(default=None, description="Of gases: '1 atm', or Pa.")
    solutes: list[Solute] = Field(
        default_factory=list[Solute],
        max_length=10,
        description="What is in the water; with `volume` each, the solutions are mixed.",
    )
    pkw: float | None = Field(default=None, ge=10, le=16, description="Of the water; 14.")
    knowns: dict[Name, Quantity] = knowns_field("atm, L, K, mol, g, g/mol and mol/L")
    find: list[Name] = find_field()
    width_px: int | None = Field(default=None, ge=100, le=1_000, description="Of a drawing; 400.")
    height_px: int | None = Field(default=None, ge=100, le=1_000, description="Of a drawing; 300.")
    seed: int | None = Field(
        default=None, ge=0, lt=1 << 31, description="Of the coordinates' first guess; 0."
    )

    @model_validator(mode="after")
    def _check_fields(self) -> Self:
        check_choice(self, "operation", _FIELDS)
        return self


CHEMISTRY = ToolSpec(
    name="chemistry",
    version="chemistry/1",
    summary=(
        "Molecules from SMILES (weight, formula, logP, polar surface, functional groups, drawing, "
        "coordinates), molar masses, balanced equations with ions and electrons, stoichiometry "
        "with limiting reagent and yield, pH of acids, bases, salts, buffers and mixtures, "
        "dilution and gas laws."
    ),
    input_model=ChemistryInput,
    output_model=ChemistryOutput,
    examples=(
        Example(
            purpose="a molecule",
            arguments={"operation": "properties", "smiles": "CC(=O)Oc1ccccc1C(=O)O"},
        ),
        Example(
            purpose="a redox equation",
            arguments={
                "operation": "balance",
                "equation": "MnO4- + Fe2+ + H+ -> Mn2+ + Fe3+ + H2O",
            },
        ),
        Example(
            purpose="a limiting reagent and a yield",
            arguments={
                "operation": "stoichiometry",
                "equation": "N2 + H2 -> NH3",
                "amounts": {"N2": "28 g", "H2": "3 g"},
                "actual": {"NH3": "10 g"},
            },
        ),
        Example(
            purpose="a buffer",
            arguments={
                "operation": "ph",
                "solutes": [
                    {"species": "CH3COOH", "concentration": "0.1 mol/L"},
                    {"species": "CH3COONa", "concentration": "0.15 mol/L"},
                ],
            },
        ),
        Example(
            purpose="a gas",
            arguments={
                "operation": "ideal_gas",
                "knowns": {"P": "2 atm", "V": "5 L", "T": "27 degC"},
                "find": ["n"],
            },
        ),
    ),
    limits=Limits(cpu_s=10, wall_s=20.0, result_bytes=1 << 20),
)


def make_chemistry(sandbox: ProgramRunner) -> SandboxedTool:
    """Make the tool."""
    return SandboxedTool(CHEMISTRY, "tools.kernels.chemistry", sandbox)
