"""`svend train tool-eval`: how well a model calls tools, run on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from engine.config import SANDBOX_OFF
from engine.training.command_line import FOLDER, one_line_faults
from engine.training.commands import open_progress
from engine.training.drift.tool_case import draw_cases, run_choices
from engine.training.drift.tool_choice import ToolChoice, choose_tools
from engine.training.drift.tool_report import show_score
from engine.training.drift.tool_score import score_choices
from engine.training.drift.version import open_version, understood
from engine.training.record import write_json
from scripts.svend.own_tools import NoWallError, open_own_tools
from scripts.svend.tool import tier_option

_OUT: Final = click.Path(dir_okay=False, path_type=Path)
_WIDTH: Final = 160


@click.command("tool-eval")
@click.option("--model", "folder", type=FOLDER, help="The model's folder.")
@click.option("--url", help="Or a server that serves it.")
@click.option(
    "--n",
    "n_cases",
    type=click.IntRange(1),
    default=400,
    show_default=True,
    help="How many cases are drawn.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draw.")
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="Where the model is run.",
)
@click.option(
    "--run-tools/--no-run-tools",
    "runs_tools",
    default=True,
    show_default=True,
    help="Make every call, in the sandbox.",
)
@click.option("--out", type=_OUT, help="All figures, as JSON.")
@tier_option
@one_line_faults()
def tool_eval(  # noqa: PLR0913 - one argument an option
    *,
    folder: Path | None,
    url: str | None,
    n_cases: int,
    seed: int,
    device: str,
    runs_tools: bool,
    out: Path | None,
    min_tier: str,
) -> None:
    """Say how well a model chooses and calls tools, on wordings that it was not trained on.

    Whether it calls the right tool, calls none where none fits, and makes calls that succeed;
    with 95 % intervals, and who was taken for whom.
    """
    if (folder is None) == (url is None):
        raise click.UsageError("give either --model or --url")
    if runs_tools and min_tier == SANDBOX_OFF:
        raise NoWallError("Calls run in a sandbox, which is switched off: add --no-run-tools.")
    version = open_version(url or str(folder), device=device)
    cases = draw_cases(n_cases, seed=seed)
    offers = [case.offered for case in cases]
    with understood():
        choices = choose_tools(version.model, [case.question for case in cases], offers)
    endings = asyncio.run(_run(choices, min_tier)) if runs_tools else None
    score = score_choices(cases, choices, endings, seed=seed)
    if out is not None:
        about = {"model": version.name, "weights_sha256": version.digest, "seed": seed}
        write_json(out, {**about, "split": "test", **asdict(score)})
    console = Console()
    show_score(score, console if console.is_terminal else Console(width=_WIDTH))


async def _run(choices: Sequence[ToolChoice], min_tier: str) -> list[str | None]:
    with open_progress() as progress:
        bar = progress.add_task("calling tools", total=len(choices))
        async with open_own_tools(min_tier) as registry:
            return await run_choices(choices, registry, lambda: progress.advance(bar))
