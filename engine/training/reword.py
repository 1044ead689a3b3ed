"""Other words for a question that a person wrote: names swapped, and a few exact synonyms.

A small model keys on what it has seen. New numbers alone leave it the names by which to know a
published question again.
"""

from __future__ import annotations

import re
from random import Random
from typing import Final

SWAP_RATIO: Final = 0.8
SYNONYM_RATIO: Final = 0.3
INVENTED_RATIO: Final = 0.1


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Names that are also words (Mark, Will, Rose, April) are left out: they would be swapped where
# they are none.
_WOMEN: Final = _listed(
    "Natalia Betty Julie Maria Anna Lisa Emma Olivia Sophia Mia Ruth Carla Diana Ella Fatima Hana"
    " Jane Karen Lucy Megan Nora Priya Rosa Sara Sarah Tina Wendy Zoe Alice Bella Clara Dora Elsa"
    " Gina Helen Kate Lena Mary Nina Paula Rachel Sandra Tara Amy Jenny Susan Melissa Cindy Martha"
    " Jessica Jennifer Emily Elizabeth Janet Linda Nancy Laura Kim Kimberly Kelly Stephanie Angela"
    " Michelle Brittany Allison Amanda Ashley Samantha Marie Martine Rebecca Bridget Gloria Tanya"
    " Ellen Lily Hannah Isabella Claire Carol Carolyn Christina Christine Cheryl Vanessa Veronica"
    " Victoria Mandy Marcy Marissa Meredith Monica Noelle Norma Pamela Patricia Peggy Roxanne"
    " Sally Sheila Shelly Sherry Stella Sue Suzanne Tammy Teresa Trisha Valerie Wanda Yolanda"
    " Brenda Barbara Annie Ann Anne Becky Bonnie Bethany Beth Caroline Cassandra Cassie Charlotte"
    " Danielle Debbie Deborah Denise Donna Dorothy Edith Eliza Erica Erin Eva Evelyn Felicia"
    " Fiona Frances Georgia Gwen Heather Irene Jackie Jasmine Jean Jill Joan Joanna Josephine Judy"
    " Julia Juliet Katherine Kathy Katie Kristen Kristin Krystal Leah Lori Louise Lydia Mabel"
    " Maddie Madeline Margaret Marilyn Marla Molly Naomi Natalie Nicole Tonya"
)
_MEN: Final = _listed(
    "James Tom Kevin Ryan John Peter Paul Adam Ben Carl David Eric George Henry Ivan Jack Ken"
    " Leo Mike Oscar Pedro Raj Sam Tony Victor Yusuf Bob Chris Dan Ed Fred Greg Hugo Ian Josh Luis"
    " Max Noah Omar Robert Steve Tim Andrew Jerry Joe Randy Jared Toby Albert Arnold Arthur Austin"
    " Benjamin Bernie Bobby Brad Brandon Brian Bruce Bryan Caleb Cameron Carlos Charles Charlie"
    " Christopher Colin Craig Daniel Danny Darren Dennis Derek Diego Dominick Donald Douglas Doug"
    " Dylan Edward Eduardo Elijah Ethan Evan Felix Francis Gabriel Gary Gerald Gordon Harold"
    " Harry Harvey Hector Howard Hubert Isaac Jacob Jake Jason Jeff Jeffrey Jeremy Jim Jimmy Joel"
    " Johnny Jonathan Jordan Jose Joseph Joshua Juan Justin Keith Kenneth Kyle Larry Lawrence"
    " Lloyd Logan Louis Lucas Luke Marcus Mario Martin Marvin Matt Matthew Michael Miguel Nathan"
    " Nelson Nicholas Oliver Owen Patrick Philip Phil Ralph Raymond Ricardo Richard Rick Roger"
    " Ron Ronald Roy Russell Samuel Scott Sean Sebastian Seth Simon Stanley Stephen Steven Stuart"
    " Ted Terry Theo Theodore Thomas Timothy Todd Travis Tyler Tyson Vincent Walter Warren Wayne"
    " William Zach Zachary"
)
_FIRST: Final = _listed("Ba Be Da De Fa Ga Ha Jo Ka Ki La Lo Ma Mi Na Ne Pa Ra Sa Ta Va Yo Za")
_MIDDLE: Final = _listed("lin rek mos tal vin dor nes kal rim bas zel fen mar lok tis")
_KIND: Final = dict.fromkeys(_WOMEN, _WOMEN) | dict.fromkeys(_MEN, _MEN)
# `James' book` is left alone: a bare apostrophe goes with few names.
_NAME: Final = re.compile(rf"(?<![\w'])(?:{'|'.join(_KIND)})(?![\w-])(?!'(?!s\b))")
# Only wordings that mean the same wherever they stand with what is required around them.
_SYNONYMS: Final = (
    (r"(?:altogether|in total|in all)(?=[?.,])", ("altogether", "in total", "in all")),
    (r"\b(?:bought|purchased)\b", ("bought", "purchased")),
    (r"\bbuys\b|\bpurchases\b(?= \d)", ("buys", "purchases")),
    (r"\b(?:every|each) day\b", ("every day", "each day")),
    (r"\b(?:every|each) week\b", ("every week", "each week")),
    (r"\b(?:every|each) month\b", ("every month", "each month")),
    (r"\bper (?=day|week|month|year|hour|minute\b)", ("per ", "each ")),
    (r"\b(?:begins|starts)(?= with\b)", ("begins", "starts")),
    (r"\b(?:began|started)(?= with\b)", ("began", "started")),
    (r"\b(?:kids|children)\b", ("kids", "children")),
    (r"\b(?:received|got)(?= \d)", ("received", "got")),
    (r"\b(?:remain|are left)(?=\?)", ("remain", "are left")),
    (r"\b(?:twice|two times|double)(?= as (?:many|much)\b)", ("twice", "two times")),
    (r"\b(?:three times|triple)(?= as (?:many|much)\b)", ("three times", "3 times")),
    (r"\bHow much money\b(?= (?:did|does|will|do) )", ("How much money", "How many dollars")),
)


def reword(question: str, rng: Random) -> str:
    """The question with other names and, here and there, other words; it asks the same."""
    if rng.random() < SWAP_RATIO:
        question = _swap_names(question, rng)
    for pattern, alternatives in _SYNONYMS:
        if rng.random() < SYNONYM_RATIO:
            chosen = rng.choice(alternatives)
            question = re.sub(pattern, chosen, question)
    return question


def _swap_names(question: str, rng: Random) -> str:
    """Each person's name becomes another of the same kind, so that every pronoun still fits."""
    taken = set(_NAME.findall(question))
    swapped: dict[str, str] = {}
    for name in sorted(taken):
        other = _other(name, rng)
        while other in taken:
            other = _other(name, rng)
        taken.add(other)
        swapped[name] = other
    return _NAME.sub(lambda match: swapped[match[0]], question)


def _other(name: str, rng: Random) -> str:
    if rng.random() < INVENTED_RATIO:
        return rng.choice(_FIRST) + "".join(rng.choice(_MIDDLE) for _ in range(rng.randint(1, 2)))
    return rng.choice(_KIND[name])
