"""Values worked by hand, or known to everybody."""

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.kernels.kernel_error import KernelError
from tools.kernels.logic_solver import run
from tools.kernels.logic_text import Names, read_formula
from tools.logic_solver import LOGIC_SOLVER, LogicSolverOutput

PUZZLE = {f"{name}": "int" for name in "SENDMORY"}
LETTERS = ", ".join(PUZZLE)


def solve(operation: str, **others) -> LogicSolverOutput:
    arguments = LOGIC_SOLVER.read_arguments({"operation": operation, **others})
    return LogicSolverOutput.model_validate(run(arguments.model_dump(mode="json")))


def check(variables: dict[str, str], *constraints: str, **others) -> LogicSolverOutput:
    return solve("check", variables=variables, constraints=list(constraints), **others)


SATISFIABLE = {
    # half the sum, half the difference
    "linear": ({"x": "int", "y": "int"}, ["x + y = 10", "x - y = 2"], {"x": "6", "y": "4"}),
    # 1/3 is the only third
    "fraction": ({"x": "real"}, ["3 * x = 1"], {"x": "1/3"}),
    "decimal": ({"x": "real"}, ["x = 0.1 + 0.2"], {"x": "3/10"}),
    "irrational": ({"x": "real"}, ["x^2 = 2", "x > 0"], {"x": "about 1.414213562373"}),
    # 17 = 3 * 5 + 2
    "division": ({"q": "int", "r": "int"}, ["q = 17 div 5", "r = 17 mod 5"], {"q": "3", "r": "2"}),
    "whole-numbers-divide-as-fractions": ({"x": "real"}, ["x = 1 / 2"], {"x": "1/2"}),
    "order": (
        {"a": "int", "b": "int", "c": "int"},
        ["distinct(a, b, c)", "1 <= a <= 3", "1 <= b <= 3", "1 <= c <= 3", "a < b < c"],
        {"a": "1", "b": "2", "c": "3"},
    ),
    "functions": (
        {"x": "int", "y": "int"},
        ["x = abs(0 - 7) + min(3, 2)", "y = max(1, x) * if(x > 8, 2, 1)"],
        {"x": "9", "y": "18"},
    ),
    "counting": (
        {"p": "bool", "q": "bool", "r": "bool"},
        ["exactly_one(p, q, r)", "count(q, r) = 0"],
        {"p": "true", "q": "false", "r": "false"},
    ),
    # a knight tells the truth, a knave lies; A says: B is a knave, B says: we are of one kind
    "knights": (
        {"A": "bool", "B": "bool"},
        ["A <-> not B", "B <-> (A <-> B)"],
        {"A": "true", "B": "false"},
    ),
    # Dudeney's puzzle of 1924
    "send-more-money": (
        PUZZLE,
        [
            *(f"0 <= {name} <= 9" for name in PUZZLE),
            f"distinct({LETTERS})",
            "S > 0 and M > 0",
            (
                "1000*S + 100*E + 10*N + D + 1000*M + 100*O + 10*R + E"
                " = 10000*M + 1000*O + 100*N + 10*E + Y"
            ),
        ],
        dict(zip("DEMNORSY", "75160892", strict=True)),
    ),
}


@pytest.mark.parametrize("case", SATISFIABLE.values(), ids=SATISFIABLE)
def test_solution_is_found_and_is_the_only_one(case):
    variables, constraints, expected = case
    answer = check(variables, *constraints)

    assert answer.status == "sat"
    assert answer.models == [expected]
    assert answer.is_complete is True


def test_all_solutions_are_listed():
    answer = check({"x": "int"}, "x * x = 49", n_models=5)

    assert sorted(int(model["x"]) for model in answer.models) == [-7, 7]
    assert answer.is_complete is True


def test_more_solutions_than_asked_for_are_told():
    answer = check({"x": "int"}, "x > 0", n_models=2)

    assert len(answer.models) == 2
    assert answer.is_complete is False


def test_core_holds_what_contradicts_and_nothing_else():
    answer = check({"x": "int"}, "x > 3", "x > 0", "x < 2")

    assert answer.status == "unsat"
    assert answer.core == ["x > 3", "x < 2"]


def test_what_is_not_decided_is_unknown():
    # The sum of three cubes for 42 took a million hours of computing.
    names = {"x": "int", "y": "int", "z": "int"}
    answer = check(names, "x^3 + y^3 + z^3 = 42", timeout_s=1)

    assert answer.status == "unknown"
    assert answer.text.startswith("unknown: Z3 found neither")


ENTAILMENTS = {
    "modus-ponens": ({}, ["p -> q", "p"], "q", True),
    "modus-tollens": ({}, ["p -> q", "not q"], "not p", True),
    "affirming-the-consequent": ({}, ["p -> q", "q"], "p", False),
    "excluded-middle": ({}, [], "p or not p", True),
    "de-morgan": ({}, ["not (p and q)"], "not p or not q", True),
    "arithmetic": ({"x": "int"}, ["x > 2"], "x >= 3", True),
    "no-integers-between": ({"x": "real"}, ["x > 2"], "x >= 3", False),
    # the product of two odd numbers is odd: (2a+1)(2b+1) = 2(2ab+a+b)+1
    "even": ({"x": "int", "k": "int"}, ["x = 2*k"], "(x * x) mod 4 = 0 or x mod 2 = 0", True),
}


@pytest.mark.parametrize("case", ENTAILMENTS.values(), ids=ENTAILMENTS)
def test_entailment_is_proved_or_refuted(case):
    variables, premises, goal, expected = case
    answer = solve("entails", variables=variables, constraints=premises, goal=goal)

    assert answer.is_proved is expected
    assert bool(answer.models) is not expected


def test_proof_names_the_premises_it_used():
    answer = solve("entails", constraints=["p -> q", "r", "p"], goal="q")

    assert answer.core == ["p -> q", "p"]


OPTIMA = {
    # corner (0, 10) of the triangle
    "integers": (
        {"x": "int", "y": "int"},
        ["x >= 0", "y >= 0", "2*x + y <= 10"],
        "3*x + 2*y",
        "maximize",
        "20",
    ),
    # corner (8/5, 6/5), where both lines meet: value 14/5
    "fractions": (
        {"x": "real", "y": "real"},
        ["x + 2*y <= 4", "3*x + y <= 6", "x >= 0", "y >= 0"],
        "x + y",
        "maximize",
        "14/5",
    ),
    # three coins of 5, 10 and 25 for 40: 25 + 10 + 5
    "coins": (
        {"a": "int", "b": "int", "c": "int"},
        ["a >= 0", "b >= 0", "c >= 0", "5*a + 10*b + 25*c = 40"],
        "a + b + c",
        "minimize",
        "3",
    ),
}


@pytest.mark.parametrize("case", OPTIMA.values(), ids=OPTIMA)
def test_best_value_is_found(case):
    variables, constraints, objective, direction, expected = case
    answer = solve(
        "optimize",
        variables=variables,
        constraints=constraints,
        objective=objective,
        direction=direction,
    )

    assert answer.objective == expected


@pytest.mark.parametrize(
    ("constraint", "words"),
    [("x < 2", "never reached: 2 + -1*epsilon"), ("x > 2", "unbounded")],
    ids=["open", "unbounded"],
)
def test_best_value_that_is_not_there_is_told(constraint, words):
    answer = solve(
        "optimize",
        variables={"x": "real"},
        constraints=[constraint],
        objective="x",
        direction="maximize",
    )

    assert words in answer.text
    assert answer.models == []


@pytest.mark.parametrize(
    ("formula", "kind", "n_true"),
    [
        ("(p -> q) <-> (not p or q)", "tautology", 4),
        ("p and not p", "contradiction", 0),
        ("p xor q", "contingent", 2),
        ("p ∧ q → r", "contingent", 7),
        ("((p => q) /\\ (q => r)) => (p => r)", "tautology", 8),
    ],
    ids=["implication", "contradiction", "xor", "precedence", "chain"],
)
def test_truth_table_counts_the_true_rows(formula, kind, n_true):
    answer = solve("truth_table", goal=formula)

    assert answer.kind == kind
    assert sum(row.endswith("| T") for row in answer.table) == n_true


SCRIPTS = {
    "model": ("(declare-const x Int)(assert (= (* x x) 49))(assert (> x 0))", "sat", "7)"),
    "core": (
        "(declare-const x Int)(assert (! (> x 3) :named a))(assert (! (< x 2) :named b))",
        "unsat",
        "(a b)",
    ),
    "bits": (
        "(declare-const v (_ BitVec 8))(assert (= (bvadd v #x01) #x00))(check-sat)",
        "sat",
        "#xff",
    ),
}


@pytest.mark.parametrize("case", SCRIPTS.values(), ids=SCRIPTS)
def test_script_is_run(case):
    script, status, words = case
    answer = solve("smtlib", script=script)

    assert answer.status == status
    assert words in answer.text


REFUSALS = {
    "undeclared": (("check", {"constraints": ["y > 1"]}), "y is not declared"),
    "number": (
        ("check", {"variables": {"x": "int"}, "constraints": ["x"]}),
        "is a number and no statement",
    ),
    "mixed": (
        ("check", {"variables": {"x": "int", "p": "bool"}, "constraints": ["x and p"]}),
        "x is a number where a statement should stand",
    ),
    "boolean": (
        ("check", {"variables": {"p": "bool"}, "constraints": ["p + 1 > 2"]}),
        "use if(p, 1, 0)",
    ),
    "operand": (("truth_table", {"goal": "p and"}), "it ends early, after 'p and'"),
    "parenthesis": (("truth_table", {"goal": "(p"}), "'the end' stands where ) should"),
    "character": (("truth_table", {"goal": "p @ q"}), "'@' in 'p @ q' is not understood"),
    "many": (("truth_table", {"goal": " and ".join("abcdefghijk")}), "here are 11"),
    "no-goal": (("entails", {"constraints": ["p"]}), "`goal` is missing"),
    "no-objective": (("optimize", {}), "`objective` is missing"),
    "no-script": (("smtlib", {}), "`script` is missing"),
    "script": (("smtlib", {"script": "(assert foo)"}), "unknown constant foo"),
    "real-modulo": (
        ("check", {"variables": {"x": "real"}, "constraints": ["x mod 2 = 0"]}),
        "takes whole numbers",
    ),
    "deep": (("truth_table", {"goal": "(" * 80 + "p" + ")" * 80}), "nested too deeply"),
    "power": (("check", {"variables": {"x": "int"}, "constraints": ["x^99 = 1"]}), "up to 16"),
}


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS)
def test_refusal_says_what_to_mend(case):
    (operation, others), words = case
    with pytest.raises(KernelError, match=re.escape(words)):
        solve(operation, **others)


_ATOMS = st.sampled_from(["x", "y", "z"]) | st.integers(-5, 5).map(lambda value: f"({value})")
_TERMS = st.recursive(
    _ATOMS,
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(
        lambda three: f"({three[0]} {three[1]} {three[2]})"
    ),
    max_leaves=3,
)
_CONSTRAINTS = st.lists(
    st.tuples(_TERMS, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), _TERMS).map(" ".join),
    min_size=1,
    max_size=4,
)


@settings(max_examples=50, deadline=None)
@given(_CONSTRAINTS)
def test_model_satisfies_every_constraint(constraints):
    answer = check(dict.fromkeys("xyz", "int"), *constraints, timeout_s=1)
    for model in answer.models:
        values = {name: int(value) for name, value in model.items()}
        python = [re.sub(r"(?<![<>!])=", "==", text) for text in constraints]

        assert all(eval(text, {}, values) for text in python)


@settings(max_examples=50, deadline=None)
@given(_CONSTRAINTS)
def test_core_contradicts_by_itself(constraints):
    answer = check(dict.fromkeys("xyz", "int"), *constraints, timeout_s=1)
    if answer.status == "unsat":
        alone = check(dict.fromkeys("xyz", "int"), *answer.core, timeout_s=1)

        assert alone.status in {"unsat", "unknown"}


@settings(max_examples=300)
@given(st.text(alphabet="pqxy01+-*/^()=<>!&|~, andorit", max_size=30))
def test_any_formula_is_read_or_refused(text):
    # Whatever else it raised would fail the test.
    with suppress(KernelError):
        read_formula(text, Names(are_propositions=True))
