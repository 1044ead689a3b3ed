"""`svend data frameworks` and `svend data expand`, without the tools themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from engine.training.command_line import one_line_faults
from engine.training.frameworks.catalogue import find_framework, shipped_frameworks
from engine.training.frameworks.check import check_framework
from engine.training.frameworks.expand import Expansion, Kind
from engine.training.frameworks.framework import Framework
from engine.training.frameworks.reader import MAX_LEVEL
from engine.training.problem import Split

_FILE: Final = click.Path(dir_okay=False, path_type=Path)
_COLUMNS: Final = ("Blocks", "Wordings", "With a tool")

_EXPAND_OPTIONS: Final = (
    click.argument("named", metavar="[FRAMEWORK]...", nargs=-1),
    click.option(
        "--n",
        "n_items",
        type=click.IntRange(1),
        default=100,
        show_default=True,
        help="How many instances of blocks are drawn.",
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="Of the draw."),
    click.option(
        "--split",
        type=click.Choice([split.value for split in Split]),
        default=Split.TRAIN.value,
        show_default=True,
        help="Whose wordings are used.",
    ),
    click.option(
        "--kind",
        "kinds",
        type=click.Choice([kind.value for kind in Kind]),
        multiple=True,
        help="What is written of each instance; all that there is without it.",
    ),
    click.option("--out", type=_FILE, required=True, help="The JSON-lines file to write."),
)


@click.command()
@click.argument("named", metavar="[FRAMEWORK]...", nargs=-1)
@click.option("--check", is_flag=True, help="Draw every block and list what is wrong.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of what is drawn to check.")
def frameworks(*, named: tuple[str, ...], check: bool, seed: int) -> None:
    """List the domain frameworks: FRAMEWORKs, files or shipped domains, else all that are shipped.

    The columns L1 to L5 count the blocks of each level. With --check every block is drawn; what
    is wrong is listed, and the exit code is 1.
    """
    with one_line_faults():
        found = choose_frameworks(named)
    _print_table(found)
    faults = [str(f) for framework in found for f in check_framework(framework, seed=seed)]
    if check and faults:
        raise click.ClickException("\n".join(faults))


def expansion_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what is drawn; the command gets an `expansion` and `out`."""

    @wraps(command)
    def with_expansion(
        *,
        named: tuple[str, ...],
        n_items: int,
        seed: int,
        split: str,
        kinds: tuple[str, ...],
        **given: Any,
    ) -> Any:
        with one_line_faults():
            expansion = Expansion(
                frameworks=choose_frameworks(named),
                n_items=n_items,
                seed=seed,
                split=Split(split),
                kinds=tuple(Kind(kind) for kind in kinds) or tuple(Kind),
            )
            return command(expansion=expansion, **given)

    decorated: Callable[..., Any] = with_expansion
    for option in reversed(_EXPAND_OPTIONS):
        decorated = option(decorated)
    return decorated


def choose_frameworks(named: Sequence[str]) -> tuple[Framework, ...]:
    """The frameworks of these names or files; all that are shipped for none.

    Raises:
        FrameworkError: One cannot be read.
    """
    return tuple(map(find_framework, named)) or tuple(shipped_frameworks().values())


def _print_table(found: Sequence[Framework]) -> None:
    levels = range(1, MAX_LEVEL + 1)
    table = Table("Domain", *_COLUMNS, *(f"L{level}" for level in levels))
    table.columns[0].no_wrap = True
    for framework in found:
        blocks = framework.blocks
        counts = framework.count_levels()
        n_asks = sum(len(block.asks) for block in blocks)
        n_calls = sum(block.call is not None for block in blocks)
        cells = (len(blocks), n_asks, n_calls, *(counts.get(level, 0) for level in levels))
        table.add_row(framework.domain, *map(str, cells))
    Console().print(table)
