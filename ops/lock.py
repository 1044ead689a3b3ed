"""One stack at a time on a data folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.errors import DataFolderInUseError


@contextmanager
def hold_data_folder(folder: Path) -> Iterator[None]:
    """Holds a data folder for this process. The kernel lets go when the process ends.

    Raises:
        DataFolderInUseError: Another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            pid = file.read().strip()
            raise DataFolderInUseError(folder, int(pid) if pid.isdecimal() else None) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
        file.truncate(0)
