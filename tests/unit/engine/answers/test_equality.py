from engine.answers.equality import KeyEquality
from engine.answers.key import CANONICALISER
from engine.ports import Equality


async def test_answers_with_one_key_share_a_class():
    equality: Equality = KeyEquality()
    first = await equality.classify("$72.00", [])
    second = await equality.classify("72 clips", [first])
    assert first.class_id == second.class_id == second.key == "n:72"
    assert second.text == "72 clips"


async def test_answer_without_a_key_stands_alone():
    equality: Equality = KeyEquality()
    first = await equality.classify("2x+1", [])
    second = await equality.classify("1+2x", [first])
    assert first.key is None
    assert not first.is_comparable
    assert first.class_id != second.class_id
    assert first.class_id == (await equality.classify(" 2x+1 ", [])).class_id


async def test_answer_says_what_decided_its_class():
    equality: Equality = KeyEquality()
    assert (await equality.classify("72", [])).canonicaliser == equality.canonicaliser
    assert equality.canonicaliser == CANONICALISER
