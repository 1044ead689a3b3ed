"""`svend train`: a table of the commands that make and judge models."""

from __future__ import annotations

import logging
import sys
from typing import Final

import click

from scripts.svend.lazy_group import Entry, LazyGroup

COMMANDS: Final = {
    "base": Entry(
        place="engine.training.commands:base", summary="Train the base model from scratch."
    ),
    "eval": Entry(
        place="engine.training.commands:evaluate_model",
        summary="Judge a model on templates it never saw.",
    ),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def train() -> None:
    """Make and judge the project's models."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
