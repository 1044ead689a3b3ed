"""`svend bench`: what a model or a strategy is worth, measured on files of questions."""

from __future__ import annotations

import click

from scripts.svend.bench_judge import judge
from scripts.svend.bench_record import record
from scripts.svend.bench_strategies import strategies
from scripts.svend.bench_tools import tools


@click.group()
def bench() -> None:
    """Measure a model or a strategy on a file of questions."""


bench.add_command(judge)
bench.add_command(record)
bench.add_command(strategies)
bench.add_command(tools)
