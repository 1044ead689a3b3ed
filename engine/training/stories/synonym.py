"""Words of a sentence form that may stand for each other wherever they occur.

Whoever writes a story need not spell these choices out: they are put in when the file is read.
"""

from __future__ import annotations

import re
from typing import Final

_UNIT: Final = r"(?:day|week|month|year|hour|minute|morning|evening|night)"
# A noun in the plural or its slot: after it `a day` is a rate, and not a stretch of time.
_COUNTED: Final = (
    r"(?:\{\w+\}|times|dollars|cents|pages|hours|minutes|kilometers|miles|meters|centimeters|liters"
    r"|cups|cans|eggs|books|laps|pounds|kilograms|grams|games|boxes|bags|trips)"
)
_SETS: Final = (
    ("altogether", "in all", "in total"),
    ("at first", "in the beginning", "at the start", "to begin with"),
    ("so far", "up to now", "until now"),
    ("as well", "too"),
    ("apiece", "each"),
)
_CHOICES: Final = {word: words for words in _SETS for word in words if word != "each"}
_PATTERN: Final = re.compile(
    rf"(?P<phrase>(?<!\bin )\b(?:{'|'.join(_CHOICES)})(?=[.,?]))"
    rf"|(?P<sweep>(?<!\beach )\b[Ee](?:very|ach)) (?P<swept>{_UNIT}\b)"
    rf"|(?P<counted>{_COUNTED}) (?:an?|per) (?P<rate>{_UNIT}\b)"
    r"|(?P<left>\b(?:are|is) left\?)"
    r"|(?P<another>\b[Aa]nother (?P<number>\{\w+\}) )"
    r"|(?P<then>(?<=[.] )Then (?=\{))"
    r"|(?P<later>(?<=[.] )(?:Later|Afterwards) (?=\{))"
    r"|(?P<children>\bchildren\b(?!'))"
)
_REMAINS: Final = {"are left?": "remain?", "is left?": "remains?"}


def with_synonyms(text: str) -> str:
    """A sentence form with a choice wherever another wording says the same."""
    return _PATTERN.sub(_choice, text)


def _choice(match: re.Match[str]) -> str:
    found = match.group(0)
    others: tuple[str, ...]
    match match.lastgroup:
        case "phrase":
            others = _CHOICES[found]
        case "swept":
            first = found[0]
            others = (f"{first}very {match['swept']}", f"{first}ach {match['swept']}")
        case "rate":
            article = "an" if match["rate"] == "hour" else "a"
            ways = (f"{article} ", "per ", "each ", "every ")
            return f"{match['counted']} [{'|'.join(ways)}]{match['rate']}"
        case "left":
            others = (found, _REMAINS[found])
        case "another":
            others = (found, f"{match['number']} more ")
        case "then":
            others = (found, "After that, ", "Next, ")
        case "later":
            others = ("Later ", "Afterwards ", "Later on, ")
        case _:
            others = (found, "kids")
    return f"[{'|'.join(others)}]"
