"""Problems that ask for the number at first, told the changes since and what there is now.

Composed: a setting (things, money, the people on a bus) is crossed with chains of two or three
changes (a gain, a loss, a part gone, a multiple), told as they happened; the present number is
told last or first. Each program goes back from the end.
Left out: a loss directly followed by a gain, in every setting and at every place of a chain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, permutations
from typing import Final, TypeAlias

from engine.training.blueprint import Draw, Family, below, computed, divisor, one_of, span

_Chain: TypeAlias = tuple[str, ...]

# This pair is the held-out family number.before: no model is to see it composed either.
_LEFT_OUT: Final = frozenset({("loss", "gain")})
# Nobody tells a story in which a number doubles only to be halved, or the reverse.
_POINTLESS: Final = frozenset({("double", "half"), ("half", "double")})
_NUMBERS: Final = "xyk"
_ORDINALS: Final = ("first", "second")
_STATES: Final = "wpq"
_SHRINKING: Final = frozenset({"loss", "half", "part"})
# One of anything would need other verbs, and a state of one leaves nothing to divide.
_LEAST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """How a change is told: as the first that happens, and as a later one."""

    first: str
    later: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """Whose number it is that changes, and the sentence forms in which it does."""

    name: str
    start: Draw
    gained: Draw
    tellings: Mapping[str, _Telling]
    now: str
    ask: str
    meaning: str
    now_first: str = ""
    noun: str = ""


_AT_FIRST: Final = "[at first|at the beginning|to begin with|at the start|originally]"
_NOW: Final = (
    "[now {A.he} has <n>|{A.he} now has <n>|in the end {A.he} had <n>|{A.he} had <n> in the end"
    "|{A.he} ended up with <n>|today {A.he} has <n>|after all this {A.he} has <n>]"
)
_ASKED: Final = (
    f"[<what> did {{A}} have {_AT_FIRST}|with <what> did {{A}} [start|begin]|<what> did {{A?}} "
    "have before all this|<what> did {A} start with|<what> had {A?} had at the very beginning]"
)
# Always said, so that a change told without it is never taken for an earlier one.
_THEN: Final = "[then |later ]"
_LOST: Final = "[lost|sold|gave away|donated]"
_WERE_LOST: Final = "[were lost|were sold|were stolen|were given away]"
_SOME: Final = "{A?} had [some|a number of] {item} and"
# After a change that takes, "the rest" is all there is; after one that adds, nothing is "left".
_LEFT: Final = "[the <noun> [that |]{A.he} [had left|still had]|the rest of {A.his} <noun>]"
_BY_THEN: Final = "[all the <noun> [that |]{A.he} had by then|all {A.his} <noun>]"


def _taken(number: str, receiver: str) -> str:
    """The first change takes a number or a part of somebody's things."""
    return (
        f"[{{A?}} [gave|sold] {number} of {{A.his}} {{item}} to {receiver}"
        f"|{{A?}} {_LOST} {number} of {{A.his}} {{item}}|{_SOME} {_LOST} {number} of them"
        f"|{number} of {{A.his}} {{item}} {_WERE_LOST}]"
    )


_LOST_PART: Final = _Telling(
    first=_taken("{y.part}", "{D}"),
    later=(
        f"[{{A?}} {_THEN}[gave|sold] {{y.part}} of <all> to {{D}}|{{A?}} {_THEN}{_LOST} {{y.part}}"
        f" of <all>|{{y.part}} of <all> [went to charity|{_WERE_LOST}] after that]"
    ),
)
_THINGS: Final = _Setting(
    name="things",
    noun="{item}",
    start=span(6, 240),
    gained=span(2, 60),
    tellings={
        "gain": _Telling(
            first=(
                f"[{_SOME} [bought|found|got|was given] {{y}} more"
                "|{A?} [bought|got|was given] {y} {item} [to go with|in addition to] those [that"
                " |]{A.he} already had|{y} {item} were added to those [that |]{A?} already had"
                "|{A?} had a collection of {item} and added {y} to it]"
            ),
            later=(
                f"[{{A?}} {_THEN}[bought|found|got|received] {{y}} [more|new] {{item}}|{{A?}} "
                f"{_THEN}got {{y}} [more|new] {{item}} from {{B}}|{{y}} [more|new] {{item}} were "
                "then added to {A.his} collection|{A.his} collection then grew by {y} {item}]"
            ),
        ),
        "loss": _Telling(
            first=_taken("{y}", "{C}"),
            later=(
                f"[{{A?}} {_THEN}[gave|sold] {{y}} [|of {{A.his}} ]{{item}} to {{C}}"
                f"|{{A?}} {_THEN}{_LOST} {{y}} [|of {{A.his}} ]{{item}}"
                f"|{{y}} of {{A.his}} {{item}} {_WERE_LOST} after that]"
            ),
        ),
        "half": _LOST_PART,
        "part": _LOST_PART,
        "double": _Telling(
            first=(
                "[the number of {A.his} {item} [grew|rose|went up] to {y.times} what it had been"
                f"|{_SOME} [bought|found] more until {{A.he}} had {{y.times}} as many as before"
                "|{A.his} [collection|stock] of {item} became {y.times} as large]"
            ),
            later=(
                "[the number of {A.his} {item} then [grew|rose|went up] to {y.times} what it had"
                f" just been|{{A?}} {_THEN}[collected|bought|got] more {{item}}, which made the "
                "number {y.times} as large|{A.his} [collection|stock] of {item} then became "
                f"{{y.times}} as large|{{A?}} {_THEN}multiplied {{A.his}} stock of {{item}} by "
                "{y.digits}]"
            ),
        ),
    },
    now=_NOW.replace("<n>", "{n} {item}"),
    now_first=(
        "[{A} [now has|has now got] {n} {item}|{A} has {n} {item} [now|today|at the moment]"
        "|there are now {n} {item} in {A}'s collection|the number of {A}'s {item} is now {n}]"
    ),
    ask=_ASKED.replace("<what>", "how many {item}"),
    meaning="what was the number of {A}'s {item}",
)
_SPENT_ON: Final = "[on {item}|at the {place}|on clothes|on a present]"


def _spent(amount: str, whole: str) -> _Telling:
    """A sum or a part of somebody's money is spent."""
    first = (
        f"[{{A?}} spent {amount} of {{A.his}} money {_SPENT_ON}|{{A?}} had some money and "
        f"[spent|paid out|gave away] {amount} of it|{amount} of {{A.his}} money was spent "
        f"{_SPENT_ON}|{{A?}} gave {amount} of {{A.his}} money to {{D}}]"
    )
    later = (
        f"[{{A?}} {_THEN}spent {amount} of {whole} {_SPENT_ON}|{{A?}} {_THEN}gave {amount} of "
        f"{whole} to {{D}}|{amount} of {whole} was spent after that]"
    )
    return _Telling(first=first, later=later)


_MONEY: Final = _Setting(
    name="money",
    noun="money",
    start=span(20, 500),
    gained=span(5, 120),
    tellings={
        "gain": _Telling(
            first=(
                "[{A?} had some money and [earned|got|was given] ${y.money} more|{A?} [earned|got]"
                " ${y.money} to go with [what {A.he} already had|the money {A.he} already had]]"
            ),
            later=f"{{A?}} {_THEN}[earned|got|received] [another ${{y.money}}|${{y.money}} more]",
        ),
        "loss": _spent("${y.money}", "{A.his} money"),
        "half": _spent("{y.part}", "<all>"),
    },
    now=_NOW.replace("<n>", "${n.money}"),
    ask=_ASKED.replace("<what>", "how much money"),
    meaning="what was the amount of {A}'s money",
)


def _at_stops(body: str) -> _Telling:
    """What happens at a stop, the first of a ride or a later one."""
    return _Telling(
        first=f"[at the first stop, {body}|{body} at the first stop]",
        later=f"[at the next stop, {body}|{body} at the next stop]",
    )


_BUS: Final = _Setting(
    name="bus",
    start=span(6, 24),
    gained=span(2, 12),
    tellings={
        "gain": _at_stops("{y} [|more ][people|passengers] [got on|boarded|entered] the bus"),
        "loss": _at_stops("{y} [people|passengers|of the passengers] [got off|left] the bus"),
        "half": _at_stops("{y.part} of [|all ]the passengers on the bus [got off|left it]"),
    },
    now=(
        "[[there are now|in the end there were] {n} passengers on the bus|{n} passengers are on"
        " the bus now|the number of passengers on the bus is now {n}"
        "|now the bus carries {n} passengers]"
    ),
    ask=(
        "[how many passengers were on the bus|what was the number of passengers on the bus|how"
        " many passengers did the bus carry] [at first|at the beginning|before the first stop]"
    ),
    meaning="what was the number of passengers on the bus",
)
_WAYS_BACK: Final[Mapping[str, tuple[str, ...]]] = {
    "gain": ("{now}-{y}",),
    "loss": ("{now}+{y}",),
    "half": ("{now}*{y}",),
    "part": ("{y}-1", "{now}/{last}", "{last}*{y}"),
    "double": ("{now}/{y}",),
}


def _number(kind: str, state: str, gained: Draw) -> Draw:
    """How the number of a change is drawn, given the role of the state before it."""
    taken = {"loss": below(state, _LEAST), "half": one_of(2), "part": divisor(state, 3, 5)}
    return taken.get(kind, gained if kind == "gain" else one_of(2, 2, 3, 4))


def _after(kind: str, state: str, number: str) -> Draw:
    """The state after a change; a draw in which it is not whole, or too small, is rejected."""

    def rule(known: Mapping[str, Fraction]) -> Fraction:
        was, by = known[state], known[number]
        states = {"gain": was + by, "loss": was - by, "half": was / by, "double": was * by}
        value = states[kind] if kind in states else was - was / by
        return value if value.denominator == 1 and value >= _LEAST else Fraction(0)

    return computed(rule)


def _roles(setting: _Setting, chain: _Chain) -> dict[str, Draw]:
    """The start and the states between are told nowhere; the last state is `n`."""
    roles = {"w": setting.start}
    states = (*_STATES[: len(chain)], "n")
    for kind, number, (was, becomes) in zip(chain, _NUMBERS, pairwise(states), strict=False):
        roles[number] = _number(kind, was, setting.gained)
        roles[becomes] = _after(kind, was, number)
    return roles


def _clause(setting: _Setting, chain: _Chain, place: int) -> str:
    telling, before = setting.tellings[chain[place]], chain[max(place - 1, 0)]
    text = telling.later if place else telling.first
    text = text.replace("<all>", _LEFT if before in _SHRINKING else _BY_THEN)
    return text.replace("<noun>", setting.noun).replace("{y", "{" + _NUMBERS[place])


def _way_back(setting: _Setting, chain: _Chain) -> tuple[str, dict[str, str]]:
    """The program from the end to the start, and what the states on its way are called."""
    letters, statements = iter("abcdefg"), list[str]()
    meanings: dict[str, str] = {}
    state = last = "n"
    for place in reversed(range(len(chain))):
        for step in _WAYS_BACK[chain[place]]:
            expression = step.format(now=state, last=last, y=_NUMBERS[place])
            last = next(letters)
            statements.append(f"{last}={expression}")
        state = last
        if place:
            meanings[state] = f"{setting.meaning} after the {_ORDINALS[place - 1]} change"
    return ";".join(statements), meanings


def _family(setting: _Setting, chain: _Chain, *, now_first: bool = False) -> Family:
    told = [_clause(setting, chain, place) for place in range(len(chain))]
    if now_first:
        told[0] = f"[earlier|before that|some time before], {told[0]}"
    program, meanings = _way_back(setting, chain)
    return Family(
        path=f"origin.{'now' if now_first else setting.name}_{'_'.join(chain)}",
        roles=_roles(setting, chain),
        clauses=(setting.now_first, *told) if now_first else (*told, setting.now),
        ask=setting.ask,
        program=program,
        needs_all=False,
        meanings=meanings,
    )


def _allowed(chains: Iterable[_Chain]) -> tuple[_Chain, ...]:
    return tuple(c for c in chains if (_LEFT_OUT | _POINTLESS).isdisjoint(pairwise(c)))


_KINDS: Final = ("gain", "loss", "double", "half")
# With these beside gain and loss, neither goes with a place in the chain.
_TWICE: Final = (("gain", "gain"), ("loss", "loss"))
_PAIRS: Final = (*_allowed(permutations(_KINDS, 2)), *_TWICE)
_PARTS: Final = _allowed((*permutations(("gain", "part"), 2), *permutations(("loss", "part"), 2)))
_TRIPLES: Final = (
    *_allowed(permutations(_KINDS, 3)),
    *(("gain", "gain", "loss"), ("gain", "loss", "loss"), ("loss", "loss", "half")),
)
_PLAIN: Final = tuple(chain for chain in _PAIRS if "double" not in chain)

ORIGINS: Final = (
    *(_family(_THINGS, chain) for chain in (*_PAIRS, *_PARTS, *_TRIPLES)),
    *(_family(_THINGS, chain, now_first=True) for chain in _PLAIN),
    *(_family(setting, chain) for setting in (_MONEY, _BUS) for chain in _PLAIN),
)
