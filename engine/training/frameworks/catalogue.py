"""The frameworks that are shipped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from engine.training.errors import FrameworkError
from engine.training.frameworks.framework import Framework
from engine.training.frameworks.reader import read_framework

FOLDER: Final = Path(__file__).with_name("domains")


@cache
def shipped_frameworks() -> Mapping[str, Framework]:
    """Every shipped framework by its domain, in the order of the alphabet."""
    read = (read_framework(path) for path in sorted(FOLDER.glob("*.toml")))
    return MappingProxyType({framework.domain: framework for framework in read})


def find_framework(named: str) -> Framework:
    """The framework of a domain, or of a file.

    Args:
        named: A shipped domain, or the path of a file.

    Raises:
        FrameworkError: It is neither, or the file cannot be read.
    """
    shipped = shipped_frameworks()
    if named in shipped:
        return shipped[named]
    if not Path(named).is_file():
        known = ", ".join(shipped)
        raise FrameworkError(f"{named!r} is no file and no shipped domain; those are {known}")
    return read_framework(Path(named))
