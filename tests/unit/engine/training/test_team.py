"""A team averages what its members found; alone it changes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from functools import partial

import torch

from engine.training.team import Team, run_team


def average_ranks(team, *, folder):
    parameters = [torch.nn.Parameter(torch.zeros(2, 2)), torch.nn.Parameter(torch.zeros(3))]
    for parameter in parameters:
        parameter.grad = torch.full_like(parameter, float(team.rank))
    team.average(parameters)
    means = [float(value) for p in parameters for value in p.grad.reshape(-1)]
    heard = team.follow(float(team.rank + 5))
    (folder / str(team.rank)).write_text(repr((means, heard, team.leads)))


def test_a_team_averages_gradients_and_follows_its_leader(tmp_path):
    run_team(2, partial(average_ranks, folder=tmp_path))
    assert (tmp_path / "0").read_text() == repr(([0.5] * 7, 5.0, True))
    assert (tmp_path / "1").read_text() == repr(([0.5] * 7, 5.0, False))


def test_a_team_of_one_keeps_its_gradients(tmp_path):
    run_team(1, partial(average_ranks, folder=tmp_path))
    assert (tmp_path / "0").read_text() == repr(([0.0] * 7, 5.0, True))


def linger(team):
    # In one piece: what two processes print may mingle.
    os.write(1, f"{team.rank}\n".encode())
    threading.Event().wait()


def ignore_interrupts():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def test_a_team_ends_with_the_process_that_started_it():
    code = f"from {__name__} import linger, run_team; run_team(2, linger)"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        # As a shell starts what is to run in the background.
        preexec_fn=ignore_interrupts,  # noqa: PLW1509 - no other thread runs here
    ) as started:
        assert {started.stdout.readline(), started.stdout.readline()} == {b"0\n", b"1\n"}
        started.kill()

        # Its members hold the other end, so it is closed only when they have ended.
        assert started.communicate(timeout=120) == (b"", None)


def test_the_first_leads():
    assert Team().leads
    assert not Team(rank=1, size=2).leads
