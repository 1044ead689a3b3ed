"""`svend train export`: a finished verifier in the forms in which others load it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from engine.training.command_line import FILE, FOLDER, one_line_faults
from engine.training.export.forms import Form, export_verifier
from engine.training.tune.library import quiet_libraries
from engine.training.verifier.chain_file import read_chains

_DEFAULT: Final = (Form.MERGED.value, Form.CLASSIFIER.value)


@click.command()
@click.option("--verifier", "folder", type=FOLDER, required=True, help="What training wrote.")
@click.option("--base", type=FOLDER, help="The model that an adapter belongs to.")
@click.option("--out", "out_dir", type=FOLDER, required=True, help="A folder for each form.")
@click.option(
    "--form",
    "forms",
    type=click.Choice([form.value for form in Form]),
    multiple=True,
    default=_DEFAULT,
    show_default=True,
    help="merged: a language model; classifier, tokens: with one label, for a pooling server; "
    "onnx, int8: the classifier as a graph.",
)
@click.option("--chains", type=FILE, multiple=True, help="What the scores are compared on.")
@one_line_faults()
def export(
    *,
    folder: Path,
    base: Path | None,
    out_dir: Path,
    forms: Sequence[str],
    chains: Sequence[Path],
) -> None:
    """Write a verifier as others load it, and say how far the scores lie apart.

    The classifier's head is the difference of the rows for yes and no, so its score is the one
    that the language model gives.
    """
    quiet_libraries()
    report = export_verifier(
        folder,
        out_dir,
        [Form(form) for form in forms],
        base=base,
        chains=read_chains(chains) if chains else (),
    )
    click.echo(json.dumps(report))
