"""`svend tool` and `svend mcp` on this machine, as processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from mcp import Client, StdioServerParameters

from tests.integration.scripts.fake_api import KEY

COMMAND = ["-m", "scripts.svend.main"]
NO_STACK = ["--data-dir", "no-such-folder"]


def run(*words, stdin=None):
    return subprocess.run(
        [sys.executable, *COMMAND, *words],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def open_mcp(*words, env=None):
    arguments = [*COMMAND, "mcp", *NO_STACK, *words]
    return Client(StdioServerParameters(command=sys.executable, args=arguments, env=env))


def tell(status, output="", error=None):
    told = {"status": status, "output": output, "error": error}
    return lambda _problem, job_id: {"job_id": job_id, **told}


def test_tools_are_listed_with_a_call_that_works():
    listed = run("tool")

    assert listed.returncode == 0
    assert 'svend tool calculator \'{"program": "v=48/2;a=48+v"}\'' in listed.stdout


def test_a_tool_without_programs_needs_no_sandbox():
    done = run("tool", "calculator", '{"program": "a=48/2+48"}', "--min-tier", "full+cgroup")

    assert (done.returncode, done.stdout) == (0, "72\n")


def test_a_tool_without_programs_runs_where_the_sandbox_is_switched_off():
    done = run("tool", "calculator", '{"program": "a=48/2+48"}', "--min-tier", "none")

    assert (done.returncode, done.stdout) == (0, "72\n")


def test_no_program_runs_where_the_sandbox_is_switched_off():
    done = run("tool", "execute_python", '{"code": "6 * 7"}', "--min-tier", "none")

    assert (done.returncode, done.stdout) == (1, "")
    assert "SVEND_SANDBOX_MIN_TIER" in done.stderr


def test_a_program_runs_here_and_its_result_is_json():
    done = run("tool", "execute_python", "-", "--json", stdin='{"code": "6 * 7"}')

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["detail"]["value"] == 42
    assert json.loads(done.stdout)["evidence"]["outcome"] == "ok"


def test_a_refused_call_is_one_line_and_a_failure():
    done = run("tool", "calculator", "{}")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "program: field required" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["abacus", "{}"], "known tools: calculator"),
        (["calculator"], "Give the arguments of calculator"),
        (["calculator", "{"], "not JSON"),
        (["calculator", "[]"], "no object"),
    ],
    ids=["unknown", "no-arguments", "malformed", "list"],
)
def test_wrong_usage_says_what_to_mend(words, said):
    done = run("tool", *words)

    assert done.returncode == 2
    assert said in done.stderr


async def test_an_mcp_client_lists_and_calls_the_tools():
    async with open_mcp() as client:
        listed = {tool.name for tool in (await client.list_tools()).tools}
        called = await client.call_tool("execute_python", {"code": "6 * 7"})
        refused = await client.call_tool("calculator", {"program": "a=sin(1)"})

    assert {"calculator", "execute_python", "plot", "solve"} <= listed
    assert not called.is_error
    assert called.structured_content["value"] == 42
    assert refused.is_error
    assert "invalid" in refused.content[0].text


async def test_an_mcp_client_gets_a_plot_as_a_picture():
    async with open_mcp() as client:
        drawn = await client.call_tool("plot", {"kind": "bar", "labels": ["a"], "values": [1]})

    assert [part.type for part in drawn.content] == ["text", "image"]
    assert drawn.content[1].mime_type == "image/png"


async def test_solve_without_a_server_says_how_to_start_one():
    async with open_mcp() as client:
        refused = await client.call_tool("solve", {"problem": "2 + 2?"})

    assert refused.is_error
    assert "svend up" in refused.content[0].text


async def test_solve_asks_the_server_and_returns_its_answer(api):
    environ = {"SVEND_API_KEY": KEY}
    async with open_mcp("--url", api.url, env=environ) as client:
        solved = await client.call_tool("solve", {"problem": "How many?"})

    assert not solved.is_error, solved.content
    assert solved.structured_content["answer"] == "72"
    assert api.bodies == [{"type": "solve", "problem": "How many?"}]


def test_a_server_lists_its_tools_with_why_one_is_away(svend):
    assert "not available: closed" in svend("tool").stdout


def test_a_server_calls_the_tool_and_its_output_is_printed(api, svend):
    api.result = tell("ok", "72")
    done = svend("tool", "calculator", '{"program": "a=72"}')

    assert (done.exit_code, done.stdout) == (0, "72\n")
    assert api.bodies[0]["program"] == "a=72"


def test_what_a_program_printed_cannot_steer_the_terminal(api, svend):
    api.result = tell("ok", "red \x1b[31m\n\tnext \u202e")

    assert svend("tool", "calculator", "{}").stdout == "red \\u001b[31m\n\tnext \\u202e\n"


def test_a_call_that_the_tool_refused_on_a_server_is_a_failure(api, svend):
    api.result = tell("invalid", error="mend it")
    done = svend("tool", "calculator", "{}")

    assert (done.exit_code, done.stderr) == (1, "Error: invalid: mend it\n")


def test_a_call_that_failed_on_a_server_is_one_line(api, svend):
    api.status = "failed"
    done = svend("tool", "calculator", "{}")

    assert done.exit_code == 1
    assert "is failed" in done.stderr


def test_a_server_that_refuses_the_call_is_told_apart(svend):
    assert svend("tool", "abacus", "{}").exit_code == 4
