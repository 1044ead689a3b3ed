"""Problems about several parts of one whole, composed of parts, questions and settings.

Each part is taken of the original whole: a fraction, a percentage or a plain number. Two or three
of them are crossed with what is asked: the parts together, the difference of two, what remains,
or that shared or packed. The settings take turns. Left out: two fractions with what remains asked,
and two plain numbers where the whole is not needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Final

from engine.training.blueprint import Draw, Family, computed, divisor, span

_F: Final = "fraction"
_P: Final = "percent"
_N: Final = "number"
# The letters of the first and the second part of a sort, how it is said, what may be drawn.
_LETTERS: Final = {_F: "km", _P: "pq", _N: "xy"}
_SAID: Final = {_F: "{#.part}", _P: "{#.digits}[%| percent]", _N: "{#}"}
_CHOICES: Final = {_F: range(2, 11), _P: range(5, 95, 5), _N: range(2, 300)}
# Percentages come out whole of round numbers, fractions of those with many divisors.
_WHOLES: Final = {_P: span(20, 400, 20), _F: span(24, 360, 12)}
_PAIRS: Final = ((_F, _N), (_P, _N), (_F, _P), (_P, _P), (_F, _F), (_N, _N))
# Pairs of unlike sorts, told the other way round as well.
_TURNED: Final = ((_N, _F), (_N, _P), (_P, _F))
_TRIPLES: Final = ((_F, _N, _N), (_P, _N, _N), (_N, _F, _P), (_P, _N, _P))
_ASKED: Final = ("sum", "difference", "rest", "share")
_OVER_THE_REST: Final = ("rest", "share")
_ASKED_OF_THREE: Final = ("sum", "rest")
# Two fractions of one whole with what remains asked belong to the held-out family `part.two`.
_HELD_OUT_PAIR: Final = (_F, _F)
# Of two plain numbers, sum and difference follow without the whole.
_IDLE_PAIR: Final = (_N, _N)

_TOLD_SHARE: Final = (
    "[<said> of <of> <does> <kind>|<own>|<said> of <of> <does> <kind>"
    "|the number of <things> <that> <kind> [is|equals] <said> of the total]"
)
_TOLD_NUMBER: Final = (
    "[<said> <things> <does> <kind>|<said> of the <things> <does> <kind>"
    "|the number of <things> <that> <kind> is <said>|the <things> <that> <kind> number <said>"
    "|exactly <said> <things> <does> <kind>|exactly <said> of the <things> <does> <kind>]"
)
_THE_REST: Final = (
    "[the rest|all the rest|all the other <things>|the remaining <things>|the other <things>"
    "|the rest of the <things>|all the remaining <things>]"
)
# Packed into some number of units of one size, or split among a number of them.
_SHARED: Final = ("<units> of {d}[| <things>[| each]]", "{d} <units>, the same number in each")
_ASKS: Final = {
    "sum": (
        "[how many [of the |]<things> <does> <all>[| in all| altogether]"
        "|what is the [total |]number of <things> <that> <all>"
        "|in all, how many <things> <does> <all>]"
    ),
    "difference": (
        "[how many [more <things>|more of the <things>] <does> <big> than <small>"
        "|how many [fewer <things>|fewer of the <things>] <does> <small> than <big>"
        "|by how much is the number of <things> <that> <big> larger than the number of"
        " [those|<things>] <that> <small>|what is the difference between the number of <things>"
        " <that> <big> and the number of [those|<things>] <that> <small>]"
    ),
    "rest": (
        "[how many [|of the ]<things> <does> <left>"
        "|[what|how large] is the [|total ]number of <things> <that> <left>]"
    ),
    "pack": (
        "[how many <units> [are there|is that|does that make|does that give]"
        "|[what|how large] is the number of <units>]"
    ),
    "split": (
        "[how many [of the |]<things> are [there |]in each of the <units>"
        "|[what|how large] is the number of <things> in each of the <units>"
        "|how many <things> is that for each of the <units>]"
    ),
    "kind": "how many <things> <does> <kind>",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One part of the whole: its sort, the letter of its role, the name of its value."""

    sort: str
    role: str
    name: str

    def value(self, known: Mapping[str, Fraction]) -> Fraction:
        """How large the part is."""
        if self.sort == _F:
            return known["n"] / known[self.role]
        return known["n"] * known[self.role] / 100 if self.sort == _P else known[self.role]

    def statements(self) -> str:
        """What computes the part; nothing where it is told."""
        if self.sort == _F:
            return f"{self.name}=n/{self.role};"
        scratch = chr(ord(self.name) + 5)
        return f"{scratch}=n*{self.role};{self.name}={scratch}/100;" if self.sort == _P else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """What a whole is of.

    Attributes:
        things: What is counted.
        of: What a fraction or percentage is taken of.
        does: With one of `kinds`, what the things of a part are or did; the last kind is the rest.
        who: What leads from the things to what they are or did.
        whole: The fact that gives the whole.
        own: One more way to tell a fraction or percentage.
        packed: What becomes of the rest where it is shared or packed, before the `units`.
    """

    things: str
    of: str = "[all |]the <things>"
    does: str = "went"
    kinds: tuple[str, str, str, str]
    whole: str
    own: str
    packed: str
    units: str
    who: str = "that"

    def put(self, form: str, **words: str) -> str:
        """A sentence form of this setting: its marks in angle brackets replaced."""
        # How the rest and a share are told holds marks itself, so they come first.
        own = {"own": self.own, "rest": _THE_REST, "of": self.of, "things": self.things}
        own |= {"does": self.does, "that": f"{self.who} {self.does}"}
        own |= {"packed": self.packed, "units": self.units}
        for mark, word in (own | words).items():
            form = form.replace(f"<{mark}>", word)
        return form


_SETTINGS: Final = {
    "beads": _Setting(
        things="beads",
        does="are",
        kinds=("red", "blue", "white", "green"),
        whole="[{A} [has|bought|keeps] {n} beads[| in a box]|a [box|jar|bag] [holds|contains] {n}"
        " beads|there are {n} beads [in a jar|on a string]|{A}'s collection has {n} beads]",
        own="the <kind> beads make up <said> of all the beads",
        packed="are [packed|put] in",
        units="bags",
    ),
    "pupils": _Setting(
        things="pupils",
        does="chose",
        who="who",
        kinds=("tennis", "soccer", "hockey", "basketball"),
        whole="[a [school|summer camp|sports club] has {n} pupils, each of whom chose [just |]one"
        " sport|each of the {n} pupils of a [school|sports club] chose [exactly |]one sport]",
        own="<kind> was chosen by <said> of all the pupils",
        packed="formed",
        units="teams",
    ),
    "money": _Setting(
        things="dollars",
        of="[all the money|the whole sum]",
        kinds=("on food", "on clothes", "on books", "into savings"),
        whole="{A} [had|got|earned|won|received] [{n} dollars|${n.money}][| last month]",
        own="{A} spent <said> of all the money <kind>",
        packed="were put in",
        units="envelopes",
    ),
    "garden": _Setting(
        things="flowers",
        does="are",
        kinds=("roses", "tulips", "daisies", "lilies"),
        whole="[there are {n} flowers in {A}'s garden|{n} flowers [grow|bloom] in [a park|{A}'s"
        " garden]|{A} [has|grows] {n} flowers[| in a garden]|[a|{A}'s] garden has {n} flowers]",
        own="<kind> make up <said> of all the flowers",
        packed="[stand|grow] in",
        units="rows",
    ),
    "load": _Setting(
        things="{item}",
        of="all the {item}",
        kinds=("to {B}", "to {C}", "to {D}", "to the {place}"),
        whole="[{A}'s [truck|van] [carried|was loaded with] {n} {item}|{A} [loaded|had] {n} {item}"
        " [on|in] a truck|there were {n} {item} [on|in] {A}'s truck]",
        own="{A} took <said> of all the {item} <kind>",
        packed="were [packed|put] in",
        units="{box}",
    ),
    "eggs": _Setting(
        things="eggs",
        of="all the eggs",
        kinds=("into cakes", "into omelets", "into pancakes", "into bread"),
        whole="[a [bakery|kitchen|hotel] [had|bought|got] {n} eggs[| last week]|{n} eggs were"
        " delivered to a [bakery|kitchen]|there were {n} eggs in the kitchen]",
        own="the cook put <said> of all the eggs <kind>",
        packed="were [packed|put] in",
        units="cartons",
    ),
}


def _parts(sorts: tuple[str, ...]) -> tuple[_Part, ...]:
    roles = [_LETTERS[sort][sorts[:index].count(sort)] for index, sort in enumerate(sorts)]
    named = zip(sorts, roles, "abc", strict=False)
    return tuple(_Part(sort=s, role=r, name=r if s == _N else name) for s, r, name in named)


def _drawn(part: _Part, earlier: tuple[_Part, ...], *, halved: bool) -> Draw:
    """A part that is a whole number and leaves something; halved, at least half."""

    def draw(rng: Random, known: Mapping[str, Fraction]) -> Fraction | None:
        room = known["n"] - sum(other.value(known) for other in earlier)
        most = room / 2 if halved else room - 1
        sizes = {k: part.value({**known, part.role: Fraction(k)}) for k in _CHOICES[part.sort]}
        found = [k for k, size in sizes.items() if size.denominator == 1 and size <= most]
        return Fraction(rng.choice(found)) if found else None

    return draw


def _roles(parts: tuple[_Part, ...], asked: str, compared: tuple[_Part, _Part]) -> dict[str, Draw]:
    sorts = {part.sort for part in parts}
    whole = next((draw for sort, draw in _WHOLES.items() if sort in sorts), span(20, 400))
    # Plain numbers last: they fit into what the other parts leave.
    order = tuple(sorted(parts, key=lambda part: part.sort == _N))
    roles: dict[str, Draw] = {"n": whole}
    for index, part in enumerate(order):
        # Room for a part to come, and for a smaller one where the other is to be larger.
        halved = part is not order[-1] or (asked == "difference" and part is compared[1])
        roles[part.role] = _drawn(part, order[:index], halved=halved)
    if asked == "difference":
        # Told nowhere: it rejects a draw in which the part said to be larger is not.
        roles["e"] = computed(lambda k: compared[0].value(k) - compared[1].value(k))
    if asked == "share":
        roles["r"] = computed(lambda k: k["n"] - sum(part.value(k) for part in parts))
        roles["d"] = divisor("r", 2, 12)
    return roles


def _program(parts: tuple[_Part, ...], asked: str, compared: tuple[_Part, _Part]) -> str:
    shares = "".join(part.statements() for part in parts)
    if asked == "difference":
        return f"{shares}{compared[0].name}-{compared[1].name}"
    names = [*("n" if asked in _OVER_THE_REST else ""), *(part.name for part in parts)]
    operator = "-" if asked in _OVER_THE_REST else "+"
    value, steps = names[0], ""
    for letter, name in zip("stu", names[1:], strict=False):
        steps, value = f"{steps}{letter}={value}{operator}{name};", letter
    return shares + (f"{steps}{value}/d" if asked == "share" else steps.removesuffix(";"))


def _facts(setting: _Setting, parts: tuple[_Part, ...], asked: str, shared: str) -> list[str]:
    facts = [setting.whole]
    for part, kind in zip(parts, setting.kinds, strict=False):
        form = _TOLD_NUMBER if part.sort == _N else _TOLD_SHARE
        said = _SAID[part.sort].replace("#", part.role)
        facts.append(setting.put(form, said=said, kind=kind))
    if asked in _OVER_THE_REST:
        form = "<rest> <does> <left>" if asked == "rest" else f"<rest> <packed> {shared}"
        facts.append(setting.put(form, left=setting.kinds[-1]))
    return facts


def _family(name: str, sorts: tuple[str, ...], asked: str, *, turned: bool) -> Family:
    """One family; turned, the second part is the larger one and the rest is split, not packed."""
    setting, parts = _SETTINGS[name], _parts(sorts)
    kinds, big, small = setting.kinds[: len(parts)], int(turned), int(not turned)
    every = f"{', '.join(kinds[:-1])} or {kinds[-1]}"
    words = {"all": every, "big": kinds[big], "small": kinds[small], "left": setting.kinds[-1]}
    form = ("split" if turned else "pack") if asked == "share" else asked
    told = {p.name: k for p, k in zip(parts, kinds, strict=True) if p.sort != _N}
    return Family(
        path=f"whole.{name}_{'_'.join(sorts)}_{asked}",
        roles=_roles(parts, asked, (parts[big], parts[small])),
        clauses=tuple(_facts(setting, parts, asked, _SHARED[turned])),
        ask=setting.put(_ASKS[form], **words),
        program=_program(parts, asked, (parts[big], parts[small])),
        needs_all=asked not in _OVER_THE_REST,  # without a part, more would remain
        meanings={a: setting.put(_ASKS["kind"], kind=kind) for a, kind in told.items()},
    )


def _is_made(sorts: tuple[str, ...], asked: str) -> bool:
    if len(sorts) > len(_HELD_OUT_PAIR):
        return asked in _ASKED_OF_THREE
    return sorts != (_HELD_OUT_PAIR if asked in _OVER_THE_REST else _IDLE_PAIR)


# The settings take turns along both, so that each meets every question.
WHOLES: Final = tuple(
    _family(tuple(_SETTINGS)[(row + column) % len(_SETTINGS)], sorts, asked, turned=row % 2 > 0)
    for row, sorts in enumerate((*_PAIRS, *_TURNED, *_TRIPLES))
    for column, asked in enumerate(_ASKED)
    if _is_made(sorts, asked)
)
