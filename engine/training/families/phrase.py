"""Sentence forms that many families share: who holds how many, and how two people compare."""

from __future__ import annotations

from typing import Final

_TOTAL: Final = "[together|altogether|in total|in all|combined]"


def holds(person: str = "A", number: str = "x", thing: str = "item") -> str:
    """Somebody holds a number of things."""
    who, n, things = f"{{{person}}}", f"{{{number}}}", f"{{{thing}}}"
    return (
        f"[{who} [has|has|had|owns|owned|collected|found|bought|picked|made|got|kept|brought] {n}"
        f" {things}|there [are|were] {n} {things} in {who}'s [room|bag|box|basket|collection]"
        f"|{who}'s [collection|box|bag|basket] [has|holds|held|contains] {n} {things}"
        f"|in {who}'s [bag|box|room] there [are|were] {n} {things}]"
    )


def more_than(person: str = "A", number: str = "y", other: str = "B") -> str:
    """Somebody holds more than somebody else, by a number; either may be the one spoken of."""
    a, b, n = f"{{{person}}}", f"{{{other}}}", f"{{{number}}}"
    return (
        f"[{a} [has|had|owns|collected|bought|found|made|got] {n} more [{{item}} |]than {b}"
        f"[| does| did]|{a} [has|had] {n} {{item}} more than {b}|{b} [has|had] {n} [fewer|less]"
        f" [{{item}} |]than {a}[| does| did]|compared with {b}, {a} [has|had] {n} more[| {{item}}]"
        f"|{a} [has|had] as many {{item}} as {b} [and|plus] {n} more]"
    )


def fewer_than(person: str = "A", number: str = "y", other: str = "B") -> str:
    """Somebody holds fewer than somebody else, by a number; either may be the one spoken of."""
    a, b, n = f"{{{person}}}", f"{{{other}}}", f"{{{number}}}"
    return (
        f"[{a} [has|had|owns|collected|bought|found|made|got] {n} [fewer|less] [{{item}} |]than "
        f"{b}"
        f"[| does| did]|{b} [has|had] {n} more [{{item}} |]than {a}[| does| did]|compared with "
        f"{b},"
        f" {a} [has|had] {n} [fewer|less][| {{item}}]|{a} is {n} {{item}} short of what {b} has]"
    )


def times_as_many(person: str = "A", factor: str = "k", other: str = "B") -> str:
    """Somebody holds a multiple of what somebody else holds."""
    a, b, times = f"{{{person}}}", f"{{{other}}}", f"{{{factor}.times}}"
    fold = f"{{{factor}.fold}}"
    return (
        f"[{a} [has|had|owns|collected|bought|found|made|got] {times} as many[| {{item}}] as {b}"
        f"[| does| did]|{a} [has|had] {fold} the number of {{item}} that {b} [has|had]"
        f"|the number of {a}'s {{item}} is {fold} {b}'s[| number]|{a} [has|had] {fold} what {b}"
        f" [has|had]|compared with {b}, {a} [has|had] {times} as many[| {{item}}]]"
    )


def part_of(person: str = "A", divisor: str = "k", other: str = "B") -> str:
    """Somebody holds a part of what somebody else holds."""
    a, b, part = f"{{{person}}}", f"{{{other}}}", f"{{{divisor}.part}}"
    return (
        f"[{a} [has|had|owns|collected|bought|found|made|got] {part} as many[| {{item}}] as {b}"
        f"[| does| did]|{a} [has|had] {part} of [what {b} [has|had]|{b}'s number of {{item}}]"
        f"|compared with {b}, {a} [has|had] {part} as many[| {{item}}]]"
    )


def ask_held(person: str) -> str:
    """How many somebody holds."""
    who = f"{{{person}}}"
    return (
        f"[how many {{item}} does {who} have[| now]|how many {{item}} has {who}[| got]"
        f"|how many {{item}} are {who}'s|what is the number of {who}'s {{item}}"
        f"|how many of the {{item}} are {who}'s|how many does {who} have]"
    )


def ask_together(people: str) -> str:
    """How many several people hold together."""
    return (
        f"[how many {{item}} do [they|{people}] have {_TOTAL}|how many {{item}} are there {_TOTAL}"
        f"|what is the total number of {{item}}|{_TOTAL}, how many {{item}} do [they|{people}] "
        f"have"
        f"|how many {{item}} is that {_TOTAL}]"
    )
