"""`svend bench judge`: have a verifier judge recorded samples, for votes that it weighs."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from random import Random

import click
from httpx import AsyncClient

from engine.adapters.caching_verifier import JudgementCache
from engine.adapters.monotonic_clock import MonotonicClock
from engine.adapters.openai_http import ModelServer, create_client
from engine.adapters.shape_verifier import ShapeVerifier
from engine.adapters.verifier_file import load_shape_model, load_verifier_profile
from engine.adapters.verifier_http import VerifierHttp, VerifierServer
from engine.bench.strategies.judge import judge_problem
from engine.bench.strategies.recording import Recording, render_line
from engine.config import Settings, load_settings
from engine.domain.errors import CalibrationError, InvalidInputError, ModelError, SettingsError
from engine.prompts.prompt_set import load_prompt_set
from scripts.svend.bench_model import BenchedModel, ModelChoice, find_model_here, model_options
from scripts.svend.bench_record import read_recording
from scripts.svend.errors import CommandError, UnreachableError
from scripts.svend.progress import LiveDisplay, make_consoles
from workers.verifier import FoundVerifier, VerifierFinder

SHAPE = "shape"

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--recording", "path", required=True, type=_FILE, help="From `svend bench record`.")
@click.option("--out", required=True, type=_FILE, help="The judged recording; nothing yet.")
@model_options
def judge(*, path: Path, out: Path, model: ModelChoice) -> None:
    """Have a verifier judge recorded samples, for votes that it weighs.

    The verifier is the one that a worker would find: the adapter `verifier` beside the model, or
    what SVEND_VERIFIER_KIND and its neighbours name; the kind `shape` asks no server. `svend bench
    strategies` over the judged recording then compares votes by verifier and best-of-N by verifier
    with all the others.
    """
    if out.exists():
        raise CommandError(f"{out} is there already: choose another --out.")
    recording = read_recording(path)
    try:
        settings = load_settings(os.environ, read=lambda name: Path(name).read_text())
        shape = load_shape_model(settings.verifier_shape_path)
        benched = None if settings.verifier_kind == SHAPE else find_model_here(model)
    except (CalibrationError, InvalidInputError, SettingsError) as error:
        raise click.UsageError(str(error)) from error
    if benched is not None:
        n_judged = asyncio.run(_judge(recording, settings, benched, out))
    elif shape is not None:
        found = FoundVerifier(verifier=ShapeVerifier(shape), cache=JudgementCache())
        n_judged = asyncio.run(_write(recording, found, out))
    else:
        raise click.UsageError("the kind shape needs SVEND_VERIFIER_SHAPE to name a file")
    click.echo(f"{n_judged} samples of {len(recording.problems)} problems are judged in {out}")


async def _judge(
    recording: Recording, settings: Settings, benched: BenchedModel, out: Path
) -> int:
    try:
        async with create_client() as client:
            return await _write(recording, await _find_verifier(client, settings, benched), out)
    except ModelError as error:
        raise UnreachableError(f"{benched.server.root_url}: {error}") from error


async def _write(recording: Recording, found: FoundVerifier, out: Path) -> int:
    # Written aside: what is there under its name is whole.
    n_judged, part = 0, out.with_name(f"{out.name}.part")
    _, err = make_consoles()
    with part.open("w", encoding="utf-8", newline="\n") as file, LiveDisplay(err) as display:
        bar = display.add_bar("judge", len(recording.problems))
        file.write(render_line(replace(recording.header, verifier=found.version).to_data()))
        for number, problem in enumerate(recording.problems, start=1):
            judged = await judge_problem(problem, found.verifier)
            file.write(render_line(judged.to_data()))
            n_judged += sum(sample.judgement is not None for sample in judged.samples)
            display.move_bar(bar, number, problem.problem_id)
    part.rename(out)
    return n_judged


async def _find_verifier(
    client: AsyncClient, settings: Settings, benched: BenchedModel
) -> FoundVerifier:
    """What a worker over the same model and the same settings would judge by."""

    def connect(server: ModelServer) -> VerifierHttp:
        # Spreads retries over time; nothing secret hangs on it.
        rng = Random()  # noqa: S311
        return VerifierHttp(VerifierServer(server=server), client=client, clock=clock, rng=rng)

    clock = MonotonicClock()
    server = benched.server
    finder = VerifierFinder(
        settings=replace(settings, llm_url=server.root_url, llm_api_key=server.api_key),
        profile=benched.profile,
        prompts=load_prompt_set(benched.profile.prompt_set),
        verifier_profile=load_verifier_profile(settings.verifier_profile_path),
        connect=connect,
    )
    base_model = server.model or (await connect(server).list_models())[0]
    found = await finder.find(base_model)
    if found is None:
        raise CommandError(
            "nothing can judge here: no verifier is served beside the model, or the model's "
            "prompts have no way to ask it"
        )
    return found
