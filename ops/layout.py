"""Where everything of a stack lies below its data folder."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER_MODE = 0o700
# PostgreSQL's substitute for root passes through the data folder to its own.
FOLDER_MODE_AS_ROOT = 0o711


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The paths of one stack.

    Attributes:
        root: The data folder, absolute.
        secrets: The folder of the secrets.
    """

    root: Path
    secrets: Path

    @property
    def run(self) -> Path:
        """What lives only while the stack runs: sockets and the record of processes."""
        return self.root / "run"

    @property
    def processes(self) -> Path:
        """The record of running processes."""
        return self.run / "processes.json"

    @property
    def logs(self) -> Path:
        """One file a part."""
        return self.root / "logs"

    @property
    def postgres(self) -> Path:
        """The database cluster."""
        return self.root / "postgres"

    @property
    def redis(self) -> Path:
        """Redis's append-only file."""
        return self.root / "redis"

    @property
    def backups(self) -> Path:
        """Dumps made before migrations."""
        return self.root / "backups"

    @property
    def cache(self) -> Path:
        """What can be worked out again, such as digests of weights."""
        return self.root / "cache"

    @property
    def stack_file(self) -> Path:
        """Where a running stack says how it is reached; absent when none runs."""
        return self.root / "stack.json"

    def log(self, part: str) -> Path:
        """Returns the log of a part."""
        return self.logs / f"{part}.log"

    def make(self) -> None:
        """Makes the data folder and those of its folders that no server makes itself."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(FOLDER_MODE_AS_ROOT if os.geteuid() == 0 else FOLDER_MODE)
        self.run.mkdir(exist_ok=True)
        self.run.chmod(FOLDER_MODE_AS_ROOT if os.geteuid() == 0 else FOLDER_MODE)
        for folder in (self.logs, self.backups, self.cache):
            folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        # The folder may lie in a checkout; nothing in it belongs into a commit.
        (self.root / ".gitignore").write_text("*\n")


def make_layout(data_folder: Path, secrets: str = "") -> Layout:
    """Returns the layout of a data folder, with the secrets elsewhere if so wished."""
    root = data_folder.expanduser().absolute()
    folder = Path(secrets).expanduser().absolute() if secrets else root / "secrets"
    return Layout(root=root, secrets=folder)


def write_stack_file(layout: Layout, content: dict[str, Any]) -> None:
    """Says how the running stack is reached."""
    unfinished = layout.stack_file.with_suffix(".new")
    unfinished.write_text(json.dumps(content, indent=1) + "\n")
    unfinished.replace(layout.stack_file)
