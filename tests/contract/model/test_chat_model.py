"""The rules that every `ChatModel` keeps."""

from __future__ import annotations

from engine.domain.trial import Sampling
from engine.ports import FinishReason
from tests.contract.model.conftest import Token, collect, group, text_of
from tests.contract.model.stream_server import MODEL


async def test_each_sample_comes_once(any_model):
    choices = await collect(any_model, group(n=5))
    assert sorted(choice.index for choice in choices) == [0, 1, 2, 3, 4]


async def test_sample_i_has_the_seed_plus_i(any_model):
    choices = await collect(any_model, group(n=3))
    expected = {i: text_of(40 + i).split(" END")[0] for i in range(3)}
    assert {choice.index: choice.text for choice in choices} == expected


async def test_stop_text_ends_a_sample_and_is_left_out(any_model):
    (choice,) = await collect(any_model, group())
    assert choice.finish_reason is FinishReason.STOP
    assert choice.text == "the sum of 40 and one is 41"


async def test_the_stop_text_that_ended_a_sample_is_told(any_model):
    (stopped,) = await collect(any_model, group(stop=(" beyond", " END")))
    (by_itself,) = await collect(any_model, group(stop=()))
    assert (stopped.matched_stop, stopped.is_stop_told) == (" END", True)
    assert (by_itself.matched_stop, by_itself.is_stop_told) == (None, True)


async def test_longest_length_truncates(any_model):
    (choice,) = await collect(any_model, group(sampling=Sampling(max_tokens=3)))
    assert choice.finish_reason is FinishReason.LENGTH
    assert choice.text == "the sum of"


async def test_generated_tokens_are_each_sample_s_own(any_model):
    choices = await collect(any_model, group(n=4))
    assert [choice.tokens.tokens_out for choice in choices] == [8, 8, 8, 8]


async def test_prompt_is_counted_on_the_first_choice(any_model):
    choices = await collect(any_model, group(n=4))
    assert [choice.tokens.tokens_in for choice in choices] == [4, 0, 0, 0]


async def test_a_group_is_one_model_call(any_model):
    choices = await collect(any_model, group(n=4))
    assert [choice.model_calls for choice in choices] == [1, 0, 0, 0]


async def test_likelihood_is_the_mean_over_the_tokens(any_model):
    (choice,) = await collect(any_model, group())
    assert choice.likelihood is not None
    assert (choice.likelihood.mean_logprob, choice.likelihood.n_tokens) == (-0.5, 8)


async def test_what_was_cancelled_before_is_dropped_and_costs_nothing(any_model):
    cancel = Token()
    cancel.set()
    choices = await collect(any_model, group(n=3), cancel)
    assert [choice.finish_reason for choice in choices] == [FinishReason.DROPPED] * 3
    assert sum(choice.model_calls + choice.tokens.tokens_out for choice in choices) == 0


async def test_reading_may_end_early(any_model):
    stream = any_model.generate(group(n=3), Token())
    first = await anext(stream)
    await stream.aclose()
    assert first.index in {0, 1, 2}


async def test_a_model_can_be_asked_again(any_model):
    first = await collect(any_model, group(n=2))
    second = await collect(any_model, group(n=2))
    assert [choice.text for choice in first] == [choice.text for choice in second]


async def test_the_served_name_is_told(any_model):
    assert await any_model.identify() == MODEL
