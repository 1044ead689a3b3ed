"""The text of an API key: ``svend_<environment>_<id>_<secret>_<check>``.

The id finds the key's row, the secret proves it, and the check tells a mistyped or cut key, and a
leaked one found by a scanner, from chance without asking the database.
"""

from __future__ import annotations

import re
import secrets
import string
import zlib
from dataclasses import dataclass, field

from engine.domain.errors import UnauthenticatedError

PREFIX = "svend"
ENVIRONMENTS = ("live", "test")
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
N_ID_CHARS = 12
# 32 characters out of 62 carry 190 bits.
N_SECRET_CHARS = 32
N_CHECK_CHARS = 6
MAX_KEY_CHARS = 128

_SHAPE = re.compile(
    rf"{PREFIX}_({'|'.join(ENVIRONMENTS)})"
    rf"_([0-9a-z]{{{N_ID_CHARS}}})_([0-9A-Za-z]{{{N_SECRET_CHARS}}})_([0-9A-Za-z]{{{N_CHECK_CHARS}}})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyText:
    """The parts of a key.

    Attributes:
        environment: ``live`` or ``test``, for people.
        key_id: Names the key; not secret.
        secret: Proves it.
    """

    environment: str
    key_id: str
    secret: str = field(repr=False)


def make_key(environment: str = "live") -> KeyText:
    """Return a new key, drawn from the system's randomness.

    Raises:
        ValueError: For an unknown environment.
    """
    if environment not in ENVIRONMENTS:
        raise ValueError(f"an environment is one of {', '.join(ENVIRONMENTS)}")
    id_alphabet = string.digits + string.ascii_lowercase
    return KeyText(
        environment=environment,
        key_id="".join(secrets.choice(id_alphabet) for _ in range(N_ID_CHARS)),
        secret="".join(secrets.choice(ALPHABET) for _ in range(N_SECRET_CHARS)),
    )


def render_key(key: KeyText) -> str:
    """Return the text that the caller keeps."""
    body = f"{PREFIX}_{key.environment}_{key.key_id}_{key.secret}"
    return f"{body}_{_check(body)}"


def parse_key(text: str) -> KeyText:
    """Read a key.

    Raises:
        UnauthenticatedError: When it is no key, or was mistyped. The text is not repeated.
    """
    found = _SHAPE.fullmatch(text) if len(text) <= MAX_KEY_CHARS else None
    if found is None:
        raise UnauthenticatedError("this is not an API key of Svend")
    environment, key_id, secret, check = found.groups()
    if _check(text.rpartition("_")[0]) != check:
        raise UnauthenticatedError("the API key was mistyped or cut")
    return KeyText(environment=environment, key_id=key_id, secret=secret)


def _check(body: str) -> str:
    rest = zlib.crc32(body.encode())
    digits: list[str] = []
    for _ in range(N_CHECK_CHARS):
        rest, digit = divmod(rest, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
