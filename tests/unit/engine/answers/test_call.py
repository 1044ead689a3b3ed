import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.answers.call import find_call, find_program, list_calls, read_native_calls, render_call
from engine.answers.call_fault import CallFault, MalformedCall
from engine.answers.call_json import MAX_CALL_CHARS, MAX_DEPTH
from engine.domain.tool import ToolCall

SUM = ToolCall(name="sum", arguments={"x": 1, "y": [2, "b"]})
DATA = '{"name": "sum", "arguments": {"x": 1, "y": [2, "b"]}}'
LLAMA = DATA.replace("arguments", "parameters")
PROGRAM = ToolCall(name="execute_python", arguments={"code": "x = 1\n\nprint(x)"})


def _reason(text):
    found = find_call(text)
    assert isinstance(found, MalformedCall)
    return found.reason


@pytest.mark.parametrize(
    "text",
    [
        f"```tool\n{DATA}\n```",
        f"I add them.\n\n```tool\n{DATA}\n```\n\n",
        f"```tool_call\n{DATA}\n```",
        f"```tool {DATA}```",
        f"```tool\n{DATA}",
        f"```json\n{DATA}\n```",
        f"  ```tool\n  {DATA}\n  ```",
        f"<tool_call>\n{DATA}\n</tool_call>",
        f"<tool_call>{DATA}</tool_call><|im_end|>",
        f"<tool_call>\n{DATA}\n",
        f"[TOOL_CALLS] [{DATA}]",
        f"[TOOL_CALLS][{DATA}]</s>",
        '[TOOL_CALLS]sum[ARGS]{"x": 1, "y": [2, "b"]}',
        '[TOOL_CALLS]sum[CALL_ID]a1B2[ARGS]{"x": 1, "y": [2, "b"]}',
        '[TOOL_CALLS]sum{"x": 1, "y": [2, "b"]}',
        LLAMA,
        f"<|python_tag|>{LLAMA}<|eom_id|>",
        f"Sure:\n{LLAMA}<|eot_id|>",
        f'{{"type": "function", "function": {DATA}}}',
        f'{{"type": "function", "function": {LLAMA}}}',
    ],
    ids=ascii,
)
def test_every_notation_reads_as_the_same_call(text):
    assert find_call(text) == SUM


@pytest.mark.parametrize(
    "text",
    [
        "```python\nx = 1\n\nprint(x)\n```",
        "So:\n```py\nx = 1\n\nprint(x)\n```\n",
        "```Python\r\nx = 1\n\nprint(x)\n```",
        "1. Run it:\n   ```python\n   x = 1\n\n   print(x)\n   ```",
        "<|python_tag|>x = 1\n\nprint(x)",
    ],
    ids=ascii,
)
def test_a_program_is_a_call_that_runs_it(text):
    assert find_call(text) == PROGRAM


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The answer is 5.",
        "```python\nprint(5)\n```\nIt prints 5.",
        "```python\nprint(5)\n```\n```output\n5\n```",
        f"```tool\n{DATA}\n```\nThe result is 3.",
        f"In `{DATA}` stands a call.",
        "```latex\nx = 1\n```",
        "```\nx = 1\n```",
        '```json\n{"name": "Ann"}\n```',
        '{"name": "Ann", "age": 5}',
        '{"x": 1}',
        "[1, 2]",
        '```json\n{"name": ',
    ],
    ids=ascii,
)
def test_a_text_that_does_not_end_with_a_call_calls_nothing(text):
    assert find_call(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("```tool\n\n```", CallFault.EMPTY),
        ("```python\n\n```", CallFault.EMPTY),
        ("```tool\n{'name': 'sum'}\n```", CallFault.NOT_JSON),
        (f"```tool\n{DATA} or so\n```", CallFault.NOT_JSON),
        ('```tool\n{"name": "sum", "arguments": {"x": ', CallFault.NOT_JSON),
        ('{"name": "sum", "arguments": {"x": ', CallFault.NOT_JSON),
        ('```json\n{"name": "sum", "arguments": {"x": \n```', CallFault.NOT_JSON),
        ('```tool\n{"name": "sum", "arguments": {"x": NaN}}\n```', CallFault.NOT_JSON),
        ('```tool\n{"name": "sum", "arguments": {"x": 1e999}}\n```', CallFault.NOT_JSON),
        ('```tool\n{"name": "a", "name": "b", "arguments": {}}\n```', CallFault.NOT_JSON),
        (f"```tool\n{'[' * 9000}\n```", CallFault.SHAPE),
        ("```tool\n5\n```", CallFault.SHAPE),
        ("```tool\n[]\n```", CallFault.SHAPE),
        ('```tool\n{"name": "sum"}\n```', CallFault.SHAPE),
        ('```tool\n{"name": "a b", "arguments": {}}\n```', CallFault.SHAPE),
        ('```tool\n{"name": "sum", "arguments": [1]}\n```', CallFault.SHAPE),
        ('```tool\n{"name": "sum", "arguments": "x"}\n```', CallFault.SHAPE),
        ('```tool\n{"name": "f", "arguments": {}, "parameters": {}}\n```', CallFault.SHAPE),
        (f'```tool\n{{"name": "f", "arguments": {{"x": {2**60}}}}}\n```', CallFault.SHAPE),
        ("```python\nprint(5)", CallFault.UNCLOSED),
        (f"```python\n{'x' * (MAX_CALL_CHARS + 1)}\n```", CallFault.TOO_LONG),
        (f'```tool\n{{"name": "{"x" * MAX_CALL_CHARS}"}}\n```', CallFault.TOO_LONG),
        (f"```tool\n{DATA}\n```\n```tool\n{DATA}\n```", CallFault.SEVERAL),
        (f"[TOOL_CALLS] [{DATA}, {DATA}]", CallFault.SEVERAL),
        (f"{LLAMA}; {LLAMA}", CallFault.SEVERAL),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_a_malformed_call_says_what_is_wrong(text, reason):
    assert _reason(text) == reason


def test_a_correction_shows_a_call_that_would_be_read():
    correction = find_call("```tool\n{\n```").correction

    assert "line 1" in correction
    assert find_call(correction.replace("<the tool>", "sum")).name == "sum"


def test_arguments_may_be_json_inside_a_text():
    wrapped = json.dumps({"name": "sum", "arguments": json.dumps(SUM.arguments)})

    assert find_call(f"```tool\n{wrapped}\n```") == SUM


def test_line_breaks_inside_a_text_are_let_pass():
    call = find_call('```tool\n{"name": "f", "arguments": {"code": "a\nb"}}\n```')

    assert call == ToolCall(name="f", arguments={"code": "a\nb"})


def test_a_closing_mark_that_was_cut_off_is_not_missed():
    assert find_call(f"<tool_call>{DATA}") == SUM
    assert find_call("```python\nprint(1") != ToolCall(
        name="execute_python", arguments={"code": "print(1"}
    )


def test_arguments_are_read_down_to_the_bound_of_nesting():
    def nested(depth):
        return f'```tool\n{{"name": "f", "arguments": {"[" * 0}{_nest(depth)}}}\n```'

    assert isinstance(find_call(nested(MAX_DEPTH - 1)), ToolCall)
    assert _reason(nested(MAX_DEPTH + 1)) == CallFault.SHAPE


def _nest(depth):
    return '{"a": ' * depth + "1" + "}" * depth


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{render_call(PROGRAM)}\nThis prints x.", PROGRAM),
        (f"```python\ny = 2\n```\nBetter:\n{render_call(PROGRAM)}\nDone.", PROGRAM),
        (f"{render_call(PROGRAM)}\n```output\n1\n```", PROGRAM),
        (render_call(PROGRAM), PROGRAM),
        ("No program.", None),
        ("```latex\nx\n```", None),
    ],
    ids=ascii,
)
def test_a_program_that_was_asked_for_may_be_explained_behind_it(text, found):
    assert find_program(text) == found


def test_a_program_that_is_cut_off_is_malformed():
    assert find_program(f"{render_call(PROGRAM)}\n```python\nx =").reason == CallFault.UNCLOSED


def test_calls_that_follow_one_another_are_listed_in_order():
    text = "So:\n```tool\n" + DATA + "\n```\n" + render_call(PROGRAM)

    assert list_calls(text) == (SUM, PROGRAM)


def test_only_calls_at_the_end_are_listed():
    assert list_calls(f"```tool\n{DATA}\n```\nand then\n{render_call(PROGRAM)}") == (PROGRAM,)


def test_calls_read_by_the_server_are_the_same_calls():
    native = [
        {
            "id": "call_1",
            "type": "function",
            "function": {"name": "sum", "arguments": json.dumps(SUM.arguments)},
        },
        {"type": "function", "function": {"name": "sum", "arguments": "{"}},
    ]

    first, second = read_native_calls(native)

    assert first == SUM
    assert second.reason == CallFault.SHAPE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
CALLS = st.builds(
    ToolCall,
    name=st.from_regex(r"[a-z_.]{1,12}", fullmatch=True) | st.just("execute_python"),
    arguments=st.dictionaries(st.text(max_size=8), JSON, max_size=4)
    | st.fixed_dictionaries({"code": st.text(max_size=60)}),
)


@given(CALLS, st.text(max_size=30))
@example(ToolCall(name="execute_python", arguments={"code": "s = '```'\n```\n"}), "")
@example(ToolCall(name="execute_python", arguments={"code": " "}), "")
def test_a_written_call_is_read_back(call, before):
    written = render_call(call)

    assert find_call(written) == call
    if not list_calls(before) and "`" not in before and "[TOOL_CALLS]" not in before:
        assert find_call(f"{before}\n{written}") == call


PIECES = st.sampled_from(
    [
        "```", "```tool\n", "```python\n", "```json", "\n", " ", "<tool_call>", "</tool_call>",
        "[TOOL_CALLS]", "[ARGS]", "<|python_tag|>", '{"name": "f"', ', "arguments": {}}', "{", "}",
        "[", "]", ";", '"', '"name"', '{"function": ', "f", "1", "\\", "\ud800", "\0", "</s>",
        DATA,
    ]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=4), max_size=40).map("".join))
def test_whatever_a_model_writes_nothing_is_raised(text):
    for call in list_calls(text):
        assert isinstance(call, ToolCall | MalformedCall)
        if isinstance(call, ToolCall):
            assert find_call(render_call(call)) == call


@pytest.mark.parametrize(
    "piece",
    [
        '{"name":\n', "```", "<tool_call>", "<|python_tag|>{}", "[TOOL_CALLS]", "</s>", "[[[[",
        '\n{"name":1,"name":1}', '\n[{"name":[', "```tool\n", "```tool\n{}\n```\n", ';{"name":"',
        '\n {"name": "f", "arguments": {"x": "', "[TOOL_CALLS]f{", " ```python", "\n;",
    ],
    ids=ascii,
)  # fmt: skip
def test_a_long_hostile_text_is_walked_once(piece):
    # Quadratic work on a text of this length takes hours; the suite's own time limit would end it.
    find_call(piece * (2_000_000 // len(piece)))
