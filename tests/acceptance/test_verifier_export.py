"""A classifier made of a verifier gives its scores when vLLM's pooling runner serves it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from engine.adapters.classify_verifier import ClassifyVerifier
from engine.adapters.monotonic_clock import MonotonicClock
from engine.adapters.openai_http import ModelServer, create_client
from engine.adapters.verifier_file import load_verifier_profile
from engine.adapters.verifier_http import VerifierHttp, VerifierServer
from engine.domain.profile import EndpointKind
from engine.library import NeverCancelled
from engine.ports import Claim
from ops.model import find_model
from ops.ports import find_free_port
from ops.process import start_process, wait_until
from ops.vllm import HOST, VllmServer
from tests.acceptance.conftest import API_KEY, START_TIMEOUT_S

pytestmark = pytest.mark.timeout(900)
# The same arithmetic in other kernels; what a server rounds off must change no decision.
TOLERANCE = 1e-3


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[Claim, float]]:
    """The classifier's folder, and the language model's score of each claim."""
    import torch  # noqa: PLC0415 - takes seconds, which tests of other files need not wait

    from engine.training.export.forms import Form, export_verifier  # noqa: PLC0415
    from engine.training.verifier.judge_folder import new_language_judge  # noqa: PLC0415
    from engine.training.verifier.settings import VerifierSettings  # noqa: PLC0415
    from tests.unit.engine.training.verifier import made_up  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("verifier")
    made_up.write_base(folder / "base", made_up.make_tokenizer())
    judge = new_language_judge(folder / "base", VerifierSettings(seed=3), device="cpu")
    with torch.no_grad():
        # A new adapter changes nothing; this one does, and far enough that scores differ.
        for name, parameter in judge.model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=1.0)
    judge.save(folder / "adapter")
    chains = made_up.make_chains(8, seed=1)
    scores = [score.whole for score in judge.score(chains)]
    base = folder / "base"
    export_verifier(folder / "adapter", folder, [Form.CLASSIFIER], base=base)
    claims = [
        Claim(problem=one.question, steps=(*one.steps[:-1], f"{one.steps[-1]}<ans>b"))
        for one in chains
    ]
    return folder / Form.CLASSIFIER, dict(zip(claims, scores, strict=True))


@pytest.fixture(scope="module")
def pooling_server(
    exported: tuple[Path, dict[Claim, float]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModelServer]:
    folder = tmp_path_factory.mktemp("pooling")
    vllm = VllmServer(
        model=find_model(str(exported[0])),
        port=find_free_port(HOST),
        api_key=API_KEY,
        log=folder / "vllm.log",
        cache_folder=folder / "cache",
        environment=dict(os.environ),
    )
    spec = vllm.spec()
    # What is meant for streams of tokens ends a server that pools.
    pooling = ["--runner", "pooling", "--dtype", "float32", "--stream-interval", "1"]
    process = start_process(replace(spec, command=[*spec.command, *pooling]))
    try:
        wait_until(lambda: vllm.is_ready() or process.exit_code() is not None, START_TIMEOUT_S)
        if not vllm.is_ready():
            pytest.fail(f"vLLM did not start:\n{vllm.log.read_text()[-4000:]}")
        yield ModelServer(
            base_url=vllm.url(),
            model=vllm.model.served_name,
            api_key=API_KEY,
            kind=EndpointKind.COMPLETIONS,
        )
    finally:
        process.stop()


async def test_the_served_classifier_gives_the_verifiers_scores(exported, pooling_server):
    folder, expected = exported
    profile = load_verifier_profile(folder / "svend-verifier-profile.json")
    async with create_client() as client:
        http = VerifierHttp(
            VerifierServer(server=pooling_server),
            client=client,
            clock=MonotonicClock(),
            rng=Random(1),
        )
        judgements = await ClassifyVerifier(http, profile).judge(list(expected), NeverCancelled())
    assert [judgement.error for judgement in judgements] == [None] * len(expected)
    scores = [judgement.score for judgement in judgements]
    assert scores == pytest.approx(list(expected.values()), abs=TOLERANCE)
    # Scores that were all alike would agree whatever was served.
    assert max(expected.values()) - min(expected.values()) > 10 * TOLERANCE
