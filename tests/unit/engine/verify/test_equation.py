"""Equations are read from a problem where there is one reading, and from nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.verdict import Verdict
from engine.verify.equation import find_equations
from engine.verify.equation_answer import read_assignments
from engine.verify.equation_check import join_verdicts, judge_difference

WORDS = ("solve ", "for ", " and ", "find ", "or ", "what is ", "\\frac", "\\begin{cases}", "\\\\")
PIECES = st.sampled_from((*WORDS, "x", "y", " = ", "2", " + ", *"${}()^|±,.\n "))
verdicts = st.sampled_from(list(Verdict))


@pytest.mark.parametrize(
    ("problem", "equations", "unknowns"),
    [
        ("Solve x^2 - 5x + 6 = 0 for x.", (("x^2 - 5x + 6", "0"),), "x"),
        ("If $3x+2=11$, what is $x$?", (("3x+2", "11"),), "x"),
        ("Solve for t: 3t + 2 = 11", (("3t + 2", "11"),), "t"),
        ("What is the value of x if 2(x+1) = 10?", (("2(x+1)", "10"),), "x"),
        ("Find x and y if x + y = 5 and x - y = 1.", (("x + y", "5"), ("x - y", "1")), "xy"),
        ("Solve the system for x and y:\nx+y=5\nx-y=1", (("x+y", "5"), ("x-y", "1")), "xy"),
        ("Solve xy = 6, x + y = 5 for x and y.", (("x*y", "6"), ("x + y", "5")), "xy"),
        (r"Find all real values of $x$ such that $\frac{x}{2}=3$.", ((r"\frac{x}{2}", "3"),), "x"),
        ("Solve the equation x² − 4 = 0 for x.", (("x^2 - 4", "0"),), "x"),
        (
            r"Solve $\begin{cases} x+y=5 \\ x-y=1 \end{cases}$ for x and y.",
            (("x+y", "5"), ("x-y", "1")),
            "xy",
        ),
    ],
)
def test_equations_that_are_to_be_solved_are_read(problem, equations, unknowns):
    found = find_equations(problem)
    assert found is not None
    assert (found.equations, found.unknowns) == (equations, tuple(unknowns))


@pytest.mark.parametrize(
    "problem",
    [
        "",
        "Solve 3x + 2 = 11 for x, then find 2x.",
        "Solve 3x + 2 = 11 for x. What is 2x?",
        "If 3x = 6, find x + 1.",
        "If log_2 x = 3, find x.",
        "Find x, where sin x = 1.",
        "half of x = 6, find x.",
        "The sum of x and y = 5. Find y.",
        "Find the square root of x = 3.",
        "Given that k = 3, solve kx = 6 for x.",
        "Find the positive x such that x^2 = 4.",
        "Find x to the nearest tenth if 3x = 7.",
        "If 3x = 6 mod 7, find x.",
        "Find x if 3x = 1,200.",
        "Find x if 1/2x = 4.",
        "Find x if 20% of x = 4.",
        "Find x if x2 + 1 = 5.",
        "Find x if 2 x = 4.",
        "Find x if f(x) = 4.",
        "If 3x = 6, what is x in terms of y?",
        "Find x. A. x = 2 B. x = 3",
        "If x = 3, find x.",
        "If $4:x^2 = x:16$, what is the value of $x$?",
        "Define $a * b$ as $2a - b^2$. If $a * 5 = 9$, what is the value of $a$?",
        "Find $w$, such that $5^65^w=25$.",
        "Solve e + 1 = 2 for e.",
        "Find the sum of the solutions of x^2 - 5x + 6 = 0.",
        "How many apples are there if 3x = 6?",
    ],
)
def test_what_has_another_reading_is_left_alone(problem):
    assert find_equations(problem) is None


@pytest.mark.parametrize(
    ("problem", "wants_all"),
    [
        ("Find a solution for x of the equation x^2 = 4.", False),
        ("Find any value of x such that x^2 = 4.", False),
        ("Find all values of x such that x^2 = 4.", True),
        ("Solve x^2 = 4 for x.", True),
    ],
)
def test_whether_every_solution_is_wanted_is_read(problem, wants_all):
    found = find_equations(problem)
    assert found is not None
    assert found.wants_all is wants_all


@pytest.mark.parametrize(
    ("answer", "unknowns", "expected"),
    [
        ("x = 2", "x", [{"x": "2"}]),
        ("2", "x", [{"x": "2"}]),
        ("x=2 or x=3", "x", [{"x": "2"}, {"x": "3"}]),
        (r"$x = \pm 2$", "x", [{"x": "+ 2"}, {"x": "- 2"}]),
        (r"\{2, 3\}", "x", [{"x": "2"}, {"x": "3"}]),
        (r"\frac{1}{2}", "x", [{"x": r"\frac{1}{2}"}]),
        ("(2, 3)", "xy", [{"x": "2", "y": "3"}]),
        ("y = 3, x = 2", "xy", [{"x": "2", "y": "3"}]),
        ("(2, 3) and (3, 2)", "xy", [{"x": "2", "y": "3"}, {"x": "3", "y": "2"}]),
    ],
)
def test_values_for_the_unknowns_are_read(answer, unknowns, expected):
    assert list(read_assignments(answer, tuple(unknowns))) == expected


@pytest.mark.parametrize(
    ("answer", "unknowns"),
    [
        ("", "x"),
        ("1,000", "x"),
        ("(2, 3)", "x"),
        ("B", "x"),
        ("3 apples", "x"),
        ("y = 3", "x"),
        ("no solution", "x"),
        ("x = 2", "xy"),
        ("(2, 3, 4)", "xy"),
        ("x > 2", "x"),
        ("2 1/2", "x"),
    ],
)
def test_an_answer_that_says_anything_else_is_left_alone(answer, unknowns):
    assert read_assignments(answer, tuple(unknowns)) == ()


@given(st.text(max_size=300) | st.lists(PIECES, max_size=60).map("".join))
def test_any_text_is_read_or_left_alone(text):
    found = find_equations(text)
    assert found is None or (found.equations and found.unknowns)
    assert all(set(each) == {"x", "y"} for each in read_assignments(text, ("x", "y")))
    assert all(set(each) == {"x"} for each in read_assignments(text, ("x",)))


@pytest.mark.parametrize("piece", ["x ", "x + ", "( ", "solve for ", "x, ", "a and ", "1.1", " "])
def test_long_texts_are_read_in_bounded_work(piece):
    text = "solve " + piece * (1_900 // len(piece)) + "= 2 for x"
    assert find_equations(text[:2_000]) is None
    assert not read_assignments(text[:300], ("x", "y"))


@pytest.mark.parametrize(
    ("result", "decimal", "verdict"),
    [
        ("0", None, Verdict.RIGHT),
        ("3", None, Verdict.WRONG),
        ("-1/2", "-0.5", Verdict.WRONG),
        ("sqrt(2) - 1", "0.414213562373", Verdict.WRONG),
        ("sqrt(2) - 1", None, Verdict.UNCHECKED),
        ("sqrt(8) - 2*sqrt(2)", "1e-13", Verdict.UNCHECKED),
        ("zoo", None, Verdict.UNCHECKED),
        ("nan", "nan", Verdict.UNCHECKED),
        ("2*I", "2.0*I", Verdict.UNCHECKED),
        ("", None, Verdict.UNCHECKED),
    ],
)
def test_a_difference_is_judged_by_what_it_surely_is(result, decimal, verdict):
    assert judge_difference(result, decimal) is verdict


@given(st.text(max_size=40), st.none() | st.text(max_size=40))
def test_no_difference_is_too_odd_to_judge(result, decimal):
    assert judge_difference(result, decimal) in Verdict


@given(st.lists(verdicts))
def test_one_wrong_part_refutes_the_whole(found):
    assert (join_verdicts(found) is Verdict.WRONG) == (Verdict.WRONG in found)


@given(st.lists(verdicts))
def test_the_whole_is_right_only_where_every_part_is(found):
    assert (join_verdicts(found) is Verdict.RIGHT) == (set(found) == {Verdict.RIGHT})


@given(st.permutations([Verdict.RIGHT, Verdict.WRONG, Verdict.UNCHECKED]), st.lists(verdicts))
def test_the_order_of_the_parts_changes_nothing(order, found):
    assert join_verdicts([*order, *found]) is join_verdicts([*found, *order])
