"""`svend train drift`: how behaviour moved between two versions of a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console

from engine.training.command_line import FILE, FOLDER, one_line_faults
from engine.training.commands import open_progress
from engine.training.drift.behaviour import Behaviour, Sampling, observe
from engine.training.drift.comparison import compare
from engine.training.drift.gate import Gate, InvalidGateError, list_failures, parse_gate
from engine.training.drift.prompt import Prompt, draw_prompts, read_prompts
from engine.training.drift.report import DriftReport, Side, show_table, write_report
from engine.training.drift.version import Version, open_version, understood
from engine.training.tune.library import quiet_libraries

_WIDTH: Final = 140


@click.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--prompts",
    "path",
    type=FILE,
    help="JSON lines: id, problem, and optionally answer, tools, paraphrases.",
)
@click.option(
    "--stories",
    "n_stories",
    type=click.IntRange(1),
    help="Draw so many questions of stories instead, each told in several phrasings.",
)
@click.option("--out", "out_dir", type=FOLDER, required=True, help="For report.md, report.json.")
@click.option(
    "--samples",
    "n_samples",
    type=click.IntRange(0),
    default=8,
    show_default=True,
    help="Of each prompt, for the stability under seeds; 0 for none.",
)
@click.option(
    "--temperature",
    type=click.FloatRange(0, min_open=True),
    help="Of the samples.  [default: each model's profile]",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of questions and samples.")
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="Where the models are run.",
)
@click.option(
    "--fail-below",
    "bars",
    multiple=True,
    metavar="NAME=VALUE",
    help="Exit with 1 when a figure is lower: agreement, tool-agreement, accuracy, paraphrase or"
    " seed, such as agreement=0.9. Repeatable.",
)
@one_line_faults()
def drift(
    *,
    old: str,
    new: str,
    path: Path | None,
    n_stories: int | None,
    out_dir: Path,
    bars: Sequence[str],
    **given: Any,
) -> None:
    """Say how behaviour moved from OLD to NEW, folders of models or URLs of servers.

    On the same prompts: answers, right and wrong, length, refusals, tools chosen, and how stable
    each version is under paraphrase and seed, with 95 % intervals.
    """
    quiet_libraries()
    gates = _read_gates(bars)
    prompts = _list_prompts(path, n_stories, given["seed"])
    versions = [open_version(place, device=given["device"]) for place in (old, new)]
    samplings = [_sampling(version, given) for version in versions]
    behaviours = _observe(versions, samplings, prompts)
    report = DriftReport(
        old=_side(versions[0], samplings[0]),
        new=_side(versions[1], samplings[1]),
        prompts=path.name if path else "stories",
        n_samples=given["n_samples"],
        seed=given["seed"],
        found=compare(prompts, *behaviours, seed=given["seed"]),
    )
    write_report(out_dir, report)
    Console(width=_WIDTH).print(show_table(report.found))
    failures = list_failures(report.found, gates)
    if failures:
        raise click.ClickException("\n".join(failures))


def _read_gates(bars: Sequence[str]) -> list[Gate]:
    try:
        return [parse_gate(bar) for bar in bars]
    except InvalidGateError as error:
        raise click.UsageError(str(error)) from error


def _list_prompts(path: Path | None, n_stories: int | None, seed: int) -> tuple[Prompt, ...]:
    if path is not None and n_stories is None:
        return read_prompts(path)
    if path is None and n_stories is not None:
        return draw_prompts(n_stories, seed=seed)
    raise click.UsageError("give either --prompts or --stories")


def _sampling(version: Version, given: dict[str, Any]) -> Sampling:
    temperature = given["temperature"] or version.temperature
    if temperature is None and given["n_samples"]:
        raise click.UsageError(
            f"{version.name} has no profile that names a temperature: give --temperature"
        )
    return Sampling(
        n_samples=given["n_samples"], temperature=temperature or 1.0, seed=given["seed"]
    )


def _observe(
    versions: Sequence[Version], samplings: Sequence[Sampling], prompts: Sequence[Prompt]
) -> list[list[Behaviour]]:
    found: list[list[Behaviour]] = []
    with open_progress() as progress, understood():
        pairs = list(zip(versions, samplings, strict=True))
        for version, sampling in progress.track(pairs, description="versions"):
            found.append(observe(version.model, prompts, sampling))
    return found


def _side(version: Version, sampling: Sampling) -> Side:
    return Side(
        name=version.name,
        weights_sha256=version.digest,
        temperature=sampling.temperature if sampling.n_samples else None,
    )
