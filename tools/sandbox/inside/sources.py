"""Modules loaded from memory: their files lie outside of what the zygote will see.

The sources are read before the zygote confines itself, and imported after, beside the libraries
that they use. So a program finds them imported, and never sees the folder that they came from.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One module.

    Attributes:
        text: Of its file.
        is_package: Whether other modules lie below it.
    """

    text: bytes
    is_package: bool


def read_sources(files: Mapping[str, str]) -> Mapping[str, Source]:
    """Read modules, by their full names."""
    return {
        name: Source(text=Path(path).read_bytes(), is_package=Path(path).name == "__init__.py")
        for name, path in files.items()
    }


class MemoryFinder(MetaPathFinder, Loader):
    """Finds and loads modules among sources that were read before."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the import system's own signature
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Return the module's spec, or ``None`` for one that is not ours."""
        source = self._sources.get(fullname)
        if source is None:
            return None
        return spec_from_loader(
            fullname, self, origin=_origin(fullname), is_package=source.is_package
        )

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's source."""
        source = self._sources[module.__name__]
        code = compile(source.text, _origin(module.__name__), "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - a module of this project's


def install_sources(sources: Mapping[str, Source]) -> None:
    """Make the sources importable, before anything on the path."""
    if sources:
        sys.meta_path.insert(0, MemoryFinder(sources))


def list_modules(sources: Mapping[str, Source]) -> Iterable[str]:
    """Return the names of the modules that are no packages, sorted."""
    return sorted(name for name, source in sources.items() if not source.is_package)


def _origin(name: str) -> str:
    # Tracebacks show it: a name, and no path of the machine's.
    return f"<{name}>"
