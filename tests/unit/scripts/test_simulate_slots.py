"""The simulation by which orders of the model slots are compared."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from statistics import fmean

import pytest
from click.testing import CliRunner

from engine.bench.strategies.recording import render_line
from engine.domain.errors import InvalidInputError
from scripts.simulate_slots import ORDERS, Server, main, play
from scripts.slot_questions import MADE_UP, draw_questions, open_recording
from tests.unit.engine.bench.strategies.tape import problem, recording

N_SLOTS = 16
EASY = problem(["7", "7", "7", None], name="easy", tokens=5)
HARD = problem(["3", "4", "7", "5"], name="hard", tokens=20)


def questions(seed, *, is_shared=True, source=MADE_UP):
    return draw_questions(source, 40, 0.0, Random(seed), is_shared=is_shared)


def play_all(name, *, is_shared):
    return [
        play(questions(seed, is_shared=is_shared), ORDERS[name](), N_SLOTS) for seed in range(8)
    ]


def mean_of(plays, figure):
    return fmean(getattr(one, figure) for one in plays)


@pytest.mark.parametrize("name", ORDERS)
def test_every_search_ends_and_no_slot_is_lost(name):
    server = Server(questions(1), ORDERS[name](), N_SLOTS)

    assert all(search.ended_at < math.inf for search in server.run())
    assert server.n_free == N_SLOTS


def test_answers_are_right_sooner_than_first_come_first_served():
    served = play_all("first come, first served", is_shared=False)
    ordered = play_all("least settled", is_shared=False)

    assert mean_of(ordered, "held_right") > mean_of(served, "held_right")
    assert mean_of(ordered, "tokens") == pytest.approx(mean_of(served, "tokens"))


def test_a_small_tenant_waits_less_behind_a_large_one():
    served = play_all("first come, first served", is_shared=True)
    ordered = play_all("least settled", is_shared=True)

    assert mean_of(ordered, "small_wait") < 0.8 * mean_of(served, "small_wait")


def test_a_recorded_job_has_the_samples_of_one_problem_in_some_order():
    drawn = {
        question.draws for question in questions(2, source=open_recording(recording(EASY, HARD)))
    }
    by_length = {tokens: [one for one in drawn if one.tokens[0] == tokens] for tokens in (5, 20)}

    assert all(sorted(map(str, d.names)) == ["None", *["key:7"] * 3] for d in by_length[5])
    assert {frozenset(d.names) for d in by_length[20]} == {
        frozenset({"key:3", "key:4", "key:5", "key:7"})
    }
    assert len(by_length[20]) > 1


def test_a_recorded_answer_is_right_by_its_problems_own():
    source = open_recording(recording(EASY, problem(["7.0", "8"], name="same", gold="7")))
    drawn = [source.draw(Random(seed)) for seed in range(9)]

    assert {one.right for one in drawn} == {frozenset({"key:7"}), frozenset({"key:7.0"})}


def test_a_recorded_sample_is_expected_to_cost_the_mean():
    assert open_recording(recording(EASY, HARD)).sample_tokens == 12.5


@pytest.mark.parametrize("name", ORDERS)
def test_recorded_searches_end_within_their_samples(name):
    source = open_recording(recording(EASY, HARD))
    server = Server(questions(3, source=source), ORDERS[name](), N_SLOTS)

    assert all(search.n_drawn <= 4 for search in server.run())
    assert server.n_free == N_SLOTS


def test_every_order_draws_the_same_recorded_tokens():
    source = open_recording(recording(EASY, HARD))
    spent = {
        play(questions(4, source=source), make(), N_SLOTS, prior_tokens=12.5).tokens
        for make in ORDERS.values()
    }

    assert len(spent) == 1


def test_a_recording_without_a_problem_is_refused():
    whole = recording(EASY)

    with pytest.raises(InvalidInputError, match="no problem yet"):
        open_recording(replace(whole, problems=()))


def test_the_command_plays_a_recording(tmp_path):
    whole, path = recording(EASY, HARD), tmp_path / "tape.jsonl"
    rows = [whole.header.to_data(), *(one.to_data() for one in whole.problems)]
    path.write_text("".join(render_line(row) for row in rows))

    done = CliRunner().invoke(main, ["--recording", str(path), "--runs", "2", "--jobs", "8"])

    assert done.exit_code == 0, done.output
    assert done.output.startswith("2 problems of tape, 4 samples each of scripted, 12 tokens")
    assert all(name in done.output for name in ORDERS)
