"""Programs compute exactly what they say, or say what to mend; no text does anything else."""

from __future__ import annotations

import operator
import pickle
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.domain.program import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_SOURCE_CHARS,
    MAX_STATEMENTS,
    DivisionByZeroError,
    Expression,
    Name,
    Negation,
    Number,
    Operation,
    Program,
    ProgramError,
    ProgramSyntaxError,
    ProgramTooLargeError,
    RepeatedNameError,
    Statement,
    UnknownNameError,
    execute,
    parse_program,
    render_number,
    render_program,
    run_program,
)

OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}

decimals = st.builds(
    lambda units, places: Fraction(units, 10**places),
    st.integers(0, 10**6),
    st.integers(0, 3),
)
leaves = st.builds(lambda value: Number(value=value), decimals)


def grow(children):
    negations = st.builds(lambda operand: Negation(operand=operand), children)
    operations = st.builds(
        lambda sign, left, right: Operation(operator=sign, left=left, right=right),
        st.sampled_from(sorted(OPERATORS)),
        children,
        children,
    )
    return negations | operations


expressions = st.recursive(leaves, grow, max_leaves=12)


def value_of(expression: Expression) -> Fraction:
    if isinstance(expression, Negation):
        return -value_of(expression.operand)
    if isinstance(expression, Operation):
        compute = OPERATORS[expression.operator]
        return compute(value_of(expression.left), value_of(expression.right))
    return expression.value


def program_of(expression: Expression) -> Program:
    return Program(statements=(Statement(name="a", expression=expression),))


def run_or_refuse(text: str) -> None:
    with suppress(ProgramError):
        run_program(text)


def test_runs_statements_in_order():
    result = run_program("v=48/2;a=48+v")
    assert result.value == 72
    assert list(result.bindings.items()) == [("v", 24), ("a", 72)]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        pytest.param("a=1-2-3", Fraction(-4), id="minus leans left"),
        pytest.param("a=16/4/2", Fraction(2), id="division leans left"),
        pytest.param("a=2+3*4", Fraction(14), id="product binds tighter"),
        pytest.param("a=(2+3)*4", Fraction(20), id="parentheses"),
        pytest.param("a=-(2+3)", Fraction(-5), id="minus of a sum"),
        pytest.param("a=2*-3", Fraction(-6), id="minus of a factor"),
        pytest.param("a=0.1+0.2", Fraction(3, 10), id="decimals are exact"),
        pytest.param("a=.5", Fraction(1, 2), id="no leading zero"),
        pytest.param("a=1/3*3", Fraction(1), id="thirds are exact"),
        pytest.param("a = 2\nb = a * 3;", Fraction(6), id="line breaks and blanks"),
    ],
)
def test_computes_exactly(source, value):
    assert run_program(source).value == value


@pytest.mark.parametrize(
    ("source", "error"),
    [
        pytest.param("", ProgramSyntaxError, id="empty"),
        pytest.param(" ;\n; ", ProgramSyntaxError, id="only separators"),
        pytest.param("48/2", ProgramSyntaxError, id="no name"),
        pytest.param("a=", ProgramSyntaxError, id="no expression"),
        pytest.param("a=2+", ProgramSyntaxError, id="ends after an operator"),
        pytest.param("a=2 3", ProgramSyntaxError, id="two numbers"),
        pytest.param("a=(2", ProgramSyntaxError, id="open parenthesis"),
        pytest.param("a=2)", ProgramSyntaxError, id="stray parenthesis"),
        pytest.param("a=2**9", ProgramSyntaxError, id="power"),
        pytest.param("a=1,200", ProgramSyntaxError, id="thousands comma"),
        pytest.param("a=f(2)", ProgramSyntaxError, id="call"),
        pytest.param("a=b.c", ProgramSyntaxError, id="attribute"),
        pytest.param("a=\u0663", ProgramSyntaxError, id="digit of another script"),
        pytest.param("a=\x00", ProgramSyntaxError, id="null character"),
        pytest.param("a=\ud800", ProgramSyntaxError, id="lone surrogate"),
        pytest.param("a=b", UnknownNameError, id="name never set"),
        pytest.param("a=a", UnknownNameError, id="name set by itself"),
        pytest.param("a=1;a=2", RepeatedNameError, id="name set twice"),
        pytest.param("a=1/0", DivisionByZeroError, id="division by zero"),
        pytest.param("a=1/(2-2)", DivisionByZeroError, id="division by a computed zero"),
    ],
)
def test_refuses_what_is_no_program(source, error):
    with pytest.raises(error):
        run_program(source)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("a=" + "1" * MAX_SOURCE_CHARS, id="characters"),
        pytest.param(";".join(f"a{i}=1" for i in range(MAX_STATEMENTS + 1)), id="statements"),
        pytest.param("a=" + "(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1), id="depth"),
        pytest.param("a=" + "-" * (MAX_DEPTH + 1) + "1", id="signs"),
        pytest.param("a=1" + "+1" * (MAX_DEPTH + 1), id="chain"),
        pytest.param("a=" + "9" * (MAX_DIGITS + 1), id="literal"),
        pytest.param("a=" + "9" * 50 + ";b=a*a", id="numerator"),
        pytest.param("a=1/" + "9" * 50 + ";b=a*a", id="denominator"),
    ],
)
def test_refuses_what_is_too_large(source):
    with pytest.raises(ProgramTooLargeError):
        run_program(source)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("a=2+", id="syntax"),
        pytest.param("a=b", id="unknown name"),
        pytest.param("a=1;a=2", id="repeated name"),
        pytest.param("a=1/0", id="division"),
        pytest.param("a=" + "9" * 99, id="size"),
    ],
)
def test_errors_survive_pickling(source):
    with pytest.raises(ProgramError) as caught:
        run_program(source)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is type(caught.value)
    assert str(copy) == str(caught.value)


def test_unknown_name_is_told():
    with pytest.raises(UnknownNameError, match="`apples` is used before it is set"):
        run_program("a=apples*2")


@given(st.text(max_size=80))
def test_any_text_runs_or_is_a_program_error(text):
    run_or_refuse(text)


@given(st.text(alphabet="ab01.=+-*/(); \n", max_size=60))
def test_any_likely_text_runs_or_is_a_program_error(text):
    run_or_refuse(text)


@given(expressions)
def test_agrees_with_fractions(expression):
    try:
        expected = value_of(expression)
    except ZeroDivisionError:
        with pytest.raises(DivisionByZeroError):
            execute(program_of(expression))
        return
    try:
        assert execute(program_of(expression)).value == expected
    except ProgramTooLargeError:
        assert max(abs(expected.numerator), expected.denominator) >= 10**6


@given(expressions)
@example(
    Operation(
        operator="/",
        left=Number(value=Fraction(1)),
        right=Negation(
            operand=Operation(
                operator="*", left=Number(value=Fraction(2)), right=Number(value=Fraction(5))
            )
        ),
    )
)
def test_rendering_keeps_the_meaning(expression):
    try:
        expected = execute(program_of(expression)).value
    except ProgramError:
        return
    assert execute(parse_program(render_program(program_of(expression)))).value == expected


def test_rendering_keeps_names():
    source = "a=3*(4-b);c=-(a+b)/2"
    program = parse_program(source)
    assert render_program(program) == source
    assert program.statements[0].expression == Operation(
        operator="*",
        left=Number(value=Fraction(3)),
        right=Operation(operator="-", left=Number(value=Fraction(4)), right=Name(name="b")),
    )


def test_rendering_wraps_a_fraction_that_is_no_decimal():
    third = Number(value=Fraction(1, 3))
    program = program_of(Operation(operator="/", left=Number(value=Fraction(2)), right=third))
    assert render_program(program) == "a=2/(1/3)"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(Fraction(72), "72", id="whole"),
        pytest.param(Fraction(-7), "-7", id="negative"),
        pytest.param(Fraction(7, 2), "3.5", id="half"),
        pytest.param(Fraction(-1, 20), "-0.05", id="negative decimal"),
        pytest.param(Fraction(1, 1024), "0.0009765625", id="long decimal"),
        pytest.param(Fraction(22, 7), "22/7", id="no decimal ends"),
    ],
)
def test_renders_numbers_exactly(value, text):
    assert render_number(value) == text


@given(st.fractions())
def test_rendered_number_reads_back(value):
    assert Fraction(render_number(value)) == value
