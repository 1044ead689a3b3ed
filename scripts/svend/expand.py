"""`svend data expand`: domain frameworks into examples, with the tools of this machine."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
from rich.progress import Progress

from engine.training.datasets.file import write_examples
from engine.training.example import Example
from engine.training.frameworks.commands import expansion_options
from engine.training.frameworks.expand import Expansion, expand, expand_with_tools
from scripts.svend.own_tools import open_own_tools
from scripts.svend.tool import tier_option


@click.command("expand")
@expansion_options
@click.option("--run-tools", is_flag=True, help="Run every call, in the sandbox, and add results.")
@tier_option
def expand_command(*, expansion: Expansion, out: Path, run_tools: bool, min_tier: str) -> None:
    """Write examples of FRAMEWORKs (files or shipped domains; all without a name).

    They come as a curriculum, from the simplest blocks to the hardest. With --run-tools every
    call is made, and the answer that a block states must be the tool's.
    """
    examples = asyncio.run(_run_tools(expansion, min_tier)) if run_tools else expand(expansion)
    n_written = write_examples(out, examples)
    click.echo(f"{n_written} examples in {out}")


async def _run_tools(expansion: Expansion, min_tier: str) -> list[Example]:
    with Progress() as progress:
        bar = progress.add_task("Calling tools", total=expansion.n_items)
        async with open_own_tools(min_tier) as registry:
            made = expand_with_tools(expansion, registry, lambda _: progress.advance(bar))
            return [example async for example in made]
