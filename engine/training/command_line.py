"""What every command of training and data shares: files, folders, and faults of one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from engine.domain.errors import SvendError

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER: Final = click.Path(file_okay=False, path_type=Path)


@contextmanager
def one_line_faults() -> Iterator[None]:
    """Tell of the project's errors, and the system's, in one line; a block's or a command's."""
    try:
        yield
    except SvendError as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        # A folder that cannot be written, a full disk: no fault of the program's.
        known = error.filename and error.strerror
        words = f"{error.filename}: {error.strerror}" if known else str(error)
        raise click.ClickException(words) from error
