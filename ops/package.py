"""Where an installed package keeps the programs it brings."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ops.errors import MissingBinaryError


def find_program(package: str, distribution: str, relative: str) -> Path:
    """Returns the path of a program inside a package, without importing that package.

    Args:
        package: The name that is imported.
        distribution: The name that is installed, for the message.
        relative: The program's path inside the package.

    Raises:
        MissingBinaryError: The package or the program is not there.
    """
    spec = importlib.util.find_spec(package)
    folders = spec.submodule_search_locations if spec is not None else None
    for folder in folders or ():
        program = Path(folder) / relative
        if program.is_file():
            return program
    raise MissingBinaryError(Path(relative).name, distribution)
