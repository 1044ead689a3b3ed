"""What a program sees of the file system, worked out once from interpreter and packages."""

from __future__ import annotations

import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.sandbox.inside.landlock import Access, Rule
from tools.sandbox.inside.packages import Distribution, Selection

SCRATCH = "/tmp"  # noqa: S108 - a file system of the run's own is mounted there
PACKAGES = "/packages"
CANARY = "/canary"
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")

_LIBRARY_FOLDERS = ("/lib64", "/usr/lib64")
_TIME_ZONES = "/usr/share/zoneinfo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """A file or folder of the machine, shown read-only."""

    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Everything that is shown.

    Attributes:
        system: The standard library and the shared libraries, at their own paths.
        packages: The chosen packages, below ``PACKAGES``.
        distributions: Theirs, for the metadata that is written anew.
        hidden: Folders inside ``system`` that hold other installed packages.
        standard_path: The part of ``sys.path`` that is the standard library.
        sites: Where the packages are installed.
    """

    system: tuple[Bind, ...]
    packages: tuple[Bind, ...]
    distributions: tuple[Distribution, ...]
    hidden: tuple[str, ...]
    standard_path: tuple[str, ...]
    sites: tuple[str, ...]

    @property
    def binds(self) -> tuple[Bind, ...]:
        """All that is bound into the private root."""
        return (*self.system, *self.packages)

    def private_rules(self) -> list[Rule]:
        """Return the Landlock rules inside the private root, with a scratch."""
        shown = [bind.target for bind in self.system]
        return [
            *(Rule(path=path, access=Access.READ) for path in (*shown, PACKAGES)),
            *(Rule(path=path, access=Access.DEVICE) for path in DEVICES),
            Rule(path=SCRATCH, access=Access.SCRATCH),
        ]

    def shared_rules(self) -> list[Rule]:
        """Return the Landlock rules on the machine's own root, where nothing may be written."""
        return [
            *(Rule(path=bind.source, access=Access.READ) for bind in self.binds),
            *(Rule(path=path, access=Access.LIST) for path in self.sites),
            *(Rule(path=path, access=Access.DEVICE) for path in DEVICES),
        ]


def plan_layout(selection: Selection, sites: Sequence[str]) -> Layout:
    """Work out what is shown; of what is listed here, only what exists."""
    stdlib = str(Path(sysconfig.get_path("stdlib")).resolve())
    dynamic = sysconfig.get_config_var("DESTSHARED") or f"{stdlib}/lib-dynload"
    system = [stdlib, *_library_folders()]
    hidden = [f"{stdlib}/{name}" for name in ("site-packages", "dist-packages")]
    return Layout(
        system=tuple(Bind(source=str(Path(path).resolve()), target=path) for path in system),
        packages=tuple(_package_binds(selection)),
        distributions=tuple(selection.distributions.values()),
        hidden=tuple(path for path in hidden if Path(path).is_dir()),
        standard_path=(stdlib, dynamic),
        sites=tuple(sites),
    )


def _library_folders() -> list[str]:
    triplet = sysconfig.get_config_var("MULTIARCH") or ""
    native = [f"/usr/lib/{triplet}", f"/lib/{triplet}"] if triplet else []
    native = [path for path in native if Path(path).is_dir()]
    candidates = [*(native or ["/usr/lib"]), *_LIBRARY_FOLDERS, _TIME_ZONES]
    return [path for path in candidates if Path(path).is_dir()]


def _package_binds(selection: Selection) -> list[Bind]:
    binds: dict[str, Bind] = {}
    for distribution in selection.distributions.values():
        for entry in distribution.entries:
            source = f"{distribution.site}/{entry}"
            if Path(source).exists():
                binds.setdefault(entry, Bind(source=source, target=f"{PACKAGES}/{entry}"))
    return list(binds.values())
