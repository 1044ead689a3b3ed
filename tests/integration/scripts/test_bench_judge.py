"""`svend bench judge` over HTTP: the verifier beside the model, and votes that it weighs."""

from __future__ import annotations

import pytest
from anyio.from_thread import start_blocking_portal
from click.testing import CliRunner

from engine.bench.strategies.recording import render_line
from scripts.svend.bench_judge import judge
from scripts.svend.bench_record import read_recording
from scripts.svend.bench_strategies import strategies
from tests.contract.verifier.judge_server import MODEL, JudgeServer
from tests.unit.engine.bench.strategies.tape import problem, recording

NO_MODEL = dict.fromkeys(("SVEND_LLM_URL", "SVEND_PROFILE", "SVEND_MODEL_NAME", "SVEND_DATA_DIR"))


@pytest.fixture
def make_server():
    with start_blocking_portal() as portal:
        opened = []

        def make(**given):
            server = JudgeServer(lambda text: 0.9 if "so it is 7" in text else 0.2, **given)
            serving = portal.wrap_async_context_manager(server.serving())
            opened.append(serving)
            return serving.__enter__()

        yield make
        for serving in opened:
            serving.__exit__(None, None, None)


@pytest.fixture
def tape(tmp_path):
    path = tmp_path / "tape.jsonl"
    drawn = recording(
        problem(["8", "8", "7", None], name="a"), problem(["7", "7", "8", "7"], name="b")
    )
    lines = [drawn.header, *drawn.problems]
    path.write_text("".join(render_line(line.to_data()) for line in lines))
    return path


def ask(tape, out, *given, **environ):
    command = ["--recording", str(tape), "--out", str(out), *given]
    return CliRunner().invoke(judge, command, env={**NO_MODEL, **environ})


def test_a_judged_recording_is_compared_by_verifier(make_server, tape, tmp_path):
    out = tmp_path / "judged.jsonl"
    done = ask(tape, out, "--llm-url", make_server().url)

    assert done.exit_code == 0, done.output
    assert "7 samples of 2 problems" in done.output
    judged = read_recording(out)
    assert MODEL in judged.header.verifier
    scores = [one.judgement and one.judgement.score for one in judged.problems[0].samples]
    assert scores == [pytest.approx(0.2), pytest.approx(0.2), pytest.approx(0.9), None]

    shown = CliRunner().invoke(strategies, ["--recording", str(out)], env=NO_MODEL)
    assert shown.exit_code == 0, shown.output
    row = next(line for line in shown.output.splitlines() if "vote by verifier" in line)
    assert "100.0%" in row


def test_a_recording_that_is_there_is_not_written_over(make_server, tape):
    before = tape.read_bytes()
    done = ask(tape, tape, "--llm-url", make_server().url)

    assert done.exit_code != 0
    assert "is there already" in done.output
    assert tape.read_bytes() == before


def test_a_server_that_does_not_answer_leaves_no_recording(tape, tmp_path):
    done = ask(tape, tmp_path / "judged.jsonl", "--llm-url", "http://127.0.0.1:9")

    assert done.exit_code == 3
    assert "127.0.0.1:9" in done.output
    assert not (tmp_path / "judged.jsonl").exists()


def test_a_stack_that_judges_nothing_is_named(make_server, tape, tmp_path):
    url = make_server().url
    done = ask(tape, tmp_path / "judged.jsonl", "--llm-url", url, SVEND_VERIFIER_KIND="none")

    assert done.exit_code != 0
    assert "nothing can judge here" in done.output
