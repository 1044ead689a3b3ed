"""What the tool `chemistry` returns."""

from __future__ import annotations

from pydantic import Field

from tools.solved import Part, Solution
from tools.tool import ToolOutput


class Properties(Part):
    """Of a molecule.

    Attributes:
        smiles: In RDKit's canonical spelling.
        formula: In Hill's order.
        molar_mass_g_per_mol: With standard atomic weights.
        monoisotopic_mass_g_per_mol: Of the commonest isotopes.
        charge: In elementary charges.
        log_p: Octanol against water, Crippen's estimate.
        tpsa_square_angstrom: Polar surface, Ertl's estimate.
        n_hydrogen_bond_donors: Lipinski's count.
        n_hydrogen_bond_acceptors: Likewise.
        n_rotatable_bonds: Amide bonds left out.
        n_rings: Smallest set.
        n_aromatic_rings: Of them.
        n_heavy_atoms: All but hydrogen.
        n_stereocentres: Assigned or not.
    """

    smiles: str
    formula: str
    molar_mass_g_per_mol: float
    monoisotopic_mass_g_per_mol: float
    charge: int
    log_p: float
    tpsa_square_angstrom: float
    n_hydrogen_bond_donors: int
    n_hydrogen_bond_acceptors: int
    n_rotatable_bonds: int
    n_rings: int
    n_aromatic_rings: int
    n_heavy_atoms: int
    n_stereocentres: int


class Place(Part):
    """An atom in space, in angstrom."""

    element: str
    x: float
    y: float
    z: float


class ElementShare(Part):
    """An element in a formula.

    Attributes:
        element: Its symbol.
        count: Atoms.
        atomic_weight_g_per_mol: Standard weight.
        mass_percent: Its share of the mass.
    """

    element: str
    count: int
    atomic_weight_g_per_mol: float
    mass_percent: float


class Coefficient(Part):
    """A species in a balanced equation."""

    species: str
    coefficient: int
    is_reactant: bool


class SpeciesShare(Coefficient):
    """What becomes of a species.

    Attributes:
        molar_mass_g_per_mol: Its molar mass.
        turnover_mol: What is used up or made.
        turnover_g: Likewise.
        final_mol: What there is in the end; nothing where its amount was not given.
        final_g: Likewise.
    """

    molar_mass_g_per_mol: float
    turnover_mol: float
    turnover_g: float
    final_mol: float | None = None
    final_g: float | None = None


class Yield(Part):
    """Of one product."""

    species: str
    actual_mol: float
    theoretical_mol: float
    theoretical_g: float
    yield_percent: float


class Form(Part):
    """One form of a weak acid or base.

    Attributes:
        form: Its formula; HA and A where that is not known.
        concentration_molar: In mol/L.
        share: Of all forms of this acid.
    """

    form: str
    concentration_molar: float
    share: float


class ChemistryOutput(ToolOutput):
    """What was found; which of the fields there are depends on the operation.

    Attributes:
        properties: Of a molecule.
        groups: Its functional groups with their number.
        svg: Its drawing.
        alternative_text: The drawing in words.
        atoms: Its coordinates.
        composition: Of a formula, in Hill's order.
        molar_mass_g_per_mol: Of a formula.
        charge: Of a formula.
        elements: Of a formula.
        equation: The balanced equation.
        coefficients: Of each species.
        limiting: The reactants that are used up first.
        extent_mol: How often the reaction runs.
        species: What becomes of each species.
        yields: Of each product whose actual amount was given.
        ph: Of a solution.
        poh: Of a solution.
        hydrogen_molar: H+ in mol/L.
        hydroxide_molar: OH- in mol/L.
        forms: Of each weak acid and base.
        topic: The law, for gases and dilution.
        solutions: What follows from the knowns.
        undetermined: Quantities that the knowns leave open.
        equations: Those used.
        notes: Assumptions, constants and estimates.
    """

    properties: Properties | None = None
    groups: dict[str, int] | None = None
    svg: str | None = Field(default=None, max_length=400_000)
    alternative_text: str | None = None
    atoms: list[Place] | None = None
    composition: str | None = None
    molar_mass_g_per_mol: float | None = None
    charge: int | None = None
    elements: list[ElementShare] | None = None
    equation: str | None = None
    coefficients: list[Coefficient] | None = None
    limiting: list[str] | None = None
    extent_mol: float | None = None
    species: list[SpeciesShare] | None = None
    yields: list[Yield] | None = None
    ph: float | None = None
    poh: float | None = None
    hydrogen_molar: float | None = None
    hydroxide_molar: float | None = None
    forms: list[Form] | None = None
    topic: str | None = None
    solutions: list[Solution] | None = None
    undetermined: list[str] | None = None
    equations: list[str] | None = None
    notes: list[str] = Field(default_factory=list[str])
