"""Every row that is written can be read back, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training import rows
from engine.training.example import ToolUse
from engine.training.row_format import MARKS

# Words on one line; no mark can arise from them.
texts = st.lists(
    st.text(st.characters(exclude_characters="<>", exclude_categories=["C", "Z"]), min_size=1),
    min_size=1,
    max_size=5,
).map(" ".join)
names = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
numbers = st.integers(-(2**50), 2**50) | st.floats(allow_nan=False, allow_infinity=False)
uses = st.builds(
    ToolUse, name=names, arguments=st.dictionaries(names, st.text() | numbers | st.none())
)
calls = uses.map(rows.render_call)
sub_steps = st.builds(rows.SubStep, question=texts, statement=texts)


@st.composite
def called(draw):
    n_results = draw(st.integers(0, 3))
    is_answered = n_results > 0 and draw(st.booleans())
    n_calls = draw(st.integers(0, 1)) if n_results == 0 else n_results + (not is_answered)
    return rows.Called(
        question=draw(texts),
        calls=tuple(draw(calls) for _ in range(n_calls)),
        results=tuple(draw(texts) for _ in range(n_results)),
        answer=draw(texts) if is_answered else "",
        offered=tuple(draw(st.lists(names, max_size=3))),
    )


written = st.one_of(
    st.builds(rows.Solved, question=texts, program=texts, answer=texts),
    st.builds(rows.Declined, question=texts),
    st.builds(
        rows.Judged,
        question=texts,
        program=texts,
        is_right=st.booleans(),
        answer=texts | st.just(""),
    ),
    st.builds(rows.Claimed, claim=texts, is_true=st.booleans(), question=texts | st.just("")),
    st.builds(
        rows.Decomposed,
        question=texts,
        steps=st.lists(sub_steps, min_size=1, max_size=4).map(tuple),
        answer=texts,
    ),
    called(),
)


@given(written)
def test_a_row_comes_back(row):
    assert rows.read(rows.render(row)) == row


@given(uses)
def test_a_call_comes_back(use):
    text = rows.render_call(use)
    assert "<" not in text
    assert rows.render_call(rows.read_call(text)) == text


@pytest.mark.parametrize(
    "value", ["a\xa0b", "a  b", " a ", "\u2003\n\t x", "\x85", "<q>", "\\u0020"]
)
def test_an_argument_comes_back_with_its_blanks(value):
    use = ToolUse(name="t", arguments={"a": value})
    row = rows.Called(question="Q", calls=(rows.render_call(use),))
    read = rows.read(rows.render(row))
    assert rows.read_call(read.calls[0]).arguments == {"a": value}


@given(st.lists(st.sampled_from([*MARKS, "</s>", "a=1", "x"]), max_size=8).map("".join))
def test_no_other_text_is_a_row(text):
    try:
        row = rows.read(text)
    except rows.InvalidRowError:
        return
    assert rows.read(rows.render(row)) == row


@pytest.mark.parametrize(
    ("row", "text"),
    [
        pytest.param(
            rows.Solved(question="Q", program="a=48/2;b=48+a", answer="b"),
            "<q>Q<prog>a=48/2;b=48+a<ans>b</s>",
            id="solved",
        ),
        pytest.param(rows.Declined(question="Q"), "<q>Q<prog><ans><none></s>", id="declined"),
        pytest.param(
            rows.Judged(question="Q", program="a=48/2", is_right=True),
            "<q>Q<prog>a=48/2<check><yes></s>",
            id="beginning",
        ),
        pytest.param(
            rows.Judged(question="Q", program="a=48/2", answer="a", is_right=False),
            "<q>Q<prog>a=48/2<ans>a<check><no></s>",
            id="whole chain",
        ),
        pytest.param(
            rows.Claimed(claim="C", is_true=False), "<claim>C<check><no></s>", id="bare claim"
        ),
        pytest.param(
            rows.Claimed(question="Q", claim="C", is_true=True),
            "<q>Q<claim>C<check><yes></s>",
            id="claim",
        ),
        pytest.param(
            rows.Decomposed(
                question="Q",
                steps=(
                    rows.SubStep(question="S1", statement="a=48/2"),
                    rows.SubStep(question="S2", statement="b=48+a"),
                ),
                answer="b",
            ),
            "<q>Q<step>S1<prog>a=48/2<step>S2<prog>b=48+a<ans>b</s>",
            id="sub-questions",
        ),
        pytest.param(rows.Called(question="Q", calls=("f{}",)), "<q>Q<tool>f{}</s>", id="call"),
        pytest.param(
            rows.Called(question="Q", calls=(), offered=("f", "g")),
            "<tool>f g<q>Q<tool><none></s>",
            id="no tool fits",
        ),
        pytest.param(
            rows.Called(question="Q", calls=("f{}",), results=("R",), answer="A"),
            "<q>Q<tool>f{}<result>R<ans>A</s>",
            id="result",
        ),
    ],
)
def test_each_kind_has_its_text(row, text):
    assert rows.render(row) == text
    assert rows.read(text) == row


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(rows.Declined(question="Is <q> a mark?"), id="a mark inside"),
        pytest.param(rows.Declined(question=" "), id="nothing asked"),
        pytest.param(rows.Decomposed(question="Q", steps=(), answer="a"), id="no step"),
        pytest.param(rows.Called(question="Q", calls=("f{}",), answer="A"), id="no result"),
        pytest.param(
            rows.Called(question="Q", calls=("f{}",), results=("R",)), id="a result left open"
        ),
    ],
)
def test_what_could_not_be_read_back_is_not_written(row):
    with pytest.raises(rows.InvalidRowError):
        rows.render(row)


@pytest.mark.parametrize("text", ["f", "f[1]", "f{", "{}", "9{}"], ids=str)
def test_what_is_no_call_is_refused(text):
    with pytest.raises(rows.InvalidRowError):
        rows.read_call(text)
