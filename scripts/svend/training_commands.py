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
        place="engine.training.evaluate_command:evaluate_model",
        summary="Judge a model on templates it never saw.",
    ),
    "sft": Entry(
        place="engine.training.tune.commands:sft",
        summary="Teach a model from conversations (LoRA).",
    ),
    "dpo": Entry(
        place="engine.training.tune.commands:dpo",
        summary="Teach a model to prefer the better turn.",
    ),
    "reward": Entry(
        place="engine.training.tune.commands:reward",
        summary="Train a reward model on right and wrong chains.",
    ),
    "grpo": Entry(
        place="engine.training.tune.commands:grpo",
        summary="Learn from what programs give when executed.",
    ),
    "merge": Entry(
        place="engine.training.tune.commands:merge", summary="Merge an adapter into its base."
    ),
    "average": Entry(
        place="engine.training.average:average",
        summary="Average the weights of models of one training.",
    ),
    "stages": Entry(
        place="engine.training.tune.commands:stages", summary="Run a curriculum of stages."
    ),
    "presets": Entry(
        place="engine.training.tune.commands:presets", summary="List settings for models."
    ),
    "verifier-data": Entry(
        place="engine.training.verifier.data_command:verifier_data",
        summary="Sample solutions and label them for a verifier.",
    ),
    "verifier": Entry(
        place="engine.training.verifier.train_command:train",
        summary="Train a verifier on judged chains.",
    ),
    "verifier-shape": Entry(
        place="engine.training.verifier.shape_command:fit",
        summary="Fit a verifier of programs to the shape of their arithmetic.",
    ),
    "verifier-eval": Entry(
        place="engine.training.verifier.eval_command:evaluate",
        summary="Say what a verifier is worth, beside baselines.",
    ),
    "calibrate": Entry(
        place="engine.training.verifier.eval_command:calibrate",
        summary="Fit confidence to votes over judged chains.",
    ),
    "drift": Entry(
        place="engine.training.drift.command:drift",
        summary="Say how behaviour moved between two versions of a model.",
    ),
    "tool-eval": Entry(
        place="scripts.svend.tool_eval:tool_eval",
        summary="Say how well a model chooses and calls tools.",
    ),
    "export": Entry(
        place="engine.training.export.commands:export",
        summary="Write a verifier as others load it: merged, classifier, ONNX, int8.",
    ),
    "models": Entry(
        place="engine.training.registry.commands:models", summary="List the registered models."
    ),
    "register": Entry(
        place="engine.training.registry.commands:register",
        summary="Put a model into the registry.",
    ),
    "show": Entry(
        place="engine.training.registry.commands:show",
        summary="Show a registered model's card and check it.",
    ),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def train() -> None:
    """Make and judge the project's models."""
    # One line a request is for whoever looks for a fault, not for whoever watches a bar.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
