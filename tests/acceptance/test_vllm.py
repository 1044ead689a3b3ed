"""What the engine relies on in a real vLLM that serves the project's own model."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from importlib.util import find_spec
from random import Random

import pytest

from engine.adapters.key_equality import KeyEquality
from engine.adapters.memory_log import InMemoryEventLog
from engine.adapters.monotonic_clock import MonotonicClock
from engine.adapters.openai_http import OpenAIChatModel, create_client
from engine.adapters.openai_request import ALL_FEATURES
from engine.adapters.profile_file import load_profile
from engine.answers.extract import declines
from engine.bench.problems import make_problems
from engine.domain.fold import fold
from engine.domain.pins import Serving
from engine.domain.problem import Problem
from engine.domain.program import parse_program
from engine.domain.trial import MAX_CANDIDATES, Sampling
from engine.library import NeverCancelled
from engine.ports import CancelReason, FinishReason, GenerationRequest
from engine.prompts.prompt_set import load_prompt_set
from engine.runner import SearchPorts, SearchRequest, run_search
from engine.runner.flight import Recall
from engine.search.registry import create_algorithm
from engine.search.strategy import Offered
from engine.training.grammar import PROGRAM_GRAMMAR
from ops.vllm import MODULE
from tests.acceptance.conftest import MODEL_FOLDER
from tools.registry import local_tools

pytestmark = pytest.mark.timeout(900)
PROBLEMS = make_problems(64, seed=5)
PROFILE = load_profile(MODEL_FOLDER)
PROMPTS = load_prompt_set(PROFILE.prompt_set)
ENDED = {FinishReason.STOP, FinishReason.LENGTH}


def ask(text: str, *, n: int = 1, seed: int = 7, **sampling) -> GenerationRequest:
    prompt = PROMPTS.render("solve", {"problem": text})
    drawn = Sampling(**{"temperature": 0.8, "max_tokens": 120, **sampling})
    return GenerationRequest(prompt=prompt, n=n, seed=seed, sampling=drawn, stop=("</s>",))


async def collect(model, request):
    choices = [choice async for choice in model.generate(request, NeverCancelled())]
    return sorted(choices, key=lambda choice: choice.index)


@pytest.fixture
async def client():
    async with create_client() as made:
        yield made


@pytest.fixture
def model(vllm_server, client):
    return OpenAIChatModel(
        vllm_server.server, client=client, clock=MonotonicClock(), rng=Random(1)
    )


@pytest.fixture
def read_metric(vllm_server, client):
    async def read(name: str) -> float:
        text = (await client.get(f"{vllm_server.vllm.url()}/metrics")).text
        found = re.findall(rf"^vllm:{name}(?:\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE)
        return sum(map(float, found))

    return read


@pytest.fixture
async def long_problem(model):
    """A problem that the model writes several statements for: weights differ in which."""
    for text in PROBLEMS:
        (whole,) = await collect(model, ask(text, temperature=0.0))
        if whole.finish_reason is FinishReason.STOP and ";" in whole.text:
            return text
    raise LookupError("no program of the model has several statements")


def test_start_command_exists():
    assert find_spec(MODULE) is not None


async def test_server_lists_the_name_with_the_weights_digest(vllm_server, model):
    assert await model.identify() == vllm_server.vllm.model.served_name
    assert re.fullmatch(r"svend-mini@[0-9a-f]{12}", vllm_server.vllm.model.served_name)


async def test_64_seeded_requests_at_once_survive(vllm_server, model):
    requests = [ask(text, seed=number) for number, text in enumerate(PROBLEMS)]
    groups = await asyncio.gather(*(collect(model, request) for request in requests))
    assert [choice.finish_reason in ENDED for (choice,) in groups] == [True] * 64
    assert vllm_server.vllm.is_ready()


async def test_every_feature_is_taken(model):
    request = ask(PROBLEMS[0], n=2, n_candidates=MAX_CANDIDATES)
    await collect(model, replace(request, grammar=PROGRAM_GRAMMAR))
    assert model.features == ALL_FEATURES


async def test_samples_are_held_to_the_grammar_of_programs(model):
    request = ask(PROBLEMS[0], n=8, temperature=2.0, max_tokens=160)
    choices = await collect(model, replace(request, grammar=PROGRAM_GRAMMAR))
    ended = [choice.text for choice in choices if choice.finish_reason is FinishReason.STOP]
    # At this temperature the model would write anything.
    assert ended
    for text in ended:
        source, mark, _ = text.partition("<ans>")
        assert mark
        assert declines(text) or parse_program(source)


async def test_the_stop_text_that_ended_a_step_is_told(model, long_problem):
    request = replace(ask(long_problem, temperature=0.0), stop=(";", "</s>"))
    (step,) = await collect(model, request)
    (whole,) = await collect(model, ask(long_problem, temperature=0.0))
    assert (step.matched_stop, step.is_stop_told) == (";", True)
    assert (whole.matched_stop, whole.is_stop_told) == (None, True)


async def test_the_candidates_give_a_certainty(model):
    sampling = {"n_candidates": MAX_CANDIDATES, "group_tokens": 4}
    (choice,) = await collect(model, ask(PROBLEMS[0], **sampling))
    assert choice.certainty is not None
    assert 0 < choice.certainty.lowest <= choice.certainty.bottom_tenth <= choice.certainty.mean


async def test_an_unsure_sample_is_closed(model, long_problem):
    sampling = {"n_candidates": MAX_CANDIDATES, "group_tokens": 4, "temperature": 0.0}
    (whole,) = await collect(model, ask(long_problem, **sampling))
    (closed,) = await collect(model, ask(long_problem, min_certainty=1_000.0, **sampling))
    assert closed.finish_reason is FinishReason.UNSURE
    assert 0 < len(closed.text) < len(whole.text)


async def test_a_beam_grows_programs_statement_by_statement(vllm_server, model, long_problem):
    offered = Offered(sampling=PROFILE.to_sampling(), prompts=frozenset(PROMPTS.prompts))
    algorithm = create_algorithm("beam", {}, offered)
    log = InMemoryEventLog()
    request = SearchRequest(
        problem=Problem(text=long_problem, root_search_id="beam", seed=1),
        algorithm=algorithm,
        settings=algorithm.settings(),
        profile=PROFILE,
        prompts=PROMPTS,
        serving=Serving(
            model=vllm_server.vllm.model.served_name,
            model_fingerprint="served",
            profile=PROFILE.name,
            prompt_ids=PROMPTS.prompt_ids(),
            canonicaliser=KeyEquality().canonicaliser,
        ),
    )
    clock = MonotonicClock()
    ports = SearchPorts(
        model=model, tools=local_tools(clock), equality=KeyEquality(), log=log, clock=clock
    )
    end = await run_search(request, ports, NeverCancelled())

    steps = fold(log.events).nodes.values()
    assert end.standing.answer is not None
    assert max(node.depth for node in steps) > 1
    # Each node holds one statement: none was written past its mark.
    assert not any(b";" in log.bodies[node.body_ref or ""] for node in steps)


async def test_sample_i_of_a_group_is_the_single_one_with_the_seed_plus_i(model):
    group = await collect(model, ask(PROBLEMS[1], n=8, seed=100, temperature=1.0))
    singles = [
        (await collect(model, ask(PROBLEMS[1], seed=100 + i, temperature=1.0)))[0]
        for i in range(8)
    ]
    others = await collect(model, ask(PROBLEMS[1], n=8, seed=500, temperature=1.0))
    n_same = sum(a.text == b.text for a, b in zip(group, singles, strict=True))
    n_by_chance = sum(a.text == b.text for a, b in zip(group, others, strict=True))
    # A batch's size moves logits by a rounding error, which now and then turns one token.
    assert n_same >= 6
    assert n_by_chance < n_same


async def test_marks_stay_in_the_text_and_the_end_does_not(model):
    (choice,) = await collect(model, ask(PROBLEMS[2], temperature=0.0))
    assert choice.finish_reason is FinishReason.STOP
    assert "<ans>" in choice.text
    assert "</s>" not in choice.text


async def test_tokens_are_those_that_the_server_counts(model, read_metric):
    before = await read_metric("generation_tokens_total")
    before_prompt = await read_metric("prompt_tokens_total")
    groups = await asyncio.gather(*(collect(model, ask(text, n=4)) for text in PROBLEMS[:8]))
    choices = [choice for group in groups for choice in group]
    generated = await read_metric("generation_tokens_total") - before
    prompted = await read_metric("prompt_tokens_total") - before_prompt
    assert sum(choice.tokens.tokens_out for choice in choices) == generated
    # The server counts a group's prompt for each of its samples; here it is counted once.
    assert sum(choice.tokens.tokens_in for choice in choices) * 4 == prompted
    assert sum(choice.model_calls for choice in choices) == 8


async def test_likelihood_counts_every_token(model):
    (choice,) = await collect(model, ask(PROBLEMS[3]))
    assert choice.likelihood is not None
    assert choice.likelihood.n_tokens == choice.tokens.tokens_out
    assert choice.likelihood.mean_logprob <= 0


async def test_cancelling_frees_the_server(model, read_metric):
    cancel = Recall()
    # So hot a sample finds its end by chance only, so that most of them would go on for long.
    request = ask(PROBLEMS[4], n=64, temperature=2.0, max_tokens=400)
    choices = []
    async for choice in model.generate(request, cancel):
        choices.append(choice)
        cancel.set(CancelReason.CANCEL)
    dropped = [choice for choice in choices if choice.finish_reason is FinishReason.DROPPED]
    assert len(choices) == 64
    assert dropped
    await until_idle(read_metric)


async def test_closing_the_iterator_frees_the_server(model, read_metric):
    stream = model.generate(ask(PROBLEMS[5], n=64, temperature=2.0, max_tokens=400), Recall())
    await anext(stream)
    await stream.aclose()
    await until_idle(read_metric)


async def until_idle(read_metric) -> None:
    names = ("num_requests_running", "num_requests_waiting")
    async with asyncio.timeout(30):
        # The server has no event to wait for: asking again is the only way.
        while sum([await read_metric(name) for name in names]):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_prompt_beyond_the_context_is_refused_for_good(model):
    (choice,) = await collect(model, ask("many words " * 600))
    assert choice.finish_reason is FinishReason.ERROR
    assert not choice.is_unavailable
    assert model.features == ALL_FEATURES


async def test_wrong_key_is_refused_for_good(vllm_server, client):
    wrong = replace(vllm_server.server, api_key="another")
    model = OpenAIChatModel(wrong, client=client, clock=MonotonicClock(), rng=Random(1))
    (choice,) = await collect(model, ask(PROBLEMS[6]))
    assert (choice.finish_reason, choice.is_unavailable) == (FinishReason.ERROR, False)
    assert "401" in choice.error
