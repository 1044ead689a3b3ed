"""`svend data`: a table of the commands that make, import and check training data."""

from __future__ import annotations

import logging
import sys
from typing import Final

import click

from scripts.svend.lazy_group import Entry, LazyGroup

COMMANDS: Final = {
    "problems": Entry(
        place="engine.training.commands:problems", summary="Write word problems of a split."
    ),
    "pack": Entry(
        place="engine.training.commands:pack", summary="Pack rows for the base model's training."
    ),
    "variety": Entry(
        place="engine.training.variety.commands:variety",
        summary="Measure how varied the language of the generated problems is.",
    ),
    "stories": Entry(
        place="engine.training.stories.commands:stories",
        summary="Count, check and show the stories that problems are drawn from.",
    ),
    "frameworks": Entry(
        place="engine.training.frameworks.commands:frameworks",
        summary="List and check the domain frameworks.",
    ),
    "expand": Entry(
        place="scripts.svend.expand:expand_command",
        summary="Write examples of domain frameworks.",
    ),
    "generate": Entry(
        place="scripts.svend.generate:generate_command",
        summary="Let a model write examples, checked by execution.",
    ),
    "pairs": Entry(
        place="engine.training.verifier.pair_command:pairs",
        summary="Make preference pairs of judged chains.",
    ),
    "import": Entry(
        place="engine.training.datasets.commands:import_file",
        summary="Turn a published file into examples.",
    ),
    "build": Entry(
        place="engine.training.datasets.commands:build",
        summary="Build a data set from a mixture file.",
    ),
    "check": Entry(
        place="engine.training.datasets.check_command:check",
        summary="Check files of examples.",
    ),
    "card": Entry(
        place="engine.training.datasets.commands:card",
        summary="Show a data set's card.",
    ),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def data() -> None:
    """Make, import and check training data."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
