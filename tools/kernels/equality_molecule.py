"""Are two texts the same molecule, or the same quantity in other units?"""

from __future__ import annotations

import math
import re
from typing import Any

import pint
from rdkit import Chem, rdBase

from tools.kernels.equality_value import Same
from tools.kernels.kernel_error import KernelError
from tools.kernels.latex_text import is_latex, to_plain_text

MAX_SMILES_CHARS = 400

_SMILES = re.compile(r"[A-Za-z0-9@+\-\[\]()=#$/\\%.*:]+")
# What tells a molecule from a word: bonds, branches, rings, or many atoms.
_MARKED = re.compile(r"[=#()\[\]0-9]|[CNOSPFIcnos]{3}")
_QUANTITY = re.compile(
    r"\s*(?P<number>[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))"
    r"(?P<power>(?:[eE]|\s*[*x]\s*10\s*\^\s*\(?)[-+]?[0-9]+\)?)?"
    r"\s*(?P<unit>[A-Za-zµΩ°%][A-Za-zµΩ°0-9 */^().-]*)\s*"
)
_EQUAL = 1e-9


def compare_molecules(a: str, b: str) -> Same | None:
    """Compare two texts as molecules in SMILES; ``None`` where one is none."""
    texts = [text.strip().strip("$") for text in (a, b)]
    if not all(_SMILES.fullmatch(text) and 1 < len(text) <= MAX_SMILES_CHARS for text in texts):
        return None
    rdBase.DisableLog("rdApp.*")
    found = [Chem.MolFromSmiles(text) for text in texts]
    if any(molecule is None for molecule in found):
        return None
    if Chem.MolToSmiles(found[0]) == Chem.MolToSmiles(found[1]):
        return Same.RIGHT
    is_certain = all(_MARKED.search(re.sub("Cl|Br", "F", text)) for text in texts)
    return Same.WRONG if is_certain else None


def compare_quantities(a: str, b: str) -> Same | None:
    """Compare two texts as numbers with units; ``None`` where one is none."""
    left, right = _read_quantity(a), _read_quantity(b)
    if left is None or right is None:
        return None
    if left.dimensionality != right.dimensionality:
        return Same.WRONG
    try:
        left, right = left.to_base_units(), right.to_base_units()
    except (pint.PintError, OverflowError, ZeroDivisionError):
        return None
    is_equal = math.isclose(left.magnitude, right.magnitude, rel_tol=_EQUAL)
    return Same.RIGHT if is_equal else Same.WRONG


def _read_quantity(text: str) -> Any | None:
    try:
        plain = to_plain_text(text) if is_latex(text) else text
    except KernelError:
        return None
    found = _QUANTITY.fullmatch(plain)
    if found is None:
        return None
    power = re.search(r"([-+]?[0-9]+)\)?$", found["power"] or "")
    try:
        magnitude = float(f"{found['number']}e{power[1] if power else 0}")
        unit = re.sub(r"\s*\^\s*", "**", found["unit"].strip())
        registry = pint.get_application_registry()
        return registry.Quantity(magnitude, registry.parse_units(_close(unit)))
    # Pint reads units with Python's own tokenizer, which fails in its own ways.
    except (pint.PintError, ValueError, TypeError, AttributeError, SyntaxError, KeyError):
        return None


def _close(unit: str) -> str:
    """Join letters that LaTeX set apart: `k m / h` is `km/h` there."""
    return re.sub(r"(?<=[A-Za-z]) +(?=[A-Za-z]\b)", "", unit) if "  " in unit else unit
