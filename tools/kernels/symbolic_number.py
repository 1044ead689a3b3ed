"""Number theory."""

from __future__ import annotations

import sympy
from sympy.ntheory.modular import crt

from tools.kernels.kernel_error import KernelError
from tools.kernels.symbolic_request import Answer, Request

MAX_DIGITS = 400
MAX_SMALL = 10**12


def factor_integer(request: Request) -> Answer:
    """The prime factors of each number."""
    values = _numbers(request)
    if 0 in values:
        raise KernelError("0 has no prime factors")
    factored = [sympy.factorint(value) for value in values]
    items = tuple(
        f"{value} = "
        + (" * ".join(f"{p}^{k}" if k > 1 else str(p) for p, k in found.items()) or "1")
        for value, found in zip(values, factored, strict=True)
    )
    return Answer(value=factored[0] if len(factored) == 1 else factored, items=items)


def gcd(request: Request) -> Answer:
    """The greatest common divisor."""
    return Answer(value=sympy.igcd(*_numbers(request, least=2)))


def lcm(request: Request) -> Answer:
    """The least common multiple."""
    return Answer(value=sympy.ilcm(*_numbers(request, least=2)))


def mod_inverse(request: Request) -> Answer:
    """The inverse of the number modulo the modulus."""
    value, modulus = _numbers(request)[0], _modulus(request)
    if sympy.igcd(value, modulus) != 1:
        raise KernelError(
            f"{value} has no inverse modulo {modulus}: their common divisor is "
            f"{sympy.igcd(value, modulus)}"
        )
    return Answer(value=sympy.mod_inverse(value, modulus))


def mod_power(request: Request) -> Answer:
    """The first number to the power of the second, modulo the modulus."""
    base, exponent = _numbers(request, least=2)[:2]
    modulus = _modulus(request)
    if exponent < 0 and sympy.igcd(base, modulus) != 1:
        raise KernelError(f"{base} has no inverse modulo {modulus}")
    return Answer(value=sympy.Integer(pow(base, exponent, modulus)))


def remainder_system(request: Request) -> Answer:
    """The numbers that leave the given remainders modulo the given moduli."""
    remainders = _numbers(request)
    moduli = request.integers("moduli")
    if len(remainders) != len(moduli):
        raise KernelError("`numbers` (the remainders) and `moduli` must be equally many")
    if min(moduli) < 1:
        raise KernelError("each modulus must be at least 1")
    found = crt(moduli, remainders)
    if found is None:
        return Answer(value=sympy.S.EmptySet, items=("no solution: the remainders contradict",))
    value, modulus = found
    note = f"All solutions: {value} + {modulus}*k for whole k."
    return Answer(value=sympy.Integer(value), notes=(note,))


def is_prime(request: Request) -> Answer:
    """Whether each number is prime."""
    values = _numbers(request)
    items = tuple(
        f"{value} is {'prime' if sympy.isprime(value) else 'not prime'}" for value in values
    )
    truths = [sympy.sympify(bool(sympy.isprime(value))) for value in values]
    return Answer(value=truths[0] if len(truths) == 1 else truths, items=items)


def next_prime(request: Request) -> Answer:
    """The least prime above the number."""
    return Answer(value=sympy.Integer(sympy.nextprime(_numbers(request)[0])))


def divisors(request: Request) -> Answer:
    """All divisors of the number, and how many there are."""
    value = abs(_numbers(request)[0])
    if value == 0:
        raise KernelError("every number divides 0")
    n_divisors = sympy.divisor_count(value)
    if n_divisors > 5_000:  # noqa: PLR2004 - more than anybody reads
        raise KernelError(f"{value} has {n_divisors} divisors, too many to list")
    notes = (f"There are {n_divisors}; their sum is {sympy.divisor_sigma(value)}.",)
    return Answer(value=sympy.divisors(value), notes=notes)


def totient(request: Request) -> Answer:
    """How many numbers below it share no factor with the number (Euler's phi)."""
    value = _numbers(request)[0]
    if value < 1:
        raise KernelError("the totient is defined for positive integers")
    return Answer(value=sympy.totient(value))


def _numbers(request: Request, least: int = 1) -> list[int]:
    values = request.integers(least=least)
    if any(abs(value) >= 10**MAX_DIGITS for value in values):
        raise KernelError(f"a number may have at most {MAX_DIGITS} digits")
    return values


def _modulus(request: Request) -> int:
    modulus = request.integers("moduli")[0]
    if modulus < 1:
        raise KernelError("the modulus must be at least 1")
    return modulus
