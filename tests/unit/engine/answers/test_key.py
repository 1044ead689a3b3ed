import pytest

from engine.answers.key import CANONICALISER, KeyKind, canonical_key

_KEYS = {
    "72": "n:72",
    "$72.00": "n:72",
    "72 clips": "n:72",
    "\\boxed{72}": "n:72",
    "22/7": "n:22/7",
    "-0.5": "n:-1/2",
    "2\\sqrt3": "s:2*sqrt(3)",
    "\\frac{1}{1+\\sqrt2}": "s:-1+sqrt(2)",
    "\\frac{\\sqrt3\\pi^2}{2}": "s:1/2*sqrt(3)*pi^2",
    "1/\\pi": "s:pi^-1",
    "9.8 m/s^2": "u:49/5:m/s^2",
    "60 per hour": "u:1/60:s^-1",
    "1 V": "u:1:kg*m^2/A/s^3",
    "45 degrees": "u:1/4*pi:rad",
    "25 °C": "u:25:degC",
    "50%": "p:50",
    "(b)": "c:B",
    "Yes.": "b:yes",
    "false": "b:no",
    "cannot be determined": "x:unknown",
}


@pytest.mark.parametrize(("text", "key"), _KEYS.items(), ids=[ascii(text) for text in _KEYS])
def test_key_keeps_its_format(text, key):
    assert canonical_key(text) == key


def test_every_kind_has_a_stable_letter():
    assert {key.partition(":")[0] for key in _KEYS.values()} == {str(kind) for kind in KeyKind}


def test_canonicaliser_names_its_version():
    assert CANONICALISER == "svend-answers/1"


@pytest.mark.parametrize(
    "text",
    [
        "9" * 401,
        "1e401",
        "1e" + "9" * 100,
        "9^{9^9}",
        "(10^{300})*(10^{300})",
        "2^{1400}*2",
        "2^{-99999999999}",
        "\\sqrt{1000000007}\\sqrt{998244353}",
        "\\sqrt{123456789123456789}",
        "\\pi^{10}",
        "+".join(f"\\sqrt{{{prime}}}" for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23)),
        "(" * 30 + "1" + ")" * 30,
        "1" * 10**6,
        "-" * 500,
        "(" * 500,
        "5 " + "very " * 9 + "long noun",
        "5 m^9 m^9",
    ],
    ids=lambda text: f"{text[:12]}-{len(text)}",
)
def test_value_beyond_the_bounds_has_no_key(text):
    assert canonical_key(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "0/0",
        "1/(2-2)",
        "1/(\\sqrt2-\\sqrt2)",
        "1/(1+\\pi)",
        "\\sqrt[1]{2}",
        "\\sqrt[2.5]{2}",
        "\\sqrt[3]{2}",
        "\\sqrt[3",
        "\\frac{1}",
        "\\frac",
        "2^",
        "2^{\\pi}",
        "5 m^x",
        "5 m^{2",
        "5 square m^2",
        "5 (m",
        "5 m^٣",
        "٣",
        "①",
        "5 hours -3 minutes",
        "-2 hours 30 minutes",
        "two thousand million billion",
        "one hundred hundred hundred and",
        "five thousand six thousand",
        "2 thousand thousand thousand thousand thousand thousand",
        "two hundred and one third half",
        "(B",
        "5 ...",
        "=",
        "x =",
        "5 =",
        "\x00",
        "\ud800",
    ],
    ids=ascii,
)
def test_what_the_grammar_cannot_read_has_no_key(text):
    assert canonical_key(text) is None


def test_and_joins_a_fraction_to_a_number_in_words():
    assert canonical_key("two hundred and one third") == "n:601/3"
    assert canonical_key("two and three quarters") == "n:11/4"
    assert canonical_key("5 and a quarter") == "n:21/4"


def test_largest_value_within_the_bounds_has_a_key():
    assert canonical_key("9" * 400) == "n:" + "9" * 400
    assert canonical_key("2^{1399}") == f"n:{2**1399}"
    assert canonical_key("1^{1400}") == "n:1"


def test_higher_root_comes_out_even_or_not_at_all():
    assert canonical_key("\\sqrt[9]{512}") == "n:2"
    assert canonical_key("\\sqrt[3]{27/8}") == "n:3/2"
    assert canonical_key("\\sqrt[3]{28}") is None


def test_parts_of_a_quantity_grow_smaller():
    assert canonical_key("1 h, 30 min and 5 s") == "u:5405:s"
    assert canonical_key("30 min 1 h") is None


def test_preposition_in_is_no_inch():
    assert canonical_key("5 in") == "u:127/1000:m"
    assert canonical_key("5 in^2") == "u:16129/5000000:m^2"
    assert canonical_key("72 in total") == "n:72"
    assert canonical_key("5 m in total") == "u:5:m"
