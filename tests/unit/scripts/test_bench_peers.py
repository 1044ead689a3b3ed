from __future__ import annotations

import sys

import pytest

from engine.bench.strategies.contest import fixed_vote
from engine.bench.strategies.dealer import Dealer
from scripts import bench_peers
from scripts.bench_peer_client import read_answer
from scripts.bench_peers import PeerError, run_own, run_peer, serve
from tests.unit.engine.bench.strategies.tape import problem, recording

NAMES = ["8", "7", "7", "7"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [("so\nAnswer: 7 ", "7"), ("Answer: 6\nAnswer: 7", "7"), (" none ", "none")],
    ids=["marked", "last-mark", "unmarked"],
)
def test_peers_vote_over_marked_answers(text, answer):
    assert read_answer(text) == answer


async def test_our_vote_takes_its_samples_from_the_server():
    tape = recording(problem(NAMES, name="a"), problem(NAMES, name="b", gold="8"))
    with serve(Dealer(tape, marks_answers=True), 0) as server:
        runs = await run_own(fixed_vote(4), server, tape.problems)

    assert [run.is_right for run in runs] == [True, False]
    assert [(run.n_samples, run.tokens) for run in runs] == [(4, 40.0)] * 2


@pytest.mark.parametrize("lines", ["nonsense", ""], ids=["no-json", "nothing"])
def test_a_peer_that_does_not_answer_is_a_failure_that_says_so(tmp_path, monkeypatch, lines):
    client = tmp_path / "client.py"
    client.write_text(f"print({lines!r})" if lines else "")
    monkeypatch.setattr(bench_peers, "CLIENT", client)

    with pytest.raises(PeerError, match="no answer"):
        run_peer(sys.executable, {}, [problem(NAMES)])


def test_a_peer_that_fails_is_told_by_its_last_line(tmp_path, monkeypatch):
    client = tmp_path / "client.py"
    client.write_text("raise SystemExit('no such algorithm')")
    monkeypatch.setattr(bench_peers, "CLIENT", client)

    with pytest.raises(PeerError, match="no such algorithm"):
        run_peer(sys.executable, {}, [problem(NAMES)])
