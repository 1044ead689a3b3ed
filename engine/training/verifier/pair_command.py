"""`svend data pairs`: preference pairs out of judged chains."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import click

from engine.training.command_line import FILE, one_line_faults
from engine.training.datasets.file import write_examples
from engine.training.errors import DatasetError
from engine.training.verifier.chain_file import read_chains
from engine.training.verifier.chain_pair import pair_chains
from engine.training.verifier.chain_set import MADE


@click.command("pairs")
@click.option(
    "--chains",
    type=FILE,
    multiple=True,
    required=True,
    help="Judged chains, as `svend train verifier-data` writes them; repeatable.",
)
@click.option(
    "--made/--no-made",
    "has_made",
    default=False,
    show_default=True,
    help="Pair chains made by rule as well as those that a model wrote.",
)
@click.option(
    "--per-question",
    type=click.IntRange(min=1),
    default=4,
    show_default=True,
    help="Most pairs of one question.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of which meet.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="JSON lines for `svend train dpo` and `reward`.",
)
@one_line_faults()
def pairs(
    *, chains: Sequence[Path], has_made: bool, per_question: int, seed: int, out: Path
) -> None:
    """Pair what a model wrote rightly with what it wrote wrongly, question by question.

    Questions that it always or never answered give no pair.
    """
    read = read_chains(chains)
    kept = [chain for chain in read if has_made or chain.system not in MADE]
    found = pair_chains(kept, per_question=per_question, rng=Random(f"pairs:{seed}"))
    if not found:
        raise DatasetError(
            "no question has a right and a wrong chain: sample more of each question, or at a"
            " higher temperature"
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    write_examples(out, found)
    said = {
        "n_pairs": len(found),
        "n_questions": len({pair.prompt for pair in found}),
        "n_chains": len(kept),
        "n_questions_of_chains": len({chain.question for chain in kept}),
    }
    click.echo(json.dumps(said))
