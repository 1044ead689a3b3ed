"""A file of stories to read and to spoil."""

from __future__ import annotations

import pytest

BAKERY = '''
[bakery-trays]
numbers = "n 12..60; k 4..24 step 2; s below n"
words = "roll: rolls, buns; A: person"
tell = """
{A} bakes {n} trays of {roll} every morning. Each tray holds {k} {roll}. {s} trays are sold.
[Every morning|Each day] {n} trays with {k} {roll} on each leave {A}'s oven. {s} of them are sold.
There are {k} {roll} on a tray. {A} bakes {n} trays, and {A?} has sold {s} of them by noon.
"""
ask = """
n*k : How many {roll} does {A} bake? | How many {roll} come out of the oven?
a=n-s; a*k : How many {roll} are still unsold? | How many [buns and rolls|pieces] are left?
none : How much does one of the {roll} cost? | How many {roll} will {A} bake tomorrow?
"""
'''


@pytest.fixture
def bakery() -> str:
    return BAKERY.lstrip()
