"""Every run begins in the same surroundings, and source may be anything."""

from tests.contract.sandbox.cases.case import Case

_GROWTH = {"cpu_s": 1, "memory_bytes": 128 << 20}

CASES = (
    Case(
        number=110,
        name="surroundings are fixed",
        needs_namespaces=True,
        source="""
mask = os.umask(0o077)
answer = [os.getcwd(), sys.argv, mask, time.tzname[0], sys.getfilesystemencoding(), __name__]
""",
        answer=["/tmp", ["<program>"], 0o077, "UTC", "utf-8", "__main__"],
    ),
    Case(
        number=116,
        name="a candidate beside its grader can always pass",
        source="""
# Why a verdict never comes from the candidate's own run.
print("PASS")
sys.exit = lambda code=0: None
os._exit(0) if os.write(3, b'{"status":"ok","value":"PASS"}') else None
""",
        answer="PASS",
        stdout="PASS\n",
    ),
    Case(
        number=117,
        name="an expression that is code is contained",
        source="""
import sympy
stolen = lambda: sympy.sympify("open('/etc/passwd').read()")
answer = attempt(stolen) in {"denied", "SympifyError"}
""",
        answer=True,
    ),
    Case(
        number=117,
        name="a tower of powers is contained",
        source="import sympy\nsympy.sympify('10**10**10')",
        outcomes=("timeout_cpu", "memory", "error"),
        limits=_GROWTH,
    ),
    Case(number=118, name="no source is a run", source="", answer=None, is_bare=True),
    Case(
        number=118,
        name="a megabyte of comment is a run",
        source="#" * 1_000_000 + "\nanswer = 1",
        answer=1,
        is_bare=True,
    ),
    Case(
        number=118,
        name="a byte order mark is taken off",
        source="\ufeffanswer = 'é'",
        answer="é",
        is_bare=True,
    ),
    Case(
        number=118,
        name="lines of any ending are lines",
        source="answer = 1\r\nanswer += 1\r\n",
        answer=2,
        is_bare=True,
    ),
    Case(
        number=118,
        name="a NUL is an error",
        source="answer = 1\0",
        outcomes=("error",),
        is_bare=True,
    ),
    Case(
        number=118,
        name="an unknown encoding is an error",
        source="# coding: klingon\nanswer = 1",
        outcomes=("error",),
        error="SyntaxError",
        is_bare=True,
    ),
    Case(
        number=118,
        name="bytes that are no text are an error",
        source=b"answer = '\xff'",
        outcomes=("error",),
        error="SyntaxError",
        is_bare=True,
    ),
    Case(
        number=118,
        name="tabs and spaces mixed are an error",
        source="if 1:\n\tx = 1\n        y = 2\n",
        outcomes=("error",),
        error="TabError",
        is_bare=True,
    ),
)

# What needs a package of the extra `tools`, by the package.
WITH_PACKAGES = (
    Case(
        number=21,
        name="a solver keeps its own limit of time",
        source="""
import z3
x, y, z = z3.Ints("x y z")
solver = z3.Solver()
solver.set("timeout", 200)
solver.add(x * x * x + y * y * y + z * z * z == 42, x > 10, y > 10)
answer = str(solver.check())
""",
        answer="unknown",
    ),
    Case(
        number=21,
        name="a solver without one is stopped",
        source="""
import z3
x, y, z = z3.Ints("x y z")
solver = z3.Solver()
solver.add(x * x * x + y * y * y + z * z * z == 42, x > 10, y > 10)
solver.check()
""",
        outcomes=("timeout_cpu", "memory"),
        limits={"cpu_s": 1, "wall_s": 30},
    ),
    Case(
        number=32,
        name="a large array runs out of memory",
        source="import numpy\nnumpy.ones(2 * 10**9)",
        outcomes=("memory", "error"),
        limits={"memory_bytes": 64 << 20},
    ),
    Case(
        number=108,
        name="numbers of numpy are fixed by the seed",
        source="import numpy\nanswer = round(float(numpy.random.random()), 6)",
        answer=0.548814,
    ),
    Case(
        number=117,
        name="a megabyte of SMILES is contained",
        source="from rdkit import Chem\nanswer = Chem.MolFromSmiles('C' * 10**6) is None",
        outcomes=("ok", "error", "memory", "crash", "timeout_cpu"),
        limits=_GROWTH,
    ),
    Case(
        number=117,
        name="laughing definitions are contained",
        source="""
import z3
lets = "".join(f"(let ((a{i + 1} (+ a{i} a{i}))) " for i in range(60))
text = f"(declare-const a0 Int)(assert {lets}(= a60 1){')' * 60})(check-sat)"
answer = str(z3.Solver().from_string(text))
""",
        outcomes=("ok", "error", "memory", "crash", "timeout_cpu"),
        limits=_GROWTH,
    ),
    Case(
        number=117,
        name="a unit that is code is contained",
        source="""
import pint
answer = attempt(lambda: pint.get_application_registry()("__import__('os').system('id')"))
""",
        outcomes=("ok",),
    ),
)
