"""What identifies somebody is found by its form; the numbers of problems are not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.training.datasets.personal import (
    PersonalKind,
    find_personal,
    mask_personal,
    passes_luhn,
)

# Made up; each is joined here, so that no scanner of this file takes it for a real one.
TOKEN = "gh" + "p_" + "a1B2" * 9
KEY = "sk" + "-" + "proj-" + "Zz09" * 6
CLOUD = "AK" + "IA" + "ABCDEFGH12345678"
SIGNED = "ey" + "JhbGciOiJIUzI1" + ".ey" + "JzdWIiOiIxMjM0" + ".c2lnbmF0dXJlLXg"


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        pytest.param("Write to ann.b+x@mail.example.org.", "e-mail", "ann.b+x@mail.example.org"),
        pytest.param("Call +44 20 7946 0958 now", "phone", "+44 20 7946 0958"),
        pytest.param("Call (212) 555-0187.", "phone", "(212) 555-0187"),
        pytest.param("Call 212-555-0187.", "phone", "212-555-0187"),
        pytest.param("Card 4111 1111 1111 1111 is", "card", "4111 1111 1111 1111"),
        pytest.param("Card 378282246310005.", "card", "378282246310005"),
        pytest.param(
            "To DE89 3704 0044 0532 0130 00, please", "iban", "DE89 3704 0044 0532 0130 00"
        ),
        pytest.param("to GB82WEST12345698765432", "iban", "GB82WEST12345698765432"),
        pytest.param("From 8.8.8.8 came", "ip-address", "8.8.8.8"),
        pytest.param("at 2001:4860:4860::8888 is", "ip-address", "2001:4860:4860::8888"),
        pytest.param(f"token {TOKEN}!", "secret", TOKEN),
        pytest.param(f"key={KEY}", "secret", KEY),
        pytest.param(f"{CLOUD} is", "secret", CLOUD),
        pytest.param(f"Bearer {SIGNED}", "secret", SIGNED),
        pytest.param(
            "-----BEGIN RSA PRIVATE KEY-----", "secret", "-----BEGIN RSA PRIVATE KEY-----"
        ),
    ],
    ids=lambda value: value[:16],
)
def test_what_identifies_or_opens_is_found(text, kind, found):
    [datum] = find_personal(text)

    assert (datum.kind, text[datum.start : datum.end]) == (PersonalKind(kind), found)
    assert mask_personal(text) == text.replace(found, f"[{kind}]")


@pytest.mark.parametrize(
    "text",
    [
        "3.14159265358979323846 and 1,000,000,000 and 20251121",
        "2+2=4, 100-50-25, 12*(3+4)-5",
        "4111 1111 1111 1112",
        "1234567890123456 divided by 7",
        "DE89 3704 0044 0532 0130 01",
        "192.168.0.1 and 127.0.0.1 and 10.0.0.7",
        "999.1.1.1 and 12:30:45 and 1.2.3",
        "a@b and user@host and x @ y.com",
        "x = [1, 2, 3]; y = x[0]@x[1]",
        "sk-short and ghp_short",
        "In 1999-2001-2003 there were 555 of them",
        "1-800 and 555-1234",
        "a = 123-456-789012",
        "",
    ],
    ids=lambda text: text[:20] or "empty",
)
def test_other_numbers_and_words_pass(text):
    assert find_personal(text) == ()
    assert mask_personal(text) == text


@given(st.text(), st.text())
def test_masking_twice_changes_nothing_more(before, after):
    once = mask_personal(f"{before} ann@example.org {after}")
    assert mask_personal(once) == once


@given(st.text("0123456789", min_size=1, max_size=18))
def test_one_changed_digit_is_caught(digits):
    check = next(d for d in "0123456789" if passes_luhn(digits + d))
    changed = str((int(digits[0]) + 1) % 10) + digits[1:]
    assert not passes_luhn(changed + check)


@pytest.mark.parametrize("unit", ["1 ", "a.", "0:", "A1B2 ", "+1 ", "eyJ", "@a.", "(1"])
def test_long_texts_take_linear_time(unit):
    def seconds(n_units):
        begin = time.process_time()
        find_personal(unit * n_units)
        return time.process_time() - begin

    # A pattern that backtracks would take a hundred times as long for ten times the text.
    assert seconds(20_000) < 40 * max(seconds(2_000), 0.002)
