"""What goes wrong in a command is one line, whoever found it."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from engine.training.command_line import one_line_faults
from engine.training.errors import TrainingError


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (TrainingError("no such stage"), "Error: no such stage\n"),
        (
            OSError(28, "No space left on device", "out/a"),
            "Error: out/a: No space left on device\n",
        ),
        (OSError("the disk is gone"), "Error: the disk is gone\n"),
    ],
    ids=["the project", "the system", "a library"],
)
def test_an_error_is_one_line(error, line):
    @click.command()
    @one_line_faults()
    def fail():
        raise error

    result = CliRunner().invoke(fail)
    assert (result.exit_code, result.stderr) == (1, line)


def test_a_mistake_in_the_program_is_not_hidden():
    @click.command()
    @one_line_faults()
    def fail():
        raise KeyError("x")

    with pytest.raises(KeyError):
        CliRunner().invoke(fail, catch_exceptions=False)
