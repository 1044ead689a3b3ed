r"""Equations that a problem states and asks to solve, as in `Solve 3x + 2 = 11 for x`.

Only what has one reading is taken: every equals sign of the problem must belong to an equation
between the unknowns that are asked for, and nothing else may be asked. A word such as `positive`
or `nearest` changes what a solution is, and then there is nothing to read. What was not read costs
a check; what was misread would refute a right answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_PROBLEM_CHARS = 2_000
MAX_SIDE_CHARS = 160
MAX_EQUATIONS = 6
MAX_UNKNOWNS = 4
MAX_BEFORE_CHARS = 60

# What these letters mean by themselves is settled: Euler's number, the imaginary unit.
_NO_UNKNOWNS = frozenset("eiEI")
_COMMANDS = r"\\(?:[dt]?frac|sqrt|cdot|times|div|left|right)(?![A-Za-z])"
_MATH = rf"(?:{_COMMANDS}|sqrt(?=\()|\d+(?:\.\d+)?|[A-Za-z](?![A-Za-z])|[-+*/^()|{{}}])"
_SIDE = rf"{_MATH}(?:[ \t]*{_MATH})*"
_EQUATION = re.compile(rf"(?<![A-Za-z\d.\\_^])({_SIDE})\s*=\s*({_SIDE})")
_LETTERS = re.compile(r"(?<![A-Za-z\\])[A-Za-z](?![A-Za-z])")
# A product with a space for its sign may as well be two things beside each other.
_SPACED_PRODUCT = re.compile(r"[\w)}][ \t]+[\w({\\](?!(?:cdot|times|div|right)(?![A-Za-z]))")
# What these say depends on who wrote them: 1/2x, 2^3x, x2, and x^10, in LaTeX a zero behind x^1.
_AMBIGUOUS = re.compile(
    r"/[ \t]*(?:\d+(?:\.\d+)?[ \t]*[A-Za-z(]|[A-Za-z][ \t]*[A-Za-z(])|[\d)]\^\d+[A-Za-z(]"
    r"|(?<![A-Za-z\\])[A-Za-z]\d|\^\d{2}"
)
_ADJACENT_LETTERS = re.compile(r"(?<![A-Za-z\\])([A-Za-z])([A-Za-z])(?![A-Za-z])")

_NAMES = r"[A-Za-z](?:\s*,\s*[A-Za-z](?![A-Za-z]))*(?:\s*,?\s*and\s+[A-Za-z])?(?![A-Za-z])"
_ENDS_NAMES = (
    r"(?=\s*(?:[.?!;:]|,|$)"
    r"|\s+(?:if|when|where|such|given|(?:in|of)\s+the|that|satisfying|from)\b)"
)
_ASK = re.compile(
    r"\b(?:solve\b[^.?!;:]{0,300}?\sfor|solve|find|determine|compute|calculate|what\s+(?:is|are)"
    r"|(?:for\s+)?what\s+values?\s+of|(?:for\s+)?which\s+values?\s+of)"
    r"(?P<kind>(?:\s+(?:all|both|the|real|possible|exact|a|any|one|every)){0,4}"
    r"(?:\s+(?:values?|solutions?|roots?)\s+(?:of|for))?)"
    rf"\s+(?P<names>{_NAMES}){_ENDS_NAMES}",
    re.IGNORECASE,
)
_ASK_VERB = re.compile(
    r"\b(?:find|determine|compute|calculate|evaluate|what|which|how|give|express|show|prove|write"
    r"|simplify|factor|expand|then|hence|who|why|state|name|check|verify|explain)\b",
    re.IGNORECASE,
)
_WANTS_ONE = re.compile(r"\b(?:a|an|any|one)\b", re.IGNORECASE)
# With these a solution of the equations need not be the answer, or is not the whole of it.
_CONDITIONS = re.compile(
    r"[<>≤≥≠≈≡%]|\\(?:leq?|geq?|neq?|approx|equiv|pmod|bmod|mod)\b"
    r"|\b(?:integers?|whole|natural|rational|irrational|prime|positive|negative|non\w+|even|odd"
    r"|smallest|largest|greatest|least|smaller|larger|greater|nearest|round\w*|approximat\w*"
    r"|decimals?|significant|digits?|base|mod|modulo|terms|except|not|no|complex|imaginary"
    r"|distinct|defin\w+|operat\w+|denot\w+|number|numbers|sum|product|quadrant|degrees|radians|interval|between|in\s+each)\b"
    r"|\b[A-E][.):](?:\s|$)|\([A-Ea-e]\)\s",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:^|[.;?!]|:(?=\s)|\b(?:if|when|that|equations?|system|solve|given|where|satisf(?:y|ies|ying)"
    r"|following|(?:solutions?|roots)\s+(?:of|to)|given\s+by|with|from))\s*$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:,|;|\.|and|,\s*and|\s)\s*$", re.IGNORECASE)
_JOINT = re.compile(r"\s+(?:and\s+)?", re.IGNORECASE)
_BEHIND = re.compile(
    r"\s*(?:$|[;?!]|[.,](?!\d))|\s+(?:for|if|when|where|what|find|solve|determine|compute)\b"
    r"|\s+and\s+(?:what|find|solve|determine)\b",
    re.IGNORECASE,
)
_SUPERSCRIPTS = {ord(sign): f"^{digit}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_SIGNS = _SUPERSCRIPTS | {ord(a): b for a, b in zip("−–×·⋅÷", "--***/", strict=True)}
_DELIMITERS = re.compile(r"\\[()\[\],;!]|\$|\\q?quad(?![A-Za-z])|&")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{(?:cases|aligned|align\*?|gathered)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EquationProblem:
    """What a problem asks to solve.

    Attributes:
        equations: Left and right side of each, as they are written, without formula marks.
        unknowns: The letters asked for, in the order in which they are named.
        wants_all: Whether every solution is asked for, and not just any.
    """

    equations: tuple[tuple[str, str], ...]
    unknowns: tuple[str, ...]
    wants_all: bool = True


def find_equations(problem: str) -> EquationProblem | None:
    """Read the equations of a problem that asks for their unknowns; ``None`` when in doubt.

    Any text may come in. The work is linear in its length, which is bounded.
    """
    if len(problem) > MAX_PROBLEM_CHARS or "=" not in problem:
        return None
    text = normalise_math(problem)
    asks = list(_ASK.finditer(text))
    unknowns = {read_names(ask["names"]) for ask in asks}
    if len(unknowns) != 1 or _CONDITIONS.search(text) or not _asks_nothing_else(text, asks):
        return None
    named = unknowns.pop()
    equations = _read_all(text, frozenset(named))
    if named == () or equations is None:
        return None
    wants_all = not all(_WANTS_ONE.search(ask["kind"]) for ask in asks)
    return EquationProblem(equations=equations, unknowns=named, wants_all=wants_all)


def normalise_math(text: str) -> str:
    """Write signs in ASCII and drop the marks around formulas."""
    plain = _ENVIRONMENT.sub(" ", text).replace("\\\\", "\n").translate(_SIGNS).replace("**", "^")
    return _DELIMITERS.sub(" ", plain).strip()


def read_names(text: str) -> tuple[str, ...]:
    """Return the letters of `x, y and z`; none where one is repeated or is no unknown."""
    names = tuple(re.findall(r"\b[A-Za-z]\b", text))
    is_plain = len(set(names)) == len(names) <= MAX_UNKNOWNS
    return names if is_plain and not _NO_UNKNOWNS & set(names) else ()


def is_term(text: str, unknowns: frozenset[str]) -> bool:
    """Whether a text is one whole expression of these unknowns and numbers."""
    return (
        0 < len(text) <= MAX_SIDE_CHARS
        and re.fullmatch(_SIDE, text) is not None
        and set(_LETTERS.findall(_drop_functions(text))) <= unknowns
        and _SPACED_PRODUCT.search(text) is None
        and _AMBIGUOUS.search(text) is None
        and _is_balanced(text)
    )


def _asks_nothing_else(text: str, asks: list[re.Match[str]]) -> bool:
    return all(
        any(ask.start() <= verb.start() < ask.end() for ask in asks)
        for verb in _ASK_VERB.finditer(text)
    )


def _read_all(text: str, unknowns: frozenset[str]) -> tuple[tuple[str, str], ...] | None:
    """Return all equations, provided that no equals sign stands outside of one."""
    text = _spell_products(text, unknowns)
    matches = list(_EQUATION.finditer(text))
    if not 0 < len(matches) <= MAX_EQUATIONS or text.count("=") != len(matches):
        return None
    for last, match in zip([None, *matches], matches, strict=False):
        if not _begins_alone(text, match, last) or not _ends_alone(text, match):
            return None
    pairs = tuple((match[1].strip(), match[2].strip()) for match in matches)
    if not all(_is_equation(left, right, unknowns) for left, right in pairs):
        return None
    used = frozenset(letter for pair in pairs for side in pair for letter in _list_letters(side))
    return pairs if used >= unknowns else None


def _begins_alone(text: str, match: re.Match[str], last: re.Match[str] | None) -> bool:
    """Whether an equation does not go on with something before it, as in `half of x = 6`."""
    if last is not None and _BETWEEN.fullmatch(text, last.end(), match.start()):
        return True
    return (
        _BEFORE.search(text[max(0, match.start() - MAX_BEFORE_CHARS) : match.start()]) is not None
    )


def _ends_alone(text: str, match: re.Match[str]) -> bool:
    """Whether what follows an equation is another one, or no part of it."""
    if _BEHIND.match(text, match.end()):
        return True
    joint = _JOINT.match(text, match.end())
    return joint is not None and _EQUATION.match(text, joint.end()) is not None


def _is_equation(left: str, right: str, unknowns: frozenset[str]) -> bool:
    is_given = (left in unknowns and not _list_letters(right)) or (
        right in unknowns and not _list_letters(left)
    )
    return not is_given and is_term(left, unknowns) and is_term(right, unknowns)


def _list_letters(text: str) -> list[str]:
    return _LETTERS.findall(_drop_functions(text))


def _drop_functions(text: str) -> str:
    return re.sub(r"\\[A-Za-z]+|sqrt", " ", text)


def _spell_products(text: str, unknowns: frozenset[str]) -> str:
    """Write `xy` as `x*y` where both are unknowns."""
    return _ADJACENT_LETTERS.sub(
        lambda pair: f"{pair[1]}*{pair[2]}" if {pair[1], pair[2]} <= unknowns else pair[0], text
    )


def _is_balanced(text: str) -> bool:
    depths = {"(": 0, "{": 0}
    for sign in text:
        if sign in depths:
            depths[sign] += 1
        elif sign in ")}":
            depths["(" if sign == ")" else "{"] -= 1
        if min(depths.values()) < 0:
            return False
    return not any(depths.values()) and text.count("|") % 2 == 0
