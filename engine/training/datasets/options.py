"""What commands over data sets share: the screen's options and the rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click

from engine.training.command_line import FILE, one_line_faults
from engine.training.datasets.validate import Rules
from engine.training.screen import Screen, load_screen

_SCREEN_OPTIONS: Final = (
    click.option("--screen-exact", type=FILE, help="Hashes of held-back questions, .npy."),
    click.option("--screen-13gram", "screen_windows", type=FILE, help="The same, of 13 words."),
    click.option("--no-screen", is_flag=True, help="Go on without: held-back text may be in it."),
)


def screen_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of the screen, and hand the loaded screen (or None) to the command."""

    @wraps(command)
    def with_screen(
        *,
        screen_exact: Path | None,
        screen_windows: Path | None,
        no_screen: bool,
        **given: Any,
    ) -> Any:
        with one_line_faults():
            screen = _load(screen_exact, screen_windows, is_refused=no_screen)
        return command(screen=screen, **given)

    decorated: Callable[..., Any] = with_screen
    for option in reversed(_SCREEN_OPTIONS):
        decorated = option(decorated)
    return decorated


def rules_of(tools: tuple[str, ...], tokenizer: Path | None, max_tokens: int | None) -> Rules:
    """What examples are held to.

    Raises:
        DatasetError: When there is no tokenizer in the folder.
    """
    known = frozenset(tools) or None
    if tokenizer is None:
        return Rules(tools=known)
    # Only this needs a tokenizer's library, which takes seconds to load.
    from engine.training.datasets.length import load_counter  # noqa: PLC0415

    return Rules(tools=known, count_tokens=load_counter(tokenizer), max_tokens=max_tokens)


def _load(exact: Path | None, windows: Path | None, *, is_refused: bool) -> Screen | None:
    if is_refused:
        if exact is not None or windows is not None:
            raise click.UsageError("--no-screen goes with no screen")
        return None
    if exact is None or windows is None:
        raise click.UsageError(
            "give --screen-exact and --screen-13gram, or say --no-screen to go on without"
        )
    return load_screen(exact, windows)
