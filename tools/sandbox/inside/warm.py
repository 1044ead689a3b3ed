"""Imports the scientific libraries once, and does what each does slowly the first time."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence

# Threads of a numeric library would not survive the fork, and would keep the zygote from making
# a user namespace of its own. Set before the first import; the last two bound what one thread
# of a program costs in address space, and keep matplotlib's cache where it can be written.
ENVIRONMENT: Mapping[str, str] = {
    "HOME": "/tmp",  # noqa: S108 - the sandbox's own
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp",  # noqa: S108 - the sandbox's own
    "NUMEXPR_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "",
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
}


def import_all(modules: Sequence[str], kernels: Iterable[str] = ()) -> dict[str, str]:
    """Import libraries, then warm them; then kernels, each of which may bring a `warm` of its own.

    Returns:
        Those that could not be imported or warmed, with the reason: a package that does not work
        is missing, and no ground to run without the others.
    """
    failures: dict[str, str] = {}
    for name in modules:
        reason = _attempt(lambda name=name: importlib.import_module(name))
        if reason:
            failures[name] = reason
    for name, warm in _WARMERS.items():
        reason = _attempt(warm) if name in sys.modules else None
        if reason:
            failures[name] = reason
    for name in kernels:
        reason = _attempt(lambda name=name: _warm_kernel(name))
        if reason:
            failures[name] = reason
    _forget_fonts()
    gc.collect()
    gc.freeze()
    return failures


def count_threads(proc: int) -> int:
    """Return how many threads this process has."""
    folder = os.open("self/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=proc)
    try:
        return len(os.listdir(folder))  # noqa: PTH208 - a descriptor, and no path
    finally:
        os.close(folder)


def _attempt(step: Callable[[], object]) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            step()
        # An import runs foreign code, which fails in any way it likes; the reason is reported.
        except Exception as error:  # noqa: BLE001
            return f"{type(error).__name__}: {error}"[:300]
    return None


def _warm_kernel(name: str) -> None:
    warm = getattr(importlib.import_module(name), "warm", None)
    if warm is not None:
        warm()


def _forget_fonts() -> None:
    """Close the fonts that drawing has opened.

    Matplotlib does so in each child of a fork, since their files would be shared. There it costs
    three hundred copied pages, and here nothing.
    """
    fonts = sys.modules.get("matplotlib.font_manager")
    cached = getattr(fonts, "_get_font", None)
    if cached is not None:
        cached.cache_clear()


def _warm_sympy() -> None:
    sympy = importlib.import_module("sympy")
    x = sympy.Symbol("x")
    sympy.solve(x**2 - 5 * x + 6, x)
    sympy.simplify(sympy.sin(x) ** 2 + sympy.cos(x) ** 2)
    sympy.integrate(x * sympy.exp(x), x)


def _warm_numpy() -> None:
    numpy = importlib.import_module("numpy")
    numpy.linalg.eigvalsh(numpy.eye(8))


def _warm_z3() -> None:
    z3 = importlib.import_module("z3")
    x = z3.Int("x")
    solver = z3.Solver()
    solver.add(x + x == 1)
    solver.check()


def _warm_pint() -> None:
    pint = importlib.import_module("pint")
    registry = pint.get_application_registry()
    registry.Quantity(1, "meter").to("foot")


def _warm_rdkit() -> None:
    chemistry = importlib.import_module("rdkit.Chem")
    chemistry.MolFromSmiles("CCO")


_WARMERS: Mapping[str, Callable[[], None]] = {
    "sympy": _warm_sympy,
    "numpy": _warm_numpy,
    "z3": _warm_z3,
    "pint": _warm_pint,
    "rdkit": _warm_rdkit,
}
