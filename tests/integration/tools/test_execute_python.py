"""Programs of a model's, run behind the wall. Values worked by hand; each comment says how."""

import base64

import pytest

from engine.domain.tool import ToolStatus

VALUES = {
    # 16 eggs, 3 eaten, 4 baked, 2 dollars each
    "answer": ("eggs = 16 - 3 - 4\nanswer = eggs * 2", 18, "18"),
    "last-expression": ("x = 6\nx * 7", 42, "42"),
    "answer-before-expression": ("answer = 1\n2", 1, "1"),
    "printed": ("print('so')\nprint('  7 ')", None, "7"),
    "nothing": ("x = 1", None, None),
    "text": ("'yes'", "yes", "yes"),
    "list": ("[1, 2.5, None, True]", [1, 2.5, None, True], "[1, 2.5, None, True]"),
    "mapping": ("{'a': 1}", {"a": 1}, "{a: 1}"),
    # beyond 2^53 a reader of JSON would round it
    "large": ("2**64", "18446744073709551616", "18446744073709551616"),
    # x^2 = 2
    "sympy": (
        "from sympy import *\nx = symbols('x')\nsolve(x**2 - 2, x)",
        ["-sqrt(2)", "sqrt(2)"],
        "[-sqrt(2), sqrt(2)]",
    ),
    # eigenvalues of a diagonal matrix
    "numpy": ("import numpy as np\nnp.linalg.eigvalsh(np.diag([2.0, 1.0]))", [1.0, 2.0], None),
    # the integral of x^2 from 0 to 3 is 9
    "scipy": (
        "from scipy.integrate import quad\nround(quad(lambda x: x * x, 0, 3)[0], 9)",
        9.0,
        "9.0",
    ),
    "pandas": (
        "import pandas as pd\nint(pd.DataFrame({'a': [1, 2, 3]})['a'].sum())",
        6,
        "6",
    ),
    "statistics": ("import statistics\nstatistics.median([3, 1, 2])", 2, "2"),
    # Fibonacci's twentieth
    "loop": ("a, b = 0, 1\nfor _ in range(20):\n    a, b = b, a + b\na", 6765, "6765"),
    "stdin": ("sum(map(int, input().split()))", 6, "6"),
}


@pytest.mark.parametrize("name", VALUES)
def test_program_has_its_value_and_its_answer(tools, name):
    code, value, answer = VALUES[name]
    found = tools.get("execute_python", code=code, stdin="1 2 3")

    assert found.get("value") == value
    assert answer is None or found["answer"] == answer


def test_text_shows_what_was_printed_and_the_value(tools):
    found = tools.get("execute_python", code="print('half')\n1 / 2")

    assert found["text"] == "half\nValue: 0.5"


def test_silence_is_told(tools):
    assert "print the result" in tools.get("execute_python", code="x = 1")["text"]


def test_figures_come_as_pictures(tools):
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.figure()\nplt.bar([1], [2])"
    found = tools.get("execute_python", code=code)
    pictures = [base64.b64decode(figure["data"]) for figure in found["figures"]]

    assert [picture[:8] for picture in pictures] == [b"\x89PNG\r\n\x1a\n"] * 2
    assert found["figures"][0]["width_px"] == 640
    assert found["text"].endswith("Figures drawn: 2.")


def test_figures_beyond_the_fourth_are_counted(tools):
    code = "import matplotlib.pyplot as plt\nfor _ in range(6): plt.figure(figsize=(1, 1))"
    found = tools.get("execute_python", code=code)

    assert len(found["figures"]) == 4
    assert found["n_figures_left_out"] == 2


def test_the_same_drawing_is_the_same_bytes(tools):
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])"
    first, second = (tools.call("execute_python", code=code) for _ in range(2))

    assert first.evidence.output_digest == second.evidence.output_digest


def test_random_numbers_are_the_call_s_own(tools):
    code = "import random, numpy\n[random.random(), numpy.random.rand()]"
    first, second = (tools.get("execute_python", code=code) for _ in range(2))
    other = tools.get("execute_python", code=code + "\n")

    assert first["value"] == second["value"] != other["value"]


FAILURES = {
    "division": ("x = 1\nx / 0", "at line 2: ZeroDivisionError: division by zero"),
    "syntax": ("x = = 1", "SyntaxError: invalid syntax"),
    "module": ("import requests", "numpy, sympy, scipy, pandas and matplotlib"),
    "network": ("import socket\nsocket.socket()", "There is no network"),
    "input": ("input()\ninput()", "write the values into the program"),
    "exit": ("import sys\nsys.exit(3)", "Ended itself with status 3"),
    "memory": ("x = bytearray(10**11)", "MemoryError"),
    "crash": ("import os\nos.abort()", "Crashed with"),
    "too-many-parts": ("list(range(10**6))", "more than 10,000 parts"),
    "output": ("while True: print('x' * 1000)", "bytes of output"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failure_says_where_and_why(tools, name):
    code, words = FAILURES[name]
    result = tools.call("execute_python", code=code, stdin="1")

    assert result.status is ToolStatus.FAILED
    assert words in result.error


def test_what_was_printed_before_a_failure_is_kept(tools):
    result = tools.call("execute_python", code="print('so far')\n1 / 0")

    assert result.detail == {"stdout": "so far\n"}


# A machine that does much else may not give a program 10 s of its processor in 20 s.
STOPPED = {
    "timeout_cpu": "Stopped after 10 s of processor time.",
    "timeout_wall": "Stopped after 20 s.",
}


def test_endless_program_ends_as_a_timeout_that_names_its_limit(tools):
    result = tools.call("execute_python", code="while True: pass")

    assert result.status is ToolStatus.TIMEOUT
    assert STOPPED[result.evidence.outcome] in result.error


def test_kernels_show_no_file(tools):
    code = "import tools.kernels.figures as f\n(f.__spec__.origin, hasattr(f, '__file__'))"

    assert tools.get("execute_python", code=code)["value"] == ["<tools.kernels.figures>", False]


def test_program_that_meddles_with_the_collector_harms_only_itself(tools):
    code = "import tools.kernels.figures as f\nf.collect = lambda: {'figures': 'x'}\nanswer = 3"

    assert tools.get("execute_python", code=code)["value"] == 3
    clean = tools.get("execute_python", code="import tools.kernels.figures as f\nf.collect()")
    assert clean["value"] == {"figures": [], "n_figures_left_out": 0}


@pytest.mark.parametrize("code", ["", "x" * 70_000], ids=["empty", "long"])
def test_code_out_of_bounds_is_refused(tools, code):
    assert "- code: string should have at" in tools.refuse("execute_python", code=code)
