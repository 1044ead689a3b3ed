"""What a run writes is kept, bounded, and only ever data."""

from tests.contract.sandbox.cases.case import Case

_LITTLE = {"output_bytes": 10_000}
_NO_RESULT = ("bad_result",)

CASES = (
    Case(
        number=43,
        name="output beyond its cap is cut and flagged",
        source="print('x' * 5_000_000)",
        outcomes=("output_limit",),
        stdout="x" * 10_000,
        is_truncated=True,
        limits=_LITTLE,
    ),
    Case(
        number=44,
        name="endless output is stopped",
        source="while True: print('more')",
        outcomes=("output_limit",),
        stdout="more\n" * 100,
        is_truncated=True,
        limits=_LITTLE,
    ),
    Case(
        number=45,
        name="both streams count together",
        source="""
while True:
    sys.stdout.write("o" * 100)
    sys.stderr.write("e" * 100)
""",
        outcomes=("output_limit",),
        is_truncated=True,
        limits=_LITTLE,
    ),
    Case(
        number=46,
        name="what was printed before a kill is kept",
        source="print('partial', end='')\nwhile True: pass",
        outcomes=("timeout_cpu",),
        stdout="partial",
        limits={"cpu_s": 1},
    ),
    Case(
        number=47,
        name="a lone surrogate is escaped",
        source="print('\\ud800')\nanswer = '\\ud800'",
        stdout="\\ud800\n",
        answer="\\ud800",
    ),
    Case(
        number=48,
        name="control characters are kept as data",
        source="print('a\\0b\\x1b]0;title\\x07\\u202e\\rc')",
        stdout="a\0b\x1b]0;title\x07\u202e\rc\n",
    ),
    Case(
        number=49,
        name="bytes that are no UTF-8 are escaped",
        source="os.write(1, b'\\xff\\xfe')",
        stdout="\\xff\\xfe",
    ),
    Case(
        number=50,
        name="garbage on the result channel is a bad result",
        source="os.write(3, b'\\xff garbage')\nos._exit(0)",
        outcomes=_NO_RESULT,
    ),
    Case(
        number=51,
        name="an endless result is stopped",
        source="while True: os.write(3, b'[' * 4096)",
        outcomes=_NO_RESULT,
        limits={"result_bytes": 4096},
    ),
    Case(
        number=52,
        name="a forged result is taken as data",
        source='os.write(3, b\'{"status":"ok","type":"int","value":41}\')\nos._exit(0)',
        answer=41,
    ),
    Case(
        number=53,
        name="two results are a bad result",
        source='os.write(3, b\'{"status":"ok","value":41}\')\nanswer = 42',
        outcomes=_NO_RESULT,
    ),
    Case(
        number=53,
        name="no result is a bad result",
        source="os._exit(0)",
        outcomes=_NO_RESULT,
    ),
    Case(
        number=54,
        name="numbers without bounds become text",
        source="answer = [float('nan'), float('inf'), float('-inf'), -0.0, 0.5]",
        answer=["nan", "inf", "-inf", -0.0, 0.5],
    ),
    Case(
        number=54,
        name="a bare NaN is a bad result",
        source='os.write(3, b\'{"status":"ok","value":NaN}\')\nos._exit(0)',
        outcomes=_NO_RESULT,
    ),
    Case(
        number=55,
        name="an integer beyond exactness becomes text",
        source="answer = [2**53, 2**53 + 1, -(10**30), 10**5000 % 10**3000 == 0]",
        answer=[2**53, str(2**53 + 1), str(-(10**30)), True],
    ),
    Case(
        number=55,
        name="an integer of twenty thousand digits is an error",
        source="answer = 10**20_000",
        outcomes=("error",),
        error="ValueError",
    ),
    Case(
        number=55,
        name="a number beyond doubles is a bad result",
        source='os.write(3, b\'{"status":"ok","value":1e999}\')\nos._exit(0)',
        outcomes=_NO_RESULT,
    ),
    Case(
        number=55,
        name="a deep list is an error",
        source="answer = []\nfor _ in range(500): answer = [answer]",
        outcomes=("error",),
        error="ValueError",
    ),
    Case(
        number=55,
        name="a deep forged list is a bad result",
        source="os.write(3, b'{\"value\":' + b'[' * 500 + b']' * 500 + b'}')\nos._exit(0)",
        outcomes=_NO_RESULT,
    ),
    Case(
        number=55,
        name="a million keys are an error",
        source="answer = dict.fromkeys(range(10**6))",
        outcomes=("error",),
        error="ValueError",
    ),
    Case(
        number=55,
        name="a key twice is a bad result",
        source='os.write(3, b\'{"status":"ok","value":1,"value":2}\')\nos._exit(0)',
        outcomes=_NO_RESULT,
    ),
    Case(
        number=56,
        name="a lying object crosses as text",
        source="""
class Liar:
    __class__ = int
    def __reduce__(self): return (os.system, ("id",))
    def __str__(self): return "I am text"
    def __int__(self): return 7
answer = Liar()
""",
        outcomes=("ok", "error"),
    ),
    Case(
        number=56,
        name="pickled bytes are never loaded",
        source="import pickle\nos.write(3, pickle.dumps(print))\nos._exit(0)",
        outcomes=_NO_RESULT,
    ),
    Case(
        number=57,
        name="a tampered library spoils only its own run",
        source="""
import builtins, json
json.dumps = lambda *_, **__: '{"status":"ok","value":"forged"}'
builtins.print = None
sys.stdout = None
answer = 1
""",
        answer="forged",
    ),
    Case(
        number=58,
        name="a closed output is the program's own affair",
        source="sys.stdout.close()\nanswer = attempt(lambda: print('x'))",
        answer="ValueError",
    ),
    Case(
        number=58,
        name="a closed descriptor is the program's own affair",
        source="os.close(1)\nanswer = attempt(lambda: os.write(1, b'x'))",
        answer="EBADF",
    ),
    Case(
        number=59,
        name="modules in the scratch are nobody's",
        needs_namespaces=True,
        source="""
for name in ("json.py", "dataclasses.py", "sitecustomize.py"):
    with open(f"/tmp/{name}", "w") as file: file.write("raise SystemExit(9)")
answer = 1
""",
        answer=1,
    ),
    Case(number=60, name="sys.exit ends well", source="sys.exit()", exit_code=0),
    Case(
        number=60,
        name="a status is kept",
        source="sys.exit(3)",
        outcomes=("exit",),
        exit_code=3,
    ),
    Case(
        number=60,
        name="a text as status is printed",
        source="raise SystemExit('boom')",
        outcomes=("exit",),
        exit_code=1,
        stderr="boom\n",
    ),
    Case(
        number=60,
        name="a hard exit keeps its status",
        source="os._exit(7)",
        outcomes=("exit",),
        exit_code=7,
    ),
    Case(
        number=61,
        name="an exception of any base is an error",
        source="class Odd(BaseException): pass\nraise Odd('why')",
        outcomes=("error",),
        error="Odd",
        stderr="why",
    ),
    Case(
        number=62,
        name="there is nobody to ask",
        source="input()",
        outcomes=("error",),
        error="EOFError",
    ),
    Case(
        number=62,
        name="given input is read",
        source="answer = [input(), sys.stdin.read()]",
        stdin="one\ntwo\n",
        answer=["one", "two\n"],
    ),
)
