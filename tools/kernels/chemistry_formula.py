"""Chemical formulas as text, `CuSO4·5H2O` or `[Fe(CN)6]^4-`: what they are made of and weigh.

Atomic weights are RDKit's table (IUPAC's standard weights).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from rdkit import Chem

from tools.kernels.arithmetic import shorten
from tools.kernels.kernel_error import KernelError

MAX_CHARS = 200
MAX_DEPTH = 6
MAX_ATOMS = 100_000
ELECTRON_G_PER_MOL = 5.48579909e-4

_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹]*[⁺⁻]")
_STATE = re.compile(r"\s*\((?:s|l|g|aq)\)\s*$")
_DOTS = re.compile(r"[·•∙*]|\.(?=[0-9]*[A-Z])")
_TOKEN = re.compile(r"(?P<element>[A-Z][a-z]?)|(?P<open>[(\[])|(?P<close>[)\]])|(?P<count>[0-9]+)")
# A charge that is set off: ^2-, ^{2-}, a space and 2-, (2-), or the sign first: +2, -2; or --.
_MARKED = re.compile(
    r"^(?P<body>.*?)(?:\^\s*\{?|\s+|\()(?P<size>[0-9]{0,2})(?P<sign>[+-])\s*[})]?$"
)
_SIGN_FIRST = re.compile(r"^(?P<body>.*[A-Za-z0-9)\]])\^?(?P<sign>[+-])(?P<size>[0-9]{1,2})$")
_REPEATED = re.compile(r"^(?P<body>.*[A-Za-z0-9)\]])(?P<signs>\+{2,4}|-{2,4})$")
_BARE = re.compile(r"^(?P<body>.*?)(?P<digits>[0-9]*)(?P<sign>[+-])$")
_ELECTRON = re.compile(r"e\s*\^?\{?-\}?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula that was read.

    Attributes:
        text: As it was written, without the state.
        counts: Atoms by element, in the order of their first mention.
        charge: In elementary charges.
    """

    text: str
    counts: Mapping[str, int]
    charge: int = 0

    @property
    def molar_mass(self) -> float:
        """In g/mol; of an ion, without or with its electrons."""
        masses = (weigh_element(element) * n for element, n in self.counts.items())
        return sum(masses) - self.charge * ELECTRON_G_PER_MOL

    @property
    def key(self) -> tuple[tuple[tuple[str, int], ...], int]:
        """What two ways to write the same composition share."""
        return tuple(sorted(self.counts.items())), self.charge


def parse_formula(text: str) -> Formula:
    """Read a formula, with hydrates, charge and state.

    A sign behind digits is read as chemists write it without superscripts: `NH4+` is one charge,
    `SO42-` and `Fe3+` are two and three.

    Raises:
        KernelError: Naming the place that cannot be read.
    """
    written = _STATE.sub("", text.translate(_SUBSCRIPTS).strip())
    if not written or len(written) > MAX_CHARS:
        raise KernelError(f"a formula has 1 to {MAX_CHARS} characters, such as H2SO4")
    marked = _SUPERSCRIPT.sub(lambda found: f"^{found[0].translate(_SUPERSCRIPTS)}", written)
    if _ELECTRON.fullmatch(marked):
        return Formula(text=written, counts={}, charge=-1)
    body, charge = _split_charge(marked)
    counts: Counter[str] = Counter()
    for part in _DOTS.split(body):
        counts.update(_read_part(part.strip(), text))
    if sum(counts.values()) > MAX_ATOMS:
        raise KernelError(f"{shorten(text)!r} has more than {MAX_ATOMS:,} atoms")
    return Formula(text=written, counts=dict(counts), charge=charge)


def weigh_element(symbol: str) -> float:
    """Return the standard atomic weight in g/mol.

    Raises:
        KernelError: Where there is no such element.
    """
    if symbol not in _ELEMENTS:
        raise KernelError(
            f"{symbol!r} is no element: symbols are case-sensitive, such as Co for cobalt and CO "
            "for carbon and oxygen"
        )
    return float(_TABLE.GetAtomicWeight(symbol))


def render_counts(counts: Mapping[str, int]) -> str:
    """Write a composition in Hill's order: carbon, hydrogen, then by the alphabet."""
    first = [symbol for symbol in ("C", "H") if "C" in counts and symbol in counts]
    order = [*first, *sorted(symbol for symbol in counts if symbol not in first)]
    return "".join(f"{symbol}{counts[symbol] if counts[symbol] > 1 else ''}" for symbol in order)


_TABLE = Chem.GetPeriodicTable()
_ELEMENTS = frozenset(_TABLE.GetElementSymbol(number) for number in range(1, 119))


def _split_charge(text: str) -> tuple[str, int]:
    for pattern in (_MARKED, _SIGN_FIRST):
        found = pattern.match(text)
        if found and found["body"]:
            size = int(found["size"] or 1)
            return found["body"].strip(), size if found["sign"] == "+" else -size
    repeated = _REPEATED.match(text)
    if repeated:
        size = len(repeated["signs"])
        return repeated["body"], size if repeated["signs"][0] == "+" else -size
    bare = _BARE.match(text)
    if not bare or not bare["body"]:
        return text, 0
    body, size = _share_digits(bare["body"], bare["digits"])
    return body, size if bare["sign"] == "+" else -size


def _share_digits(body: str, digits: str) -> tuple[str, int]:
    """Tell the count of the last atom from the size of the charge, in `NH4+`, `SO42-`, `Fe3+`."""
    is_single = re.fullmatch(r"[A-Z][a-z]?", body) is not None
    if len(digits) > 1 or (digits and (is_single or body.endswith("]"))):
        return body + digits[:-1], int(digits[-1])
    return body + digits, 1


def _read_part(part: str, whole: str) -> Counter[str]:
    """Read one side of a dot, `5H2O`."""
    lead = re.match(r"[1-9][0-9]{0,3}", part)
    factor = int(lead[0]) if lead else 1
    stack: list[Counter[str]] = [Counter()]
    last: Counter[str] | None = None
    place = lead.end() if lead else 0
    if place == len(part):
        raise KernelError(f"{shorten(whole)!r}: a formula was expected, such as H2O")
    while place < len(part):
        found = _TOKEN.match(part, place)
        if not found:
            raise KernelError(
                f"{shorten(whole)!r} cannot be read at {part[place]!r}: symbols begin with a "
                "capital letter, as in NaCl"
            )
        last = _take(found, stack, last, whole)
        place = found.end()
    if len(stack) > 1:
        raise KernelError(f"{shorten(whole)!r}: a parenthesis is not closed")
    return Counter({element: n * factor for element, n in stack[0].items()})


def _take(
    found: re.Match[str], stack: list[Counter[str]], last: Counter[str] | None, whole: str
) -> Counter[str] | None:
    """Take one token; return the group that a count behind it would multiply."""
    match found.lastgroup:
        case "element":
            weigh_element(found[0])
            last = Counter({found[0]: 1})
            stack[-1].update(last)
            return last
        case "open":
            if len(stack) > MAX_DEPTH:
                raise KernelError(f"{shorten(whole)!r}: parentheses are nested too deeply")
            stack.append(Counter())
            return None
        case "close":
            if len(stack) == 1:
                raise KernelError(f"{shorten(whole)!r}: a parenthesis closes that none opened")
            last = stack.pop()
            stack[-1].update(last)
            return last
        case _:
            if last is None or not 0 < int(found[0]) <= MAX_ATOMS:
                raise KernelError(f"{shorten(whole)!r}: the number {found[0]} counts nothing")
            stack[-1].update({element: n * (int(found[0]) - 1) for element, n in last.items()})
            return None
