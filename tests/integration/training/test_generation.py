"""`svend data generate` against a scripted server: faults, limits, kills and the cap."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.training.datasets.file import read_examples
from ops.process import wait_until
from tests.fakes import model_server
from tests.integration.training.generating import (
    FRAMEWORK,
    ScriptedServer,
    asked_of,
    blueprint,
    rows,
    run,
    words,
    write_two,
)

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 60
# Port 9 discards; nothing listens there.
NOBODY = SimpleNamespace(url="http://127.0.0.1:9")


@pytest.fixture
def framework(tmp_path):
    path = tmp_path / "gardening.toml"
    path.write_text(FRAMEWORK, encoding="utf-8")
    return path


def test_quota_is_filled_with_examples_that_run(framework, tmp_path):
    with ScriptedServer() as server:
        result = run(*words(server, framework, tmp_path / "out"))
    assert result.exit_code == 0, result.output
    examples = list(read_examples(tmp_path / "out" / "examples.jsonl"))
    assert len(examples) == 8
    assert {example.answer for example in examples} == {"20"}
    assert re.search(r"re-checked by execution: 100.00% right \(n = 8\)", result.output)


def test_second_run_asks_nothing_and_writes_the_same(framework, tmp_path):
    out = tmp_path / "out"
    with ScriptedServer() as server:
        run(*words(server, framework, out))
        before = (out / "examples.jsonl").read_bytes()
        n_asked = len(server.calls)
        assert run(*words(server, framework, out)).exit_code == 0
        assert len(server.calls) == n_asked
    assert (out / "examples.jsonl").read_bytes() == before


def test_killed_run_goes_on_without_duplicate_or_loss(framework, tmp_path):
    out = tmp_path / "killed"
    with ScriptedServer(latency_s=0.05) as server:
        arguments = words(server, framework, out, "--concurrency", "3", n=60)
        journal = out / "journal.jsonl"

        def has_begun():
            return journal.exists() and journal.read_bytes().count(b"\n") >= 5

        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.svend.main", "data", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            assert wait_until(lambda: has_begun() or process.poll() is not None, PATIENCE_S)
            assert process.poll() is None, process.stdout.read().decode()
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        done = {row["id"] for row in rows_of_whole_lines(journal)}
        # A kill in mid-write leaves a torn line.
        with journal.open("ab") as file:
            file.write(b'{"id": "math-0000')
        server.calls.clear()
        server.latency_s = 0.0
        result = run(*arguments)
        assert result.exit_code == 0, result.output
        entries = rows(journal)[1:]
        assert len(server.calls) == len(entries) - len(done)
        whole = run(*words(server, framework, tmp_path / "whole", n=60))
        assert whole.exit_code == 0
    assert len({row["id"] for row in entries}) == len(entries) == 30
    written = (out / "examples.jsonl").read_bytes()
    assert written == (tmp_path / "whole" / "examples.jsonl").read_bytes()
    assert len(set(written.splitlines())) == 60


def rows_of_whole_lines(journal):
    return [json.loads(line) for line in journal.read_bytes().split(b"\n")[1:-1]]


def test_retry_after_is_waited_out(framework, tmp_path):
    with ScriptedServer() as server:
        server.retry_after = [1]
        result = run(*words(server, framework, tmp_path / "out", "--concurrency", "1", n=2))
        assert result.exit_code == 0, result.output
        assert len(server.calls) == 1


def test_bad_replies_are_counted_by_reason_and_asked_anew(framework, tmp_path):
    bad = iter(
        [
            "I'm sorry, I cannot help with that.",
            '{"blueprints": [{"question": ',
            json.dumps({"blueprints": [blueprint("x", answer="21"), blueprint("y")]}),
            json.dumps({"blueprints": [blueprint("z", program="pens=n*q")]}),
            json.dumps({"blueprints": [blueprint("y"), {"question": "How many?"}]}),
            json.dumps({"blueprints": [blueprint("mail a.b@example.org")]}),
        ]
    )
    with ScriptedServer(lambda prompt, seed: next(bad, None) or write_two(prompt, seed)) as server:
        result = run(
            *words(server, framework, tmp_path / "out", "--concurrency", "1", n=6),
            *("--attempts", "4"),
        )
    assert result.exit_code == 0, result.output
    reasons = ("refused", "not-json", "answer-disagrees", "slot-unbound", "duplicate")
    for reason in (*reasons, "program-fails", "personal-data"):
        assert f"{reason} 1" in result.output


def test_truncated_reply_is_not_kept(framework, tmp_path, monkeypatch):
    frames = model_server._frames

    def cut(*arguments, **settings):
        for frame in frames(*arguments, **settings):
            for choice in frame["choices"]:
                choice["finish_reason"] = choice["finish_reason"] and "length"
            yield frame

    monkeypatch.setattr(model_server, "_frames", cut)
    with ScriptedServer() as server:
        result = run(*words(server, framework, tmp_path / "out", n=2))
    assert result.exit_code == 5
    assert "truncated 3" in result.output
    assert "no labels to check again" in result.output


def test_cap_is_never_overshot_and_a_larger_one_goes_on(framework, tmp_path):
    out = tmp_path / "out"
    prices = ("--prompt-price", "1000", "--completion-price", "1000")
    with ScriptedServer(latency_s=0.01) as server:
        capped = run(*words(server, framework, out, *prices, "--max-cost", "3.5", n=40))
        n_asked = len(server.calls)
        assert capped.exit_code == 4, capped.output
        assert "larger --max-cost to go on" in capped.output.splitlines()[-1]
        spent = float(re.search(r"cost ([\d.]+) of at most 3.5", capped.stdout)[1])
        assert 0 < spent <= 3.5
        result = run(*words(server, framework, out, *prices, "--max-cost", "1000", n=40))
        assert result.exit_code == 0, result.output
    assert 0 < n_asked < 20
    assert len(server.calls) == 20
    assert len(set(asked_of(server))) == 20


def test_server_that_refuses_ends_the_run_in_one_line(framework, tmp_path):
    with ScriptedServer() as server:
        server.refuse(401, 1)
        result = run(*words(server, framework, tmp_path / "out", "--concurrency", "1"))
        assert result.exit_code == 3
        assert "the server failed" in result.output.splitlines()[-1]
        assert run(*words(server, framework, tmp_path / "out")).exit_code == 0


def test_key_is_sent_and_never_stored(framework, tmp_path, monkeypatch):
    monkeypatch.setenv("MODEL_KEY", "secret-in-tests")
    heads = []

    class Listening(ScriptedServer):
        async def _serve(self, reader, writer):
            line = await reader.readuntil(b"\r\n\r\n")
            heads.append(line)
            again = asyncio.StreamReader()
            again.feed_data(line + await reader.readexactly(model_server._content_length(line)))
            return await super()._serve(again, writer)

    out = tmp_path / "out"
    with Listening() as server:
        result = run(*words(server, framework, out, "--key-variable", "MODEL_KEY", n=2))
    assert result.exit_code == 0, result.output
    assert any(b"Bearer secret-in-tests" in head for head in heads)
    for path in out.iterdir():
        assert b"secret-in-tests" not in path.read_bytes()


def test_other_settings_are_refused(framework, tmp_path):
    with ScriptedServer() as server:
        run(*words(server, framework, tmp_path / "out", n=2))
        result = run(*words(server, framework, tmp_path / "out", "--seed", "7", n=2))
    assert result.exit_code == 1
    assert "begun with another seed" in result.output


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (("--kind", "solutions"), "of the questions of --from FILE"),
        (("--mini",), "--mini models write programs only"),
        (("--max-cost", "1"), "needs --prompt-price"),
        (("--quota", "math=3"), "--n or --quota"),
        (("--key-variable", "SVEND_NO_SUCH_KEY"), "holds no key"),
    ],
    ids=["no questions", "mini blueprints", "no prices", "two ways", "no key"],
)
def test_options_that_make_no_sense_are_refused(framework, tmp_path, more, fault):
    result = run(*words(NOBODY, framework, tmp_path / "out", *more))
    assert result.exit_code == 2
    assert fault in result.output


def test_server_that_is_not_there_is_told_in_one_line(framework, tmp_path):
    result = run(*words(NOBODY, framework, tmp_path / "out"))
    assert result.exit_code == 3
    assert "Traceback" not in result.output


def test_each_category_has_its_quota(tmp_path):
    paths = []
    for category in ("math", "physics"):
        path = tmp_path / f"{category}.toml"
        path.write_text(FRAMEWORK.replace('"math"', f'"{category}"').replace("gard", category[0]))
        paths.append(path)
    more = ("--framework", paths[1], "--quota", "math=3", "--quota", "physics=5")
    with ScriptedServer() as server:
        result = run(*words(server, paths[0], tmp_path / "out", *more, n=None))
    assert result.exit_code == 0, result.output
    assert "math: 3 of 3 kept" in result.output
    assert "physics: 5 of 5 kept" in result.output
    found = [made.origin.category for made in read_examples(tmp_path / "out" / "examples.jsonl")]
    assert (found.count("math"), found.count("physics")) == (3, 5)


def test_quota_of_no_category_is_refused(framework, tmp_path):
    result = run(*words(NOBODY, framework, tmp_path / "out", "--quota", "poetry=3", n=None))
    assert result.exit_code == 2
    assert "no CATEGORY=N with one of math" in result.output
