"""Lets one algorithm of another package answer questions: run by the Python of its environment.

Takes on standard input a JSON object with the peer, its algorithm, the budget, the URL of a replay
server, and the questions, each an id and a text. Writes a JSON line an answer: id, text, wall_ms,
samples, tokens. Nothing of Svend is imported, so that the environment needs none of it.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

MARK = re.compile(r"Answer:\s*(.+)")
TIMEOUT_S = 120
MAX_TOKENS = 512
TEMPERATURE = 0.5

Solve = Callable[[str], str]


def read_answer(text: str) -> str:
    """Return what stands behind the last mark of an answer; the whole text without one."""
    found = MARK.findall(text)
    return found[-1].strip() if found else text.strip()


def make_its_hub(algorithm: str, url: str, model: str, budget: int) -> Solve:
    """Return an algorithm of its_hub, voting over marked answers."""
    its_hub = import_module("its_hub")

    chosen = getattr(its_hub, algorithm)(consistency_space_projection_func=read_answer)
    lm = its_hub.OpenAICompatibleLanguageModel(
        endpoint=f"{url}/v1",
        api_key="none",
        model_name=model,
        temperature=TEMPERATURE,
        max_completion_tokens=MAX_TOKENS,
    )

    async def ask(question: str) -> str:
        try:
            reply = await chosen.ainfer(lm, question, budget)
        finally:
            await lm.close()
        return str(reply.get("content"))

    return lambda question: asyncio.run(ask(question))


def make_optillm(algorithm: str, url: str, model: str, budget: int) -> Solve:
    """Return an approach of OptiLLM."""
    openai = import_module("openai")
    voting = import_module("optillm.plugins.majority_voting_plugin")
    clustering = import_module("optillm.self_consistency")

    client = openai.OpenAI(base_url=f"{url}/v1", api_key="none", timeout=TIMEOUT_S, max_retries=0)
    config = {"k": budget, "temperature": TEMPERATURE, "max_tokens": MAX_TOKENS}

    def vote(question: str) -> str:
        return voting.run("", question, client, model, config)[0]

    def cluster(question: str) -> str:
        approach = clustering.AdvancedSelfConsistency(client, model, budget, request_config=config)
        clusters = approach.evaluate("", question)["aggregated_result"]["clusters"]
        return clusters[0]["answer"] if clusters else ""

    return {"majority_voting": vote, "self_consistency": cluster}[algorithm]


def make_adaptive_consistency(algorithm: str, url: str, model: str, budget: int) -> Solve:
    """Return AdaptiveConsistency's loop: a sample at a time until its rule stops."""
    rule = import_module("adaptive_consistency").AC(max_gens=budget, stop_criteria=algorithm)

    def ask(question: str) -> str:
        answers: list[str] = []
        while len(answers) < budget:
            body = {"model": model, "messages": [{"role": "user", "content": question}]}
            sample = call(f"{url}/v1/chat/completions", {**body, "temperature": TEMPERATURE})
            answers.append(read_answer(sample["choices"][0]["message"]["content"]))
            if rule.should_stop(answers):
                break
        return f"Answer: {Counter(answers).most_common(1)[0][0]}"

    return ask


PEERS: dict[str, Callable[[str, str, str, int], Solve]] = {
    "its_hub": make_its_hub,
    "optillm": make_optillm,
    "adaptive_consistency": make_adaptive_consistency,
}


def call(url: str, body: Mapping[str, Any] | None = None) -> Any:
    """Send a request, a POST where there is a body, and return the reply."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - the loopback address, from our own caller
        url, data=data, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as reply:  # noqa: S310
        return json.load(reply)


def main() -> None:
    """Answer every question, one after the other."""
    # Packages print what they please; the answers have a way out of their own.
    out, sys.stdout = sys.stdout, sys.stderr
    task = json.load(sys.stdin)
    url = task["url"]
    model = call(f"{url}/v1/models")["data"][0]["id"]
    solve = PEERS[task["peer"]](task["algorithm"], url, model, task["budget"])
    for question in task["questions"]:
        call(f"{url}/replay/reset", {})
        began = time.monotonic()
        text = solve(question["text"])
        wall_ms = round((time.monotonic() - began) * 1000)
        counts = call(f"{url}/replay/counts")
        answer = {"id": question["id"], "text": text, "wall_ms": wall_ms}
        row = {**answer, "samples": counts["samples"], "tokens": counts["tokens"]}
        out.write(json.dumps(row) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
