"""The commands against a server over real sockets."""

from __future__ import annotations

import json

import pytest

from engine.domain.event import EventType
from tests.unit.scripts.wire_samples import drafted, submitted, whole_log


def test_solve_prints_the_answer_and_what_it_rests_on(svend):
    done = svend("solve", "How many?")

    assert done.exit_code == 0
    assert "72 ×5, 60 ×2 (62% of the samples)" in done.stdout
    assert "not calibrated" in done.stdout
    assert "1,234 generated" in done.stdout


def test_solve_shows_events_apart_from_the_answer(svend):
    done = svend("solve", "How many?")

    assert "sample 1 says 72" in done.stderr
    assert "sample 1" not in done.stdout


def test_solve_sends_only_what_was_asked_for(api, svend):
    svend("solve", "How many?")

    assert api.bodies == [{"type": "solve", "problem": "How many?"}]


def test_solve_sends_every_option(api, svend):
    limits = ["--samples", "3", "--budget-tokens", "9", "--seconds", "1.5", "--seed", "4"]
    svend("solve", "How many?", "--strategy", "direct", *limits)

    assert api.bodies == [
        {
            "type": "solve",
            "problem": "How many?",
            "strategy": "direct",
            "settings": {"samples": 3},
            "budget": {"tokens": 9, "seconds": 1.5},
            "seed": 4,
        }
    ]


def test_solve_reads_standard_input(api, svend):
    svend("solve", "-", text="From a pipe?\n")

    assert api.bodies[0]["problem"] == "From a pipe?"


def test_solve_prints_json_alone_on_standard_output(svend):
    told = json.loads(svend("solve", "How many?", "--json").stdout)

    assert (told["job"]["id"], told["result"]["answer"]["text"]) == ("job_1", "72")


def test_detach_prints_the_id_and_follows_nothing(api, svend):
    done = svend("solve", "How many?", "--detach")

    assert done.stdout == "job_1\n"
    assert api.streams == []


def test_a_blank_problem_is_wrong_usage(svend):
    assert svend("solve", "-", text=" \n").exit_code == 2


def test_a_failed_job_is_no_success(api, svend):
    api.status = "failed"
    error = {"code": "model", "detail": "gone"}
    api.script = lambda _: [submitted(), drafted(EventType.JOB_FAILED, error=error)]

    done = svend("solve", "How many?")

    assert done.exit_code == 1
    assert "failed: gone (model)" in done.stderr


def test_a_wrong_key_is_refused_in_one_line(svend):
    done = svend("jobs", "--key", "other")

    assert done.exit_code == 4
    assert done.stderr == "Error: Refused: A valid API key is needed. (bad-key)\n"


def test_no_server_is_unreachable(svend):
    assert svend("jobs", "--url", "http://127.0.0.1:9").exit_code == 3


def test_ctrl_c_leaves_the_job_and_says_how_to_find_it(svend, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("scripts.svend.solve.follow_job", interrupt)
    done = svend("solve", "How many?")

    assert done.exit_code == 130
    assert "svend cancel job_1" in done.stderr.replace("\n", " ")


def test_jobs_are_listed(svend):
    svend("solve", "How many?")

    assert "job_1" in svend("jobs").stdout


def test_a_long_list_says_how_to_go_on(svend):
    svend("solve", "How many?")

    assert "--cursor c2" in svend("jobs", "--limit", "1").stderr


def test_a_job_is_shown_with_its_result(svend):
    svend("solve", "How many?")

    assert "5 executed programs gave this answer" in svend("job", "job_1").stdout


def test_events_are_printed_one_a_line(svend):
    svend("solve", "How many?")

    assert len(svend("job", "job_1", "--events").stdout.splitlines()) == len(whole_log())


def test_events_as_json_are_the_logs_own(svend):
    svend("solve", "How many?")
    lines = svend("job", "job_1", "--events", "--json").stdout.splitlines()

    assert [json.loads(line)["seq"] for line in lines] == list(range(1, 9))


def test_the_trace_is_a_tree(svend):
    svend("solve", "How many?")

    assert "1. open" in svend("job", "job_1", "--trace").stdout


def test_an_unknown_job_is_refused(svend):
    assert svend("job", "job_9").exit_code == 4


def test_cancel_tells_the_state(svend):
    svend("solve", "How many?", "--detach")

    assert svend("cancel", "job_1").stdout == "job_1 is succeeded\n"


def test_a_new_key_is_all_of_standard_output(svend):
    assert svend("keys", "create", "ci").stdout == "svend_secret\n"


def test_a_key_can_expire(svend):
    made = json.loads(svend("keys", "create", "ci", "--days", "2", "--json").stdout)

    assert made["expires_at"].endswith("+00:00")


def test_keys_are_listed_without_secrets(svend):
    assert "ci" in svend("keys", "list").stdout


def test_a_key_is_revoked(svend):
    assert svend("keys", "revoke", "k1").stdout == "k1 is revoked\n"


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_lists_every_command(svend, flag):
    shown = svend(flag).stdout

    assert all(f"  {name} " in shown for name in ("up", "demo", "solve", "jobs", "doctor"))


def test_finish_tells_the_state(svend):
    svend("solve", "How many?", "--detach")

    assert svend("finish", "job_1").stdout == "job_1 is succeeded\n"


def test_solve_limits_money(api, svend):
    svend("solve", "How many?", "--budget-money", "0.5")

    assert api.bodies[0]["budget"] == {"money": 0.5}


def test_extend_sends_only_what_changes_and_prints_the_answer(api, svend):
    svend("solve", "How many?", "--detach")

    done = svend("extend", "job_1", "--samples", "16", "--budget-tokens", "99")

    assert done.exit_code == 0
    assert "72 ×5" in done.stdout
    body = {"settings": {"samples": 16}, "budget": {"tokens": 99}, "problem": "How many?"}
    assert api.bodies[1] == body


def test_extend_can_leave_the_job_running(svend):
    svend("solve", "How many?", "--detach")

    assert svend("extend", "job_1", "--detach").stdout == "job_2\n"


def test_solve_allows_an_earlier_result(api, svend):
    svend("solve", "How many?", "--max-cache-age", "600")

    assert api.bodies[0]["cache"] == {"max_age_s": 600}


def test_fork_sends_the_node_and_what_changes(api, svend):
    svend("solve", "How many?", "--detach")

    done = svend("fork", "job_1", "n3", "--seed", "4", "--samples", "9", "--thought", "No.")

    assert done.exit_code == 0
    change = {"seed": 4, "thought": "No.", "settings": {"samples": 9}}
    assert api.bodies[1] == {"node": "n3", "change": change, "problem": "How many?"}


def test_fork_sends_the_proposal_that_another_strategy_goes_on_from(api, svend):
    svend("solve", "How many?", "--detach")

    done = svend("fork", "job_1", "n3", "--strategy", "beam", "--part", "1")

    assert done.exit_code == 0
    assert (api.bodies[1]["part"], api.bodies[1]["change"]) == (1, {"strategy": "beam"})


def test_fork_sends_the_verifier_that_judges_from_there_on(api, svend):
    svend("solve", "How many?", "--detach", "--verifier", "self")

    done = svend("fork", "job_1", "n3", "--verifier", "none")

    assert done.exit_code == 0
    assert api.bodies[0]["verifier"] == "self"
    assert api.bodies[1]["change"] == {"verifier": "none"}


def test_fork_without_a_change_is_wrong_usage(api, svend):
    svend("solve", "How many?", "--detach")

    assert svend("fork", "job_1", "n3", "--budget-tokens", "9").exit_code == 2
    assert len(api.bodies) == 1
