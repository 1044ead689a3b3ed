from __future__ import annotations

from engine.adapters.key_equality import KeyEquality


async def test_same_meaning_is_one_class():
    equality = KeyEquality()
    answers = [await equality.classify(text, ()) for text in ("72", "$72.00", r"\boxed{72}")]
    keys = {answer.key for answer in answers[::2]}
    assert len({answer.class_id for answer in answers[::2]}) == len(keys) == 1


async def test_other_meaning_is_another_class():
    equality = KeyEquality()
    first = await equality.classify("72", ())
    assert (await equality.classify("73", (first,))).class_id != first.class_id


async def test_text_without_a_key_could_not_be_compared():
    answer = await KeyEquality().classify("it depends on the weather and the mood", ())
    assert not answer.is_comparable


async def test_very_same_text_shares_its_class_without_a_key():
    equality = KeyEquality()
    first = await equality.classify("it depends on the weather", ())
    second = await equality.classify("it depends on the weather ", (first,))
    other = await equality.classify("it depends on the mood", (first, second))
    assert first.class_id == second.class_id != other.class_id


async def test_answer_names_what_decided():
    equality = KeyEquality()
    answer = await equality.classify("72", ())
    assert answer.canonicaliser == equality.canonicaliser
