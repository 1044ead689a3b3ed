"""`svend train verifier-shape`: its options, and how they become an artefact."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from engine.training.command_line import FILE, one_line_faults
from engine.training.errors import DatasetError
from engine.training.verifier.chain_file import keep_apart, orderable, read_chains
from engine.training.verifier.shape_fit import fit_shape, measure_shape


@click.command("verifier-shape")
@click.option(
    "--chains", type=FILE, multiple=True, required=True, help="Judged chains; repeatable."
)
@click.option(
    "--dev", type=FILE, multiple=True, required=True, help="Chains to measure it on; repeatable."
)
@click.option("--name", default="shape", show_default=True, help="What to call it.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the trees.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where the artefact goes: JSON, to be named by SVEND_VERIFIER_SHAPE.",
)
@one_line_faults()
def fit(*, chains: Sequence[Path], dev: Sequence[Path], name: str, seed: int, out: Path) -> None:
    """Fit a verifier of programs that looks at their arithmetic and the words around its numbers.

    It takes minutes and no server, and is to be beaten by whatever was trained at length. The
    questions of the development chains are taken out of the training chains. Chains made by rule
    (`svend train verifier-data` with no model) teach it what words go with what.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    held = read_chains(dev)
    apart = keep_apart(read_chains(chains), held)
    if not apart.chains:
        raise DatasetError("every training chain asks a question of --dev: nothing is left to fit")
    model = fit_shape(apart.chains, name=name, seed=seed)
    # A tree a line would be thousands of lines of which nobody reads one.
    out.write_text(json.dumps(model.to_data(), separators=(",", ":")) + "\n", encoding="utf-8")
    figures = measure_shape(model, orderable(held))
    said = {"verifier": model.version, "n_chains": model.fitting.n_chains}
    click.echo(json.dumps({**said, **{key: round(value, 4) for key, value in figures.items()}}))
