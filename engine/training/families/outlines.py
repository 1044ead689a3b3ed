"""Problems about the way around a figure: its outline, crossed with what the outline is for.

Composed are figures (rectangle, square, triangle, hexagon) on the ground (a garden, a pond) or as
a piece (a rug, a sign) with uses (length, rest, lack, price, posts, rounds, several pieces). Left
out are the price of what goes around a square and fences around squares: see `_HELD_OUT`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from engine.training.blueprint import Draw, Family, above, below, computed, divisor, span


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """What has the shape of a figure, and how its sides are drawn."""

    name: str
    nouns: str
    side: Draw
    reach: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """A shape, and forms of its own; one without a number of equal sides is a rectangle."""

    adjective: str
    count: str = ""
    n_sides: int = 0
    forms: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Use:
    """What the outline, `b`, is for; where no step follows, it is the answer itself."""

    name: str
    setting: _Setting
    roles: Mapping[str, Draw] = field(default_factory=dict[str, Draw])
    clause: str
    ask: str  # names nothing that some reading of the clause calls otherwise
    step: str = ""
    of_many: bool = False  # of several such figures, each with such an outline


# The held-out family shape.fence asks what a fence around a square costs.
_HELD_OUT: Final = frozenset({("square", "price")})
_FENCE_FREE: Final = "square"
# No "yard", which may be the unit too, and nothing that would look odd with sides of some meters.
_GROUNDS: Final = "[garden|park|lawn|pond|playground|meadow|field]"
_PIECES: Final = "[tablecloth|blanket|rug|quilt|banner|carpet|poster|sign]"
_GROUND: Final = _Setting(name="ground", nouns=_GROUNDS, side=span(4, 40), reach=30)
_PIECE: Final = _Setting(name="piece", nouns=_PIECES, side=span(2, 9), reach=6)
# Everybody knows how many sides a square has.
_SQUARE: Final = (
    "|<one> has sides of {s} {long}|each side of <one> is {s} {long} long"
    "|<one> measures {s} {long} on each side|the sides of <one> are {s} {long} long"
)
_FIGURES: Final = {
    "rectangle": _Figure(adjective="rectangular"),
    "square": _Figure(adjective="square", count="four", n_sides=4, forms=_SQUARE),
    "triangle": _Figure(adjective="triangular", count="three", n_sides=3),
    "hexagon": _Figure(adjective="hexagonal", count="six", n_sides=6),
}
_RECTANGLE: Final = (
    "<one> is {x} {long} long and {y} {long} wide|<one> measures {x} {long} by {y} {long}|the "
    "length of <one> is {x} {long}, and the width is {y}[| {long}]|<one> has a length of {x} "
    "{long} and a width of {y} {long}|<one> is {y} {long} wide and {x} {long} long|the sides of "
    "<one> are {x} and {y} {long} long|the two long sides of <one> are {x} {long} each, and the "
    "two short ones are {y} {long} each"
)
_RECTANGLE_HELD: Final = (
    "|{B} [has|owns] <one> of {x} by {y} {long}"
    "|there is <one> that is {x} {long} long and {y} {long} wide"
)
_EQUAL: Final = (
    "<one> has <count> [equal|equally long] sides of {s} {long}[| each]|each of the <count> sides "
    "of <one> [is {s} {long} long|measures {s} {long}]|the <count> sides of <one> are [each|all] "
    "{s} {long} long|<one> measures {s} {long} on each of its <count> sides|<one> has <count> "
    "sides. each of [them|these sides] is {s} {long} long|{s} {long} is the length of each of the "
    "<count> sides of <one>"
)
_EQUAL_HELD: Final = (
    "|{B} [has|owns] <one> with <count> equal sides of {s} {long}[| each]"
    "|there is <one> with <count> sides that are {s} {long} long each"
)
# What goes around, by its mark in the clauses; a square has no fence.
_AROUND: Final = {
    "<barrier>": "[<fence>hedge|low wall|railing|line of bushes]",
    "<line>": "[<fencing>wire|rope|chain|netting]",
    "<trim>": "[ribbon|cord|tape|trim]",
    "<per>": "[per|for each|for every] {long.one}",
}
_FENCES: Final = {"<fence>": "wooden fence|", "<fencing>": "fencing|"}
_ASK_LENGTH: Final = (
    "[how many {long} is it once around|how many {long} does it take to go once around|how many "
    "{long} are needed to go all the way around|what distance is it once around, in {long}|how "
    "far is it all the way around, in {long}|how long is the whole way around, in {long}]"
)
_ASK_PRICE: Final = (
    "[how much does it cost to go [once|all the way] around|how much money is needed to go [once"
    "|all the way] around|what is the [total|whole] [cost|price]|how many dollars does the whole "
    "way around cost|how much is [due|to be paid] in all]"
)
_USES: Final = (
    _Use(
        name="length",
        setting=_GROUND,
        clause=(
            "[a <barrier> [is to go|goes|runs] all [the way |]around it|{B?} [puts|wants] a "
            "<barrier> all the way around it|it [is|is to be] [surrounded|enclosed] by a "
            "<barrier>|it [has|gets] a <barrier> all around|there [is|is to be] a <barrier> along "
            "its whole edge|it is [bordered|closed off] on every side by a <barrier>]"
        ),
        ask=_ASK_LENGTH,
    ),
    _Use(
        name="length",
        setting=_PIECE,
        clause=(
            "[<trim> [is to go|goes|runs] all [the way |]around it|{B?} [puts|wants] <trim> all "
            "the way around it|it [is|is to be] edged with <trim> on every side|it [has|gets] a "
            "border of <trim> all around|there [is|is to be] <trim> along its whole edge|all of "
            "its edges are [decorated|trimmed|lined] with <trim>]"
        ),
        ask=_ASK_LENGTH,
    ),
    _Use(
        name="left",
        setting=_PIECE,
        roles={"n": above("q", 40)},
        clause=(
            "[{B?} has {n} {long} of <trim> and puts some of it once around the [whole |]edge"
            "|{B?} [goes|went] once around the edge with <trim> from a roll of {n} {long}|{B?} "
            "[edges|edged] it all around with <trim> cut from a roll of {n} {long}|there are {n} "
            "{long} of <trim>, and {B?} uses just enough of it to go once around the edge|{B?} "
            "[bought|took] {n} {long} of <trim> and edged every side once with it|a roll of "
            "<trim> has {n} {long}, and {B?} edges every side once with it]"
        ),
        ask=(
            "[how many {long} [are|will be] left[| over| in the end]|how many {long} [remain|does "
            "{B} not use]|how many {long} does {B} have left[| over| afterwards]|what length is "
            "left over, in {long}|how many {long} remain unused]"
        ),
        step="n-b",
    ),
    _Use(
        name="short",
        setting=_GROUND,
        roles={"n": below("q", 2)},
        clause=(
            "[{B?} has [only|just] {n} {long} of <line> to go once around it|{B?} wants to put "
            "<line> once around it but has only {n} {long}|{B?} has bought only {n} {long} of "
            "<line> to put once around it|{n} {long} of <line> are all that {B?} has to go once "
            "around it|<line> is to run once around it, but {B?} has [only|just] {n} {long}|{B?} "
            "needs <line> to go once around it and already has {n} {long}]"
        ),
        ask=(
            "[how many more {long} [are needed|does {B} need]|how many {long} [are missing|are "
            "still needed|does {B} still need]|what length is [missing|still needed], in {long}]"
        ),
        step="b-n",
    ),
    _Use(
        name="price",
        setting=_GROUND,
        roles={"p": span(2, 25)},
        clause=(
            "[a <barrier> all around it costs ${p.money} <per>|it gets a <barrier> all the way "
            "around, at ${p.money} [per|a] {long.one}|a <barrier> is put all the way around it, "
            "and [each|every] {long.one} costs ${p.money}|a company [asks|charges] ${p.money} "
            "<per> to put a <barrier> all around it|{B?} pays ${p.money} <per> of a <barrier> all "
            "around it|each {long.one} of a <barrier> all around it costs ${p.money}]"
        ),
        ask=_ASK_PRICE,
        step="b*p",
    ),
    _Use(
        name="price",
        setting=_PIECE,
        roles={"p": span(2, 12)},
        clause=(
            "[<trim> to go once around it costs ${p.money} <per>|{B?} edges it all around with "
            "<trim> at ${p.money} [per|a] {long.one}|it is edged all around with <trim> that "
            "costs ${p.money} <per>|{B?} pays ${p.money} <per> of <trim> to go once around it|a "
            "shop sells <trim> at ${p.money} [per|a] {long.one}, and {B?} buys just enough to go "
            "once around it|each {long.one} of the <trim> that goes once around it costs "
            "${p.money}]"
        ),
        ask=_ASK_PRICE,
        step="b*p",
    ),
    _Use(
        name="posts",
        setting=_GROUND,
        roles={"k": divisor("q", 2, 6)},
        clause=(
            "[there is to be a [post|lamp|young tree] every {k} {long} all the way around it|a "
            "[post|lamp|bush|flag] [stands|is put] every {k} {long} along its whole edge|{B?} "
            "[puts|sets] a [post|lamp|stone|flag] every {k} {long} all the way around its edge"
            "|[posts|lamps|trees] are [put|set] {k} {long} apart all the way around its edge|its "
            "whole edge is marked with [posts|flags|stones|lamps], one every {k} {long}|there is "
            "to be one [post|lamp|tree] for every {k} {long} of its edge]"
        ),
        ask=(
            "[how many of them [are there|are needed|will there be] [in all|altogether]|how many "
            "are needed [to go all the way around|in all|altogether]|what number of them is "
            "needed in all|how many of them does it take to go all the way around]"
        ),
        step="b/k",
    ),
    _Use(
        name="rounds",
        setting=_GROUND,
        roles={"k": span(2, 9)},
        clause=(
            "[{B?} [walks|runs|walked|ran] {k.times} around it|{B?} [goes|went] all the way "
            "around it {k.times}|a [dog|guard|horse] [walks|walked|runs|ran] all the way around "
            "it {k.times}|{B?} [follows|followed] its edge {k.times} all the way around|a [rope"
            "|wire] is [run|laid|put] {k.times} around it|a [boy|girl|runner] [goes|went] around "
            "it {k.times} along the edge]"
        ),
        ask=(
            "[how many {long} [long |]are all the rounds together|how long are all the rounds "
            "together, in {long}|how many {long} do all the rounds [make|come to] [in all"
            "|altogether]|what is the [total|whole] length of all the rounds, in {long}]"
        ),
        step="b*k",
    ),
    _Use(
        name="pieces",
        setting=_PIECE,
        roles={"m": span(2, 20)},
        clause=(
            "[{m} of these pieces are [edged|to be edged] all around with <trim>|{B?} [puts"
            "|glues] <trim> all the way around {m} of these pieces|<trim> is put along every side "
            "of {m} of these pieces|{m} of these pieces [get|are to get] <trim> all the way "
            "around|<trim> [is|is to be] put once around each of {m} of these pieces|{B?} goes "
            "once around each of {m} of these pieces with <trim>]"
        ),
        ask=(
            "[how many {long} are needed [in all|altogether]|how many {long} does that take [in "
            "all|altogether]|what length is needed in all, in {long}|how many {long} [have to"
            "|must] be bought in all]"
        ),
        step="b*m",
        of_many=True,
    ),
)


def _family(name: str, figure: _Figure, use: _Use) -> Family:
    outline = f"b={figure.n_sides}*s" if figure.n_sides else "a=x+y;b=2*a"
    meanings = {} if figure.n_sides else {"a": "how many {long} do length and width add up to"}
    if use.step:
        meanings["b"] = "how many {long} is it once around"
    return Family(
        path=f"outline.{name}_{use.setting.name}_{use.name}",
        roles={**_sides(figure, use.setting), **use.roles},
        clauses=(_shape(figure, use), _surrounding(name, use)),
        ask=use.ask,
        program=f"{outline};{use.step}" if use.step else outline,
        # How far it is around follows from the figure alone.
        needs_all=bool(use.step),
        meanings=meanings,
    )


def _shape(figure: _Figure, use: _Use) -> str:
    """The sentence form of the figure; of several, no form says that there is one."""
    forms, held = (_EQUAL, _EQUAL_HELD) if figure.n_sides else (_RECTANGLE, _RECTANGLE_HELD)
    one = f"{figure.adjective} {use.setting.nouns}"
    one = f"every {one} in a [hotel|school|hall|shop]" if use.of_many else f"a {one}"
    text = f"[{forms}{figure.forms}]" if use.of_many else f"[{forms}{figure.forms}{held}]"
    return text.replace("<one>", one).replace("<count>", figure.count)


def _surrounding(name: str, use: _Use) -> str:
    """The sentence form of what goes around the figure."""
    clause = use.clause
    fences = dict.fromkeys(_FENCES, "") if name == _FENCE_FREE else _FENCES
    for mark, form in (_AROUND | fences).items():
        clause = clause.replace(mark, form)
    return clause


def _sides(figure: _Figure, setting: _Setting) -> dict[str, Draw]:
    """The sides that are told, and the outline `q`, which is not but bounds what is."""
    if n_sides := figure.n_sides:
        return {"s": setting.side, "q": computed(lambda k: n_sides * k["s"])}
    x, q = above("y", setting.reach), computed(lambda k: 2 * (k["x"] + k["y"]))
    return {"y": setting.side, "x": x, "q": q}


OUTLINES: Final = tuple(
    _family(name, figure, use)
    for name, figure in _FIGURES.items()
    for use in _USES
    if (name, use.name) not in _HELD_OUT
)
