"""A tiny model of each architecture that Svend is asked for, through the whole stack.

Their weights are random, so what they say is noise. That they are found, served under their
digest, asked by chat, and that a search over them ends as it should, is what counts here.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from ops.process import wait_until
from tests.acceptance.up_process import Up, starter

pytestmark = pytest.mark.timeout(1500)
# A busy machine with two cores takes minutes where a quiet one takes one.
START_TIMEOUT_S = 600.0
END_TIMEOUT_S = 300.0
TOKENIZER = Path(__file__).parents[2] / "models" / "svend-mini"
CHAT_TEMPLATE = """\
{% for message in messages %}{{ message.role }}: {{ message.content }}
{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}"""
ARCHITECTURES = ("Qwen3", "Llama", "Mistral")
N_SAMPLES = 3
MAX_TOKENS = 24
SHAPE = {
    "vocab_size": 2048,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 32,
    "max_position_embeddings": 1024,
    "tie_word_embeddings": True,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One problem's job on the stack of a model, and the job's log.

    Attributes:
        model: The name of the model's folder.
        job: The job as it ended.
        events: Its whole log.
    """

    model: str
    job: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]


@pytest.fixture(scope="module")
def searches(server_folder: Path) -> Mapping[str, Search]:
    """All at once, since most of a start is spent on one core, and they must not collide."""
    with ExitStack() as stack:
        ups: dict[str, Up] = {}
        for architecture in ARCHITECTURES:
            model = make_model(server_folder / f"tiny-{architecture.lower()}", architecture)
            start = stack.enter_context(starter({"SVEND_MODEL": str(model)}))
            ups[architecture] = start(server_folder / f"up-{architecture.lower()}")
        return {
            architecture: run_search(up, f"tiny-{architecture.lower()}")
            for architecture, up in ups.items()
        }


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_search_over_this_architecture_ends_with_a_whole_log(
    searches: Mapping[str, Search], architecture: str
):
    search = searches[architecture]

    assert search.job["status"] == "succeeded", search.job
    assert search.job["outcome"] in {"unverified", "no_answer"}
    assert [event["seq"] for event in search.events] == list(range(1, len(search.events) + 1))
    assert all(one["hash"] == after["prev_hash"] for one, after in pairwise(search.events))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_this_architecture_is_pinned_by_its_digest_and_asked_by_chat(
    searches: Mapping[str, Search], architecture: str
):
    search = searches[architecture]
    serving = search.events[0]["data"]["pins"]["serving"]

    name, _, digest = serving["model"].partition("@")
    assert (name, serving["profile"]) == (search.model, "chat")
    assert serving["model_fingerprint"] == digest


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_sample_of_this_architecture_was_generated(
    searches: Mapping[str, Search], architecture: str
):
    events = searches[architecture].events
    ended = [event["data"] for event in events if event["type"] == "trial.ended"]

    assert len(ended) == N_SAMPLES
    assert {sample["status"] for sample in ended} <= {"complete", "truncated"}
    assert all(sample["tokens"]["out"] > 0 for sample in ended)


def make_model(folder: Path, architecture: str) -> Path:
    """Write a model with random weights, with the tokenizer of the project's own."""
    import transformers  # noqa: PLC0415 - takes seconds, which tests of other files need not wait

    config = getattr(transformers, f"{architecture}Config")(**SHAPE)
    transformers.set_seed(1)
    getattr(transformers, f"{architecture}ForCausalLM")(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(TOKENIZER / name, folder / name)
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE)
    return folder


def run_search(up: Up, model: str) -> Search:
    """Wait for a stack, submit one problem, and return its job as it ended."""
    url, key = up.wait_until_ready(START_TIMEOUT_S)
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        job = run_job(client)
        page = client.get(f"/v1/jobs/{job['id']}/events", params={"limit": 500}).json()
    assert page["is_complete"]
    return Search(model=model, job=job, events=page["events"])


def run_job(client: httpx.Client) -> Mapping[str, Any]:
    """Submit one problem and return its job as it ended."""
    settings = {"samples": N_SAMPLES, "max_tokens": MAX_TOKENS}
    body = {"problem": "What is 6 x 7?", "settings": settings}
    answer = client.post("/v1/jobs", json=body)
    assert answer.status_code == 202, answer.text
    place = f"/v1/jobs/{answer.json()['id']}"
    open_states = {"queued", "running"}
    assert wait_until(lambda: client.get(place).json()["status"] not in open_states, END_TIMEOUT_S)
    return client.get(place).json()
