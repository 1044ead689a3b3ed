r"""Writes LaTeX as plain mathematical text: `\frac{1}{2}x^{2}` becomes `((1)/(2)) x^((2))`.

The result is what `math_text` reads. Nothing is evaluated. The commands are those that answers and
school mathematics use; an unknown one is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tools.kernels.kernel_error import KernelError
from tools.kernels.math_lexer import MIXED

MAX_DEPTH = 40

_SPACING = frozenset(
    {
        *(
            "left",
            "right",
            "big",
            "Big",
            "bigg",
            "Bigg",
            "bigl",
            "bigr",
            "Bigl",
            "Bigr",
            "displaystyle",
        ),
        *(
            "textstyle",
            "limits",
            "nolimits",
            "quad",
            "qquad",
            ",",
            ";",
            ":",
            "!",
            " ",
            "$",
            "rm",
            "bf",
        ),
    }
)
_SYMBOLS: Mapping[str, str] = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "pm": " ± ", "mp": " ∓ ",
    "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=",
    "lt": "<", "gt": ">", "ne": "!=", "neq": "!=", "equiv": "=", "approx": " ≈ ",
    "infty": " oo ", "pi": " pi ", "circ": " degree ", "degree": " degree ", "%": "%",
    "{": "{", "}": "}", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]",
    "cup": " union ", "cap": " intersect ", "setminus": " setminus ", "emptyset": " emptyset ",
    "varnothing": " emptyset ", "land": " and ", "wedge": " and ", "lor": " or ", "vee": " or ",
    "prime": "'", "ldots": "...", "dots": "...", "cdots": "...", "to": " to ", "in": " in ",
    "rightarrow": " to ", "lfloor": " floor(", "rfloor": ")", "lceil": " ceiling(", "rceil": ")",
    "vert": "|", "lvert": " abs(", "rvert": ")", "mid": "|", "|": "|", "imath": " i ",
}  # fmt: skip
_FUNCTION_NAMES = """
    sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh exp log ln lg max min gcd lcm det
    arg sgn Re Im
"""
_FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
_GREEK_NAMES = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi
    rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega
"""
_GREEK = frozenset(_GREEK_NAMES.split())
_WORDS = frozenset(
    {"text", "mathrm", "textbf", "mathbf", "mbox", "operatorname", "textrm", "mathit"}
)
_SETS: Mapping[str, str] = {
    "R": " Reals ", "Z": " Integers ", "N": " Naturals ", "Q": " Rationals ", "C": " Complexes "
}  # fmt: skip
_MATRICES = frozenset(
    {"matrix", "pmatrix", "bmatrix", "vmatrix", "Bmatrix", "smallmatrix", "array"}
)
_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|[^\\]", re.DOTALL)
_BOUND = re.compile(r"\s*([A-Za-z])\s*(?:=|to)\s*(.*)", re.DOTALL)
_DIFFERENTIAL = re.compile(r"(.*?)\*?\s*\bd\s*\*?\s*([A-Za-z])\s*$", re.DOTALL)


def is_latex(text: str) -> bool:
    """Say whether a text is LaTeX rather than plain mathematics."""
    return "\\" in text or "$" in text or re.search(r"[\^_]\{", text) is not None


def to_plain_text(latex: str) -> str:
    """Write LaTeX as plain mathematical text.

    Raises:
        KernelError: For an unknown command, braces that do not match, or nesting without end.
    """
    text = latex.strip().strip("$").strip()
    text = text.removeprefix("\\(").removesuffix("\\)").removeprefix("\\[").removesuffix("\\]")
    plain = _Writer(_TOKEN.findall(text)).write_all()
    return re.sub(r"\s+_(?=\w)", "_", plain)


class _Writer:
    """Reads tokens from left to right and writes each construct."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    def write_all(self) -> str:
        parts: list[str] = []
        while self._place < len(self._tokens):
            parts.append(self._write_one())
        return "".join(parts)

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        piece = self._peek()
        self._place += 1
        return piece

    def _skip_spaces(self) -> None:
        while self._peek().isspace():
            self._place += 1

    def _write_one(self) -> str:
        piece = self._take()
        if piece == "{":
            self._place -= 1
            return f"({self._group()})"
        if piece in {"^", "_"}:
            return self._script(piece)
        if piece.startswith("\\"):
            return self._command(piece[1:])
        if piece == "~":
            return " "
        return self._letters(piece) if piece.isalpha() else piece

    def _letters(self, first: str) -> str:
        """Write letters: two side by side are two factors here, and one name in plain text."""
        run = first
        while self._peek().isalpha():
            run += self._take()
        if run in _FUNCTIONS or run == "sqrt":
            return f" {run} "
        return "".join(f" {letter} " for letter in run)

    def _script(self, mark: str) -> str:
        body = self._group()
        if mark == "_":
            return "_" + re.sub(r"[^A-Za-z0-9]", "", body)
        if body.strip() in {"degree", "'", "''"}:
            return f" {body.strip()}"
        return f"^({body})"

    def _group(self) -> str:
        """Read one argument: a group in braces, one command, or one character."""
        self._skip_spaces()
        if self._peek() != "{":
            if not self._peek():
                raise KernelError("the LaTeX ends where an argument should stand")
            return self._write_one().strip()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise KernelError("the LaTeX is nested too deeply; write it in smaller parts")
        self._take()
        parts: list[str] = []
        while self._peek() != "}":
            if not self._peek():
                raise KernelError("a brace { of the LaTeX is not closed")
            parts.append(self._write_one())
        self._take()
        self._depth -= 1
        return "".join(parts).strip()

    def _command(self, name: str) -> str:
        if name in _SPACING:
            # `\left.` and `\right.` stand for no delimiter at all.
            if name in {"left", "right"} and self._peek() == ".":
                self._take()
            if name in {"left", "right"} and self._peek() == "|":
                self._take()
                return " abs(" if name == "left" else ")"
            return " "
        if name in _SYMBOLS:
            return _SYMBOLS[name]
        if name in _FUNCTIONS:
            return self._function(name)
        if name in _GREEK:
            return f" {name} "
        special = _SPECIAL.get(name)
        if special is None:
            raise KernelError(f"the LaTeX command \\{name} is not known; write it without it")
        return special(self)

    def _function(self, name: str) -> str:
        self._skip_spaces()
        if name in {"log", "lg"} and self._peek() == "_":
            self._take()
            return f" log_({self._group()}) "
        return f" {name} "

    def fraction(self) -> str:
        is_mixed = self._place >= 2 and self._tokens[self._place - 2].isdigit()  # noqa: PLR2004
        above = self._group()
        below = self._group()
        if is_mixed and above.isdigit() and below.isdigit():
            # `2\frac{1}{2}` is two and a half.
            return f"{MIXED}(({above})/({below}))"
        derived = re.fullmatch(r"d\s*(?:\^\((\d)\))?\s*(.*)", above, re.DOTALL)
        variable = re.fullmatch(r"d\s*\*?\s*([A-Za-z])\s*(?:\^\(\d\))?", below)
        if derived is None or variable is None:
            return f"(({above})/({below}))"
        order = derived[1] or "1"
        body = derived[2].strip() or self._rest()
        return f" Derivative({body}, ({variable[1]}, {order})) "

    def root(self) -> str:
        self._skip_spaces()
        if self._peek() != "[":
            return f" sqrt({self._group()})"
        degree = self._until("]")
        return f" root({self._group()}, {degree})"

    def binomial(self) -> str:
        above = self._group()
        return f" binomial({above}, {self._group()}) "

    def words(self) -> str:
        self._skip_spaces()
        return f" {self._raw_group()} "

    def boxed(self) -> str:
        return f"({self._group()})"

    def number_set(self) -> str:
        name = self._group().strip()
        if name not in _SETS:
            raise KernelError(f"\\mathbb{{{name}}} is not known; use one of {', '.join(_SETS)}")
        return _SETS[name]

    def environment(self) -> str:
        name = self._raw_group()
        if name.strip("*") not in _MATRICES:
            raise KernelError(f"the environment {name} is not known; a matrix is pmatrix")
        if name == "array":
            self._raw_group()
        rows: list[list[str]] = [[""]]
        while (piece := self._peek()) != "\\end":
            if not piece:
                raise KernelError(f"\\begin{{{name}}} has no \\end{{{name}}}")
            if piece in {"\\\\", "&"}:
                self._take()
                if piece == "&":
                    rows[-1].append("")
                else:
                    rows.append([""])
            else:
                rows[-1][-1] += self._write_one()
        self._take()
        self._raw_group()
        shown = [row for row in rows if any(cell.strip() for cell in row)]
        matrix = ", ".join(f"[{', '.join(row)}]" for row in shown)
        return f" {'det' if name == 'vmatrix' else ''}(Matrix([{matrix}])) "

    def integral(self) -> str:
        lower, upper = self._bounds()
        body = self._rest()
        found = _DIFFERENTIAL.fullmatch(body)
        if found is None:
            raise KernelError("the integral names no variable; end it with, say, \\, dx")
        bounds = f", {lower}, {upper}" if lower and upper else ""
        return f" Integral({found[1] or '1'}, ({found[2]}{bounds})) "

    def sum(self) -> str:
        return self._series("Sum")

    def product(self) -> str:
        return self._series("Product")

    def limit(self) -> str:
        lower, _ = self._bounds()
        found = _BOUND.fullmatch(lower)
        if found is None:
            raise KernelError("the limit names no point; write \\lim_{x \\to 0}")
        point, side = found[2].strip(), "+-"
        sided = re.fullmatch(r"(.*?)\^\(?\s*([+-])\s*\)?", point)
        if sided is not None:
            point, side = sided[1], sided[2]
        return f' Limit({self._rest()}, {found[1]}, {point}, "{side}") '

    def _series(self, name: str) -> str:
        lower, upper = self._bounds()
        found = _BOUND.fullmatch(lower)
        if found is None or not upper:
            raise KernelError("the bounds are missing; write \\sum_{k=1}^{n}")
        return f" {name}({self._rest()}, ({found[1]}, {found[2]}, {upper})) "

    def _bounds(self) -> tuple[str, str]:
        found = {"_": "", "^": ""}
        for _ in range(3):
            self._skip_spaces()
            if self._peek() in found:
                mark = self._take()
                found[mark] = self._group()
            elif self._peek() == "\\limits":
                self._take()
        return found["_"], found["^"]

    def _rest(self) -> str:
        """Read what an operator applies to: all up to a relation, a closing mark or the end."""
        parts: list[str] = []
        while self._peek() not in {"", "}", "=", ",", ")", "]", "&", "\\\\", "\\right", "<", ">"}:
            if self._peek() == "(":
                parts.append(self._parenthesised())
            else:
                parts.append(self._write_one())
        return "".join(parts).strip()

    def _parenthesised(self) -> str:
        parts = [self._take()]
        while self._peek() != ")":
            if not self._peek():
                raise KernelError("a parenthesis ( of the LaTeX is not closed")
            parts.append(self._parenthesised() if self._peek() == "(" else self._write_one())
        return "".join([*parts, self._take()])

    def _until(self, closing: str) -> str:
        self._take()
        parts: list[str] = []
        while self._peek() != closing:
            if not self._peek():
                raise KernelError(f"a {closing} of the LaTeX is missing")
            parts.append(self._write_one())
        self._take()
        return "".join(parts).strip()

    def _raw_group(self) -> str:
        """Read a group as it stands."""
        self._skip_spaces()
        if self._take() != "{":
            raise KernelError("a command of the LaTeX lacks its braces {}")
        start = self._place
        while self._take() not in {"}", ""}:
            pass
        return "".join(self._tokens[start : self._place - 1])


_SPECIAL: Mapping[str, Callable[[_Writer], str]] = {
    **dict.fromkeys(["frac", "dfrac", "tfrac", "cfrac"], _Writer.fraction),
    **dict.fromkeys(["binom", "dbinom", "tbinom"], _Writer.binomial),
    **dict.fromkeys(_WORDS, _Writer.words),
    **dict.fromkeys(["boxed", "fbox"], _Writer.boxed),
    "sqrt": _Writer.root,
    "mathbb": _Writer.number_set,
    "begin": _Writer.environment,
    "int": _Writer.integral,
    "sum": _Writer.sum,
    "prod": _Writer.product,
    "lim": _Writer.limit,
}
