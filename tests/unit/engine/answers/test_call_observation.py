import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.answers.call import find_call
from engine.answers.call_fault import CallFault, refuse_call
from engine.answers.call_observation import (
    describe_result,
    read_output,
    render_observation,
    shorten_middle,
)
from engine.domain.tool import ToolResult, ToolStatus
from engine.training.frameworks.tool_loop import render_result

OK = ToolStatus.OK


def test_a_result_stands_in_a_block_of_output():
    observed = ToolResult(status=OK, output="72\n")

    assert render_observation(observed) == "```output\n72\n```"


def test_a_silent_run_asks_for_something_to_be_printed():
    assert "print the value" in render_observation(ToolResult(status=OK, output=" \n"))


@pytest.mark.parametrize("status", [s for s in ToolStatus if s is not OK], ids=str)
def test_a_failed_run_shows_its_error_and_what_was_printed(status):
    observed = ToolResult(status=status, output="half", error="division by zero")
    rendered = render_observation(observed)

    assert "Error: division by zero" in rendered
    assert "half" in rendered


def test_a_failed_run_without_an_error_says_how_it_ended():
    assert "timeout" in render_observation(ToolResult(status=ToolStatus.TIMEOUT))


def test_a_malformed_call_gets_its_correction():
    rendered = render_observation(refuse_call(CallFault.EMPTY, "it is empty"))

    assert "it is empty" in rendered


def test_a_long_result_keeps_its_beginning_and_its_end():
    rendered = render_observation(ToolResult(status=OK, output="<" + "x" * 9000 + ">"))

    assert rendered.startswith("```output\n<x")
    assert rendered.endswith("x>\n```")
    assert "characters left out" in rendered
    assert len(rendered) < 2_200


@given(st.text(max_size=300), st.integers(2, 200))
def test_no_more_is_kept_than_allowed(text, max_chars):
    shortened = shorten_middle(text, max_chars)

    if len(text) <= max_chars:
        assert shortened == text
    else:
        assert len(shortened) <= max_chars + len("\n[... 999 characters left out ...]\n")
        assert shortened.startswith(text[: max_chars // 2])
        assert shortened.endswith(text[-1])


@given(
    st.lists(st.sampled_from(["```", "`", "``````", "\n", "a", "```tool\n{}\n```"])).map("".join)
)
def test_no_output_poses_as_the_end_of_its_block(output):
    rendered = render_observation(ToolResult(status=OK, output=output))

    assert rendered.count("```") == 2
    assert find_call(rendered) is None


@given(st.text(max_size=300))
def test_what_a_tool_put_out_is_read_back_from_its_json(output):
    observed = ToolResult(status=OK, output=output)
    described = describe_result(observed, max_chars=400)

    assert described == render_result(observed)
    assert read_output(described) == output


def test_a_long_output_is_cut_inside_its_json():
    described = describe_result(ToolResult(status=OK, output="x" * 900), max_chars=100)

    assert len(described) < 200
    assert "characters left out" in read_output(described)


@pytest.mark.parametrize(
    ("observed", "error"),
    [
        (ToolResult(status=ToolStatus.INVALID, error="b is missing"), "b is missing"),
        (ToolResult(status=ToolStatus.TIMEOUT), "timeout"),
        (refuse_call(CallFault.EMPTY, "it is empty"), "it is empty"),
    ],
    ids=["refused", "silent", "malformed"],
)
def test_a_failure_says_what_is_wrong_and_puts_nothing_out(observed, error):
    described = describe_result(observed, max_chars=100)

    assert error in described
    assert read_output(described) is None


@pytest.mark.parametrize("text", ["", "72", "{", '{"output":"72"}', "[" * 100_000], ids=len)
def test_any_other_text_puts_nothing_out(text):
    assert read_output(text) is None
