"""Reads a circuit of resistors and direct sources, one part a line: `R1 a b 100`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from tools.kernels.arithmetic import shorten
from tools.kernels.kernel_error import KernelError
from tools.kernels.units_quantity import read_base

MAX_PARTS = 200
GROUND = "0"

_GROUNDS = frozenset({"0", "gnd", "ground"})
_NODE = re.compile(r"\w{1,20}")
# SPICE's suffixes, as far as their case does not change their meaning.
_SUFFIX = re.compile(r"(?P<number>[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)(?P<suffix>meg|[kKGnpuµm])")
_FACTORS = {"meg": 1e6, "k": 1e3, "K": 1e3, "G": 1e9, "m": 1e-3, "u": 1e-6, "µ": 1e-6}
_FACTORS |= {"n": 1e-9, "p": 1e-12}


class Kind(StrEnum):
    """What a part is, by the first letter of its name."""

    RESISTOR = "R"
    VOLTAGE_SOURCE = "V"
    CURRENT_SOURCE = "I"


_UNITS = {Kind.RESISTOR: "ohm", Kind.VOLTAGE_SOURCE: "V", Kind.CURRENT_SOURCE: "A"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part between two nodes.

    Attributes:
        name: Its first letter is its kind.
        kind: What it is.
        start: First node: plus of a voltage source; where a current source takes its current from.
        end: Second node.
        value: Ohm, volt or ampere.
    """

    name: str
    kind: Kind
    start: str
    end: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """Parts, in the order in which they were written."""

    parts: tuple[Part, ...]

    @property
    def nodes(self) -> list[str]:
        """The nodes in the order of their first mention, ground left out."""
        mentioned = [node for part in self.parts for node in (part.start, part.end)]
        return [node for node in dict.fromkeys(mentioned) if node != GROUND]


def parse_netlist(text: str) -> Circuit:
    """Read a netlist: name, two nodes and a value a line; `*` begins a comment.

    Raises:
        KernelError: Naming the line that cannot be read.
    """
    lines = [line.split("*")[0].strip() for line in re.split(r"[\n;]", text)]
    parts = [_parse_part(line) for line in lines if line and line.lower() != ".end"]
    if not parts:
        raise KernelError("the netlist is empty: write a part a line, such as 'R1 a 0 100 ohm'")
    if len(parts) > MAX_PARTS:
        raise KernelError(f"the netlist has {len(parts)} parts; at most {MAX_PARTS} fit")
    names = [part.name for part in parts]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise KernelError(f"two parts are named {', '.join(repeated)}: give each its own name")
    return Circuit(parts=tuple(parts))


def read_node(text: str) -> str:
    """Return a node's name; ground has several.

    Raises:
        KernelError: Where it is none.
    """
    if not _NODE.fullmatch(text):
        raise KernelError(f"{shorten(text)!r} is no node: use letters and digits")
    return GROUND if text.lower() in _GROUNDS else text


def _parse_part(line: str) -> Part:
    words = line.split(maxsplit=3)
    if len(words) < 4:  # noqa: PLR2004 - name, two nodes, value
        raise KernelError(
            f"{shorten(line)!r} is no part: write name, two nodes and a value, 'R1 a b 100'"
        )
    name, start, end, value = words
    letter = name[0].upper()
    if letter not in {kind.value for kind in Kind}:
        raise KernelError(
            f"{shorten(name)!r}: only resistors (R...), voltage sources (V...) and current "
            "sources (I...) are known"
        )
    part = Part(
        name=name,
        kind=Kind(letter),
        start=read_node(start),
        end=read_node(end),
        value=_read_value(name, value, Kind(letter)),
    )
    if part.start == part.end:
        raise KernelError(f"{name} joins node {start} to itself: give it two nodes")
    return part


def _read_value(name: str, text: str, kind: Kind) -> float:
    written = text.removeprefix("DC ").removeprefix("dc ").strip()
    suffixed = _SUFFIX.fullmatch(written)
    if re.fullmatch(r"[-+]?[0-9.]+M", written):
        raise KernelError(f"{name}: M could be mega or milli: write meg or m")
    if suffixed:
        number = read_base(suffixed["number"], _UNITS[kind], name)
        value = number * _FACTORS[suffixed["suffix"]]
    else:
        value = read_base(written, _UNITS[kind], name)
    if kind is Kind.RESISTOR and value <= 0:
        raise KernelError(
            f"{name}: a resistance is above zero; for a plain wire give both nodes one name, or "
            "use a voltage source of 0 V"
        )
    return value
