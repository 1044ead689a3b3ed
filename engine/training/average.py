"""The mean of several models' weights: `svend train average`.

Models that one run passed through, or that were trained on from one model in several ways, lie
close enough for the mean of their weights to be a model as well, often a better one than each
(model soups, Wortsman et al. 2022, arXiv 2203.05482, section 2; between a model and what it was
trained on to become, WiSE-FT, Wortsman et al. 2022, arXiv 2109.01903, equation 1).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import torch
from safetensors.torch import save_file

from engine.training.command_line import FOLDER, one_line_faults
from engine.training.errors import TrainingError
from engine.training.feed import TOKENIZER_FILE
from engine.training.model_folder import WEIGHTS_FILE, find_weights, read_weights

# What was measured on, or fitted to, other weights says nothing of the mean.
_OF_OTHER_WEIGHTS: Final = shutil.ignore_patterns(
    WEIGHTS_FILE, "*.md", "results.json", "svend-calibrator.json", "svend-shape.json"
)

Weights = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A model with its share.

    Attributes:
        folder: Holds its weights in one file.
        share: Above zero; shares count relative to one another.
    """

    folder: Path
    share: float


def average_models(members: Sequence[Member], out_dir: Path) -> None:
    """Write the mean of the models' weights, with tokenizer and profile of the last of them.

    The mean is made in single precision and written in the type of the last model.

    Args:
        members: Two or more of one shape and one vocabulary.
        out_dir: Where the model goes; it appears whole or not at all.

    Raises:
        TrainingError: A folder holds no model, the models do not fit together, or the folder
            for the mean is not empty.
    """
    if len(members) < 2:  # noqa: PLR2004 - a mean is of two at least
        raise TrainingError("an average is of two models or more")
    if out_dir.exists() and any(out_dir.iterdir()):
        raise TrainingError(f"{out_dir} is not empty")
    last = members[-1].folder
    for member in members:
        find_weights(member.folder)
    _check_vocabulary(members)
    mean = _average(members)
    partial = out_dir.with_name(f".{out_dir.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(last, partial, ignore=_OF_OTHER_WEIGHTS)
    save_file(mean, partial / WEIGHTS_FILE, metadata={"format": "pt"})
    # safetensors writes for its owner only; a model is there to be read.
    (partial / WEIGHTS_FILE).chmod(0o644)
    if out_dir.exists():
        out_dir.rmdir()
    partial.replace(out_dir)


def _check_vocabulary(members: Sequence[Member]) -> None:
    texts = {_read_tokenizer(member.folder) for member in members}
    if len(texts) > 1:
        raise TrainingError("the models have different tokenizers: their weights do not add up")


def _read_tokenizer(folder: Path) -> bytes:
    path = folder / TOKENIZER_FILE
    return path.read_bytes() if path.is_file() else b""


def _average(members: Sequence[Member]) -> Weights:
    total = sum(member.share for member in members)
    mean: Weights = {}
    types: dict[str, torch.dtype] = {}
    for member in members:
        weights = read_weights(member.folder)
        if mean and _shapes_of(weights) != _shapes_of(mean):
            raise TrainingError(f"{member.folder} has another shape than {members[0].folder}")
        types = {name: value.dtype for name, value in weights.items()}
        for name, value in weights.items():
            part = value.float() * (member.share / total)
            mean[name] = mean[name] + part if name in mean else part
    return {name: value.to(types[name]).contiguous() for name, value in mean.items()}


def _shapes_of(weights: Weights) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in weights.items()}


def parse_member(text: str) -> Member:
    """Read `folder=share`.

    Raises:
        TrainingError: It is none, or the share is not above zero.
    """
    folder, _, share = text.rpartition("=")
    try:
        value = float(share)
    except ValueError:
        value = 0.0
    if not folder or not 0 < value < float("inf"):
        raise TrainingError(f"{text!r} is no model with its share; write FOLDER=0.5")
    return Member(folder=Path(folder), share=value)


@click.command("average")
@click.option(
    "--model",
    "models",
    metavar="FOLDER=SHARE",
    multiple=True,
    required=True,
    help="A model, and how much it counts; repeatable. The last one's tokenizer and profile go"
    " with the mean.",
)
@click.option("--out", "out_dir", type=FOLDER, required=True, help="Where the model goes.")
@one_line_faults()
def average(*, models: tuple[str, ...], out_dir: Path) -> None:
    """Write the mean of the weights of models that one training passed through."""
    average_models([parse_member(text) for text in models], out_dir)
    click.echo(f"averaged {len(models)} models into {out_dir}")
