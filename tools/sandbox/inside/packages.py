"""Which installed packages a program may see: those wanted, with what they need, and no others.

The environment that Svend is installed into holds more than a program should see: database
drivers, its own code, files that name where a package came from. So only the folders of the
wanted distributions and of their requirements are shown, and of the metadata name and version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# Distribution to the modules imported once in the zygote, so that a program gets them for free.
WANTED: Mapping[str, tuple[str, ...]] = {
    "numpy": ("numpy", "numpy.linalg", "numpy.random"),
    "sympy": ("sympy", "sympy.parsing.sympy_parser", "sympy.parsing.latex"),
    "scipy": (
        "scipy.constants",
        "scipy.integrate",
        "scipy.linalg",
        "scipy.optimize",
        "scipy.special",
        "scipy.stats",
    ),
    "pandas": ("pandas",),
    "z3-solver": ("z3",),
    "rdkit": ("rdkit.Chem", "rdkit.Chem.Descriptors", "rdkit.Chem.rdMolDescriptors"),
    "pint": ("pint",),
    "matplotlib": ("matplotlib.figure", "matplotlib.backends.backend_agg"),
    "regex": ("regex",),
}

_REQUIREMENT = re.compile(r"Requires-Dist:\s*([A-Za-z0-9._-]+)(.*)")
_NORMAL = re.compile(r"[-_.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One installed distribution.

    Attributes:
        name: Normalised.
        version: As installed.
        site: The folder it is installed into.
        entries: Its files and folders directly below ``site``, without metadata.
        requires: Normalised names of what it needs, optional extras left out.
    """

    name: str
    version: str
    site: str
    entries: tuple[str, ...]
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What was found.

    Attributes:
        distributions: Everything to be shown, by name.
        missing: Wanted, but not installed.
    """

    distributions: Mapping[str, Distribution] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules to import, in order."""
        return tuple(
            module
            for name, modules in WANTED.items()
            if name in self.distributions
            for module in modules
        )


def select_packages(sites: Sequence[str], wanted: Sequence[str]) -> Selection:
    """Find distributions, and all they need, in folders of installed packages."""
    folders = _metadata_folders(sites)
    chosen: dict[str, Distribution] = {}
    waiting = [name for name in wanted if name in folders]
    while waiting:
        name = waiting.pop()
        if name in chosen or name not in folders:
            continue
        chosen[name] = _read_distribution(name, *folders[name])
        waiting.extend(chosen[name].requires)
    missing = tuple(name for name in wanted if name not in folders)
    return Selection(distributions=dict(sorted(chosen.items())), missing=missing)


def _metadata_folders(sites: Sequence[str]) -> dict[str, tuple[str, str]]:
    folders: dict[str, tuple[str, str]] = {}
    for site in sites:
        for entry in sorted(path.name for path in Path(site).iterdir()):
            if entry.endswith(".dist-info"):
                name = entry.removesuffix(".dist-info").rpartition("-")[0]
                folders.setdefault(_normal(name), (site, entry))
    return folders


def _read_distribution(name: str, site: str, folder: str) -> Distribution:
    metadata = _read_text(f"{site}/{folder}/METADATA").partition("\n\n")[0]
    requirements = [_REQUIREMENT.match(line) for line in metadata.splitlines()]
    requires = tuple(
        _normal(found[1]) for found in requirements if found and "extra" not in found[2]
    )
    tops = {line.partition("/")[0] for line in _recorded_files(f"{site}/{folder}/RECORD")}
    hidden = {"", "..", "__pycache__", "bin"}
    entries = tuple(
        sorted(top for top in tops if top not in hidden and not top.endswith(".dist-info"))
    )
    version = folder.removesuffix(".dist-info").rpartition("-")[2]
    return Distribution(name=name, version=version, site=site, entries=entries, requires=requires)


def _recorded_files(path: str) -> list[str]:
    return [line.partition(",")[0].strip('"') for line in _read_text(path).splitlines()]


def _read_text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8", errors="replace")


def _normal(name: str) -> str:
    return _NORMAL.sub("-", name).lower()
