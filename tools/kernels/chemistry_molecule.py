"""Molecules from SMILES, by RDKit: properties, functional groups, a drawing and coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rdkit import Chem, rdBase
from rdkit.Chem import rdDistGeom, rdForceFieldHelpers, rdMolDescriptors
from rdkit.Chem.Draw import rdMolDraw2D

from tools.kernels.arithmetic import shorten
from tools.kernels.chemistry_group import GROUPS
from tools.kernels.kernel_error import KernelError
from tools.kernels.units_quantity import tidy

MAX_CHARS = 1_000
MAX_ATOMS = 300
MAX_EMBEDDED_ATOMS = 150
MAX_DRAWING_CHARS = 200_000
MAX_SEED = 2**31 - 1

_MIN_SIZE_PX, _MAX_SIZE_PX = 100, 1_000


def parse_molecule(smiles: str) -> Any:
    """Read a molecule.

    Raises:
        KernelError: Where the text is no SMILES, or describes no possible molecule; with RDKit's
            own reason where it gives one.
    """
    rdBase.DisableLog("rdApp.*")
    if not smiles.strip() or len(smiles) > MAX_CHARS or not smiles.isascii():
        raise KernelError(
            f"`smiles` has 1 to {MAX_CHARS} plain characters, such as CCO for ethanol"
        )
    molecule = Chem.MolFromSmiles(smiles.strip(), sanitize=False)
    if molecule is None:
        raise KernelError(
            f"{shorten(smiles)!r} is no SMILES: check brackets, ring numbers and parentheses; a "
            "formula such as C2H6O is not a structure, write CCO"
        )
    problems = [problem.Message() for problem in Chem.DetectChemistryProblems(molecule)]
    if problems:
        raise KernelError(f"{shorten(smiles)!r} is no possible molecule: {'; '.join(problems)}")
    if molecule.GetNumAtoms() > MAX_ATOMS:
        raise KernelError(
            f"the molecule has {molecule.GetNumAtoms()} atoms; at most {MAX_ATOMS} fit"
        )
    Chem.SanitizeMol(molecule)
    if not molecule.GetNumAtoms():
        raise KernelError("the molecule has no atoms")
    Chem.AssignStereochemistry(molecule, cleanIt=True, force=True)
    return molecule


def describe_molecule(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return weight, formula, and what Lipinski's rule and its like look at."""
    molecule = parse_molecule(arguments.get("smiles") or "")
    properties: dict[str, Any] = {
        "smiles": Chem.MolToSmiles(molecule),
        "formula": rdMolDescriptors.CalcMolFormula(molecule),
        "molar_mass_g_per_mol": tidy(_weigh(molecule), 8),
        "monoisotopic_mass_g_per_mol": tidy(rdMolDescriptors.CalcExactMolWt(molecule), 10),
        "charge": Chem.GetFormalCharge(molecule),
        "log_p": tidy(rdMolDescriptors.CalcCrippenDescriptors(molecule)[0], 6),
        "tpsa_square_angstrom": tidy(rdMolDescriptors.CalcTPSA(molecule), 6),
        "n_hydrogen_bond_donors": rdMolDescriptors.CalcNumHBD(molecule),
        "n_hydrogen_bond_acceptors": rdMolDescriptors.CalcNumHBA(molecule),
        "n_rotatable_bonds": rdMolDescriptors.CalcNumRotatableBonds(molecule),
        "n_rings": rdMolDescriptors.CalcNumRings(molecule),
        "n_aromatic_rings": rdMolDescriptors.CalcNumAromaticRings(molecule),
        "n_heavy_atoms": molecule.GetNumHeavyAtoms(),
        "n_stereocentres": len(
            Chem.FindMolChiralCenters(
                molecule, includeUnassigned=True, useLegacyImplementation=False
            )
        ),
    }
    lines = [f"{name}: {value}" for name, value in properties.items()]
    notes = ["log_p is Crippen's estimate, tpsa Ertl's"]
    return {
        "text": "\n".join([*lines, f"Note: {notes[0]}."]),
        "properties": properties,
        "notes": notes,
    }


def list_groups(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the functional groups, each with its number."""
    molecule = parse_molecule(arguments.get("smiles") or "")
    groups = count_groups(molecule)
    text = ", ".join(f"{n} x {name}" for name, n in groups.items())
    return {"text": text or "No functional group of the table.", "groups": groups}


def count_groups(molecule: Any) -> dict[str, int]:
    """Count each group of the table that the molecule has."""
    counts = {
        name: len(molecule.GetSubstructMatches(Chem.MolFromSmarts(smarts), maxMatches=1_000))
        for name, smarts in GROUPS.items()
    }
    return {name: n for name, n in counts.items() if n}


def draw_molecule(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return a drawing as SVG, with words for those who cannot see it."""
    molecule = parse_molecule(arguments.get("smiles") or "")
    width = _read_size(arguments.get("width_px"), 400)
    height = _read_size(arguments.get("height_px"), 300)
    drawing = rdMolDraw2D.MolDraw2DSVG(width, height)
    rdMolDraw2D.PrepareAndDrawMolecule(drawing, molecule)
    drawing.FinishDrawing()
    svg = drawing.GetDrawingText()
    if len(svg) > MAX_DRAWING_CHARS:
        raise KernelError("the drawing is too large: draw a smaller molecule")
    groups = ", ".join(f"{n} {name}" for name, n in count_groups(molecule).items())
    formula = rdMolDescriptors.CalcMolFormula(molecule)
    words = f"Skeletal formula of {formula} ({Chem.MolToSmiles(molecule)})"
    words += f", with {groups}." if groups else "."
    return {"text": words, "svg": svg, "alternative_text": words}


def embed_molecule(arguments: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return coordinates in space: ETKDG version 3, then relaxed by the MMFF94 or UFF force field.

    Raises:
        KernelError: Where no coordinates can be found.
    """
    molecule = Chem.AddHs(parse_molecule(arguments.get("smiles") or ""))
    if molecule.GetNumAtoms() > MAX_EMBEDDED_ATOMS:
        raise KernelError(
            f"the molecule has {molecule.GetNumAtoms()} atoms with its hydrogens; at most "
            f"{MAX_EMBEDDED_ATOMS} are placed"
        )
    parameters = rdDistGeom.ETKDGv3()
    parameters.randomSeed = seed % MAX_SEED
    parameters.maxIterations = 50
    if rdDistGeom.EmbedMolecule(molecule, parameters) != 0:
        raise KernelError(
            "no coordinates could be found that keep all distances: check the stereochemistry of "
            "small rings, or ask for another molecule"
        )
    field = _relax(molecule)
    conformer = molecule.GetConformer()
    atoms = [
        {
            "element": atom.GetSymbol(),
            "x": round(conformer.GetAtomPosition(i).x, 4),
            "y": round(conformer.GetAtomPosition(i).y, 4),
            "z": round(conformer.GetAtomPosition(i).z, 4),
        }
        for i, atom in enumerate(molecule.GetAtoms())
    ]
    lines = [f"{a['element']} {a['x']:.4f} {a['y']:.4f} {a['z']:.4f}" for a in atoms]
    notes = [f"one conformer in angstrom, ETKDG version 3, {field}"]
    return {
        "text": "\n".join([str(len(atoms)), notes[0], *lines]),
        "atoms": atoms,
        "notes": notes,
    }


def _weigh(molecule: Any) -> float:
    """Return the molar mass in g/mol, isotopes that are named taken as such."""
    return float(rdMolDescriptors._CalcMolWt(molecule))  # noqa: SLF001 - it has no public name


def _relax(molecule: Any) -> str:
    """Relax the coordinates in place; return how."""
    if rdForceFieldHelpers.MMFFHasAllMoleculeParams(molecule):
        rdForceFieldHelpers.MMFFOptimizeMolecule(molecule, maxIters=500)
        return "relaxed with MMFF94"
    if rdForceFieldHelpers.UFFHasAllMoleculeParams(molecule):
        rdForceFieldHelpers.UFFOptimizeMolecule(molecule, maxIters=500)
        return "relaxed with UFF"
    return "not relaxed, since no force field knows these atoms"


def _read_size(given: object, default: int) -> int:
    if given is None:
        return default
    if not isinstance(given, int) or not _MIN_SIZE_PX <= given <= _MAX_SIZE_PX:
        raise KernelError(f"a drawing is {_MIN_SIZE_PX} to {_MAX_SIZE_PX} pixels wide and high")
    return given
