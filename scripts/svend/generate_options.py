"""The options of `svend data generate`: what is wanted, and of which server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click

from engine.training.command_line import FILE, FOLDER
from engine.training.generation.kept import UNSTATED
from engine.training.generation.plan import Kind

_POSITIVE: Final = click.IntRange(min=1)
_MONEY: Final = click.FloatRange(min=0)
_WHAT: Final = (
    click.option(
        "--kind", type=click.Choice([k.value for k in Kind]), required=True, help="Of data."
    ),
    click.option("--framework", "frameworks", multiple=True, help="Domain or file; default: all."),
    click.option("--from", "source", type=FILE, help="Blueprints or questions, JSON lines."),
    click.option("--out", type=FOLDER, required=True, help="Folder of the journal and the files."),
    click.option("--n", type=_POSITIVE, help="Wanted in all, the same of each category."),
    click.option("--quota", "quotas", multiple=True, metavar="CATEGORY=N", help="Of a category."),
    click.option(
        "--attempts", type=_POSITIVE, default=3, show_default=True, help="How often over to ask."
    ),
    click.option(
        "--per-request",
        type=click.IntRange(1, 50),
        default=5,
        show_default=True,
        help="Blueprints or paraphrases asked for at once.",
    ),
    click.option(
        "--samples",
        type=click.IntRange(1, 64),
        default=8,
        show_default=True,
        help="Solutions of each question.",
    ),
    click.option(
        "--instances",
        type=click.IntRange(1, 100),
        default=1,
        show_default=True,
        help="Examples of each blueprint.",
    ),
    click.option(
        "--seed",
        type=int,
        default=0,
        show_default=True,
        help="Of the prompts, the model's samples and the values that are drawn.",
    ),
    click.option("--licence", default=UNSTATED, help="Of what the model writes."),
)
_SERVER: Final = (
    click.option("--url", required=True, help="The server's, with or without /v1."),
    click.option("--model", default="", help="Its name there; default: the first listed."),
    click.option("--key-variable", help="Environment variable that holds the key."),
    click.option("--mini", is_flag=True, help="The model writes svend-mini's marks; solutions."),
    click.option("--majority", is_flag=True, help="Label so even where an answer is stated."),
    click.option(
        "--temperature",
        type=click.FloatRange(0, 2),
        default=0.8,
        show_default=True,
        help="At which the model draws.",
    ),
    click.option(
        "--max-tokens",
        type=_POSITIVE,
        default=2048,
        show_default=True,
        help="Of one text of the model's.",
    ),
    click.option(
        "--timeout",
        "timeout_s",
        type=click.FloatRange(min=1),
        default=300.0,
        help="Of an attempt, s.",
    ),
    click.option(
        "--concurrency",
        type=click.IntRange(1, 256),
        default=8,
        show_default=True,
        help="Requests in flight at once.",
    ),
    click.option("--requests-per-minute", type=_POSITIVE, help="The server's limit."),
    click.option("--tokens-per-minute", type=_POSITIVE, help="The server's limit."),
    click.option("--prompt-price", type=_MONEY, default=0.0, help="Of a million tokens sent."),
    click.option("--completion-price", type=_MONEY, default=0.0, help="Of a million written."),
    click.option("--max-cost", type=_MONEY, help="Stop in good order before more is spent."),
)


def generate_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command."""
    for option in reversed((*_WHAT, *_SERVER)):
        command = option(command)
    return command
