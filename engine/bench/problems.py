"""Problems to keep a model busy with. What they answer is not looked at."""

from __future__ import annotations

from random import Random

THINGS = ("apples", "marbles", "stamps", "pencils", "shells", "tickets", "coins", "books")
NAMES = ("Mira", "Tomas", "Ines", "Odd", "Lena", "Karim", "Sofie", "Jonas")
FORMS = (
    (
        "{name} has {a} {thing} and buys {b} more. Then {name} gives away {c}. "
        "How many {thing} does {name} have left?"
    ),
    (
        "A box holds {a} {thing}. {name} packs {b} boxes and finds {c} loose {thing}. "
        "How many {thing} are there?"
    ),
    (
        "{name} sells {a} {thing} in the morning and {b} in the afternoon, at {c} coins each. "
        "How many coins does {name} get?"
    ),
)


def make_problems(n_problems: int, *, seed: int) -> tuple[str, ...]:
    """Return so many word problems, the same for the same seed."""
    rng = Random(seed)
    return tuple(
        rng.choice(FORMS).format(
            name=rng.choice(NAMES),
            thing=rng.choice(THINGS),
            a=rng.randint(20, 90),
            b=rng.randint(2, 20),
            c=rng.randint(2, 20),
        )
        for _ in range(n_problems)
    )
