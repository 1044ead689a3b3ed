"""Words of a sentence form that may stand for each other wherever they occur.

Whoever writes a story need not spell these choices out: they are put in when the file is read. A
rule must keep the meaning and the grammar of every sentence that it fits, so each says what has to
stand around its words.
"""

from __future__ import annotations

import re
from typing import Final

_UNIT: Final = r"(day|week|month|year|minute|morning|evening|night)\b"
# A noun in the plural or its slot: after it `a day` is a rate, and not a stretch of time.
_COUNTED: Final = (
    r"(\{\w+\}|times|dollars|cents|pages|hours|minutes|kilometers|miles|meters|centimeters|liters"
    r"|cups|cans|eggs|books|laps|pounds|kilograms|grams|games|boxes|bags|trips)"
)
# `gets 3 degrees colder`, `got 4 questions wrong`, `gets twice as long`: nothing is received.
_NO_CHANGE: Final = (
    r"(?!\{\w+\.(?:times|fold|part)\})"
    r"(?![^.]{0,40}\b(?:wrong|right|off|on|out|up|down|through|to|done|\w{2,}er)\b)"
)
_RULES: Final = (
    (r"(?<!\bin )\b(?:altogether|in all|in total)(?=[.,?])", r"[altogether|in all|in total]"),
    (
        r"\b(?:at first|in the beginning|at the start|to begin with)(?=[.,?])",
        r"[at first|in the beginning|at the start|to begin with|originally|initially]",
    ),
    # `Until now` would need another tense than `now` has.
    (r"\b(?:so far|up to now)(?=[.,?])", r"[so far|up to now]"),
    (r"\b(?:as well|too)(?=[.,?])", r"[as well|too]"),
    (r"\bapiece(?=[.,?])", r"[apiece|each]"),
    (rf"(?<!\beach )\b([Ee])(?:very|ach) {_UNIT}", r"[\1very|\1ach] \2"),
    (rf"{_COUNTED} (?:a|per) {_UNIT}", r"\1 [a|per|each|every] \2"),
    (rf"{_COUNTED} (?:an|per) hour\b", r"\1 [an|per|each|every] hour"),
    (r"\bare left\?", r"[are left|remain]?"),
    (r"\bis left\?", r"[is left|remains]?"),
    # A number of them, and no single one: `another {bird} has` stays.
    (
        r"\b[Aa]nother (\{[a-z]\w*\}) (?=\{|feet\b|(?!(?:is|has|was|needs)\b)\w+s\b)",
        r"[another \1|\1 more|another \1|\1 additional] ",
    ),
    (r"(?<=[.] )Then (?=\{)", r"[Then|After that,|Next,] "),
    (r"(?<=[.] )(?:Later|Afterwards) (?=\{)", r"[Later|Afterwards|Later on,] "),
    (r"\bchildren\b(?!')", r"[children|kids]"),
    (r"\bmother\b(?! bird)", r"[mother|mom]"),
    (r"\bfather\b", r"[father|dad]"),
    (r"\bFind the\b", r"[Find|Calculate|Determine] the"),
    (rf"\bgets (?=\{{[a-z]|\$){_NO_CHANGE}", r"[gets|receives] "),
    (rf"\bgot (?=\{{[a-z]|\$){_NO_CHANGE}", r"[got|received] "),
    (r"\bbuys (?=\{[a-z])", r"[buys|purchases] "),
    (r"\bbought (?=\{[a-z])", r"[bought|purchased] "),
    # `The whole eggs` are those that did not break.
    (r"\b(the|a) whole (?!\w+ of|\{|\w+s\b)", r"\1 [whole|entire] "),
    (r"(\{(\w+)\}) kilograms\b", r"[\1 kilograms|\1 kilograms|{\2.digits} kg]"),
    (r"(\{(\w+)\}) kilometers\b", r"[\1 kilometers|\1 kilometers|{\2.digits} km]"),
    (r"(\{(\w+)\}) centimeters\b", r"[\1 centimeters|\1 centimeters|{\2.digits} cm]"),
)
_COMPILED: Final = tuple((re.compile(pattern), choice) for pattern, choice in _RULES)


def with_synonyms(text: str) -> str:
    """A sentence form with a choice wherever another wording says the same."""
    for pattern, choice in _COMPILED:
        text = pattern.sub(choice, text)
    return text
