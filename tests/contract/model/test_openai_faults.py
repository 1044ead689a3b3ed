"""What the HTTP adapter does when the server or the connection fails."""

from __future__ import annotations

import asyncio

import pytest

from engine.adapters.openai_http import ModelServer
from engine.adapters.openai_request import Feature
from engine.domain.errors import ModelRequestError, ModelUnavailableError, SettingsError
from engine.domain.profile import EndpointKind
from engine.ports import FinishReason, Message
from tests.contract.model.conftest import Token, collect, group
from tests.contract.model.stream_server import MODEL

FULL_TEXT = "the sum of 40 and one is 41"
ALWAYS_USED = sorted(set(Feature) - {Feature.CANDIDATES, Feature.CONTINUE, Feature.TOOLS})


def refuse(status, body=None, **headers):
    async def reply(exchange):
        await exchange.reply_json(status, body or {"error": {"message": "no"}}, **headers)

    return reply


async def break_off(exchange):
    """Send the first sample whole, two words of each other one, and hang up."""
    await exchange.send_words({0: 8, 1: 2, 2: 2, 3: 2})
    exchange.hang_up()


async def hang_up_at_once(exchange):
    exchange.hang_up()


async def stall(exchange):
    """Send two words of the first sample, then nothing."""
    await exchange.send_words({0: 2})
    await exchange.wait_for_hang_up()


def send_payload(payload):
    async def reply(exchange):
        await exchange.begin()
        await exchange.send(payload)
        await exchange.send("[DONE]")
        await exchange.end()

    return reply


@pytest.mark.parametrize("status", [429, 500, 502, 503], ids=str)
async def test_passing_failure_is_tried_again(server, make_model, status):
    server.replies = [refuse(status)]
    (choice,) = await collect(make_model(), group())
    assert (choice.text, choice.model_calls) == (FULL_TEXT, 2)


async def test_retry_after_is_waited_for(server, make_model, clock):
    server.replies = [refuse(429, Retry_After="7")]
    await collect(make_model(), group())
    assert clock.slept_s == [7.0]


async def test_waits_grow(server, make_model, clock):
    server.replies = [refuse(500), refuse(500)]
    await collect(make_model(), group())
    first, second = clock.slept_s
    assert 0.25 <= first <= 0.5 <= second <= 1.0


async def test_failure_of_every_attempt_is_a_choice(server, make_model):
    server.replies = [refuse(500)] * 3
    choices = await collect(make_model(), group(n=2))
    assert [choice.finish_reason for choice in choices] == [FinishReason.ERROR] * 2
    assert [choice.model_calls for choice in choices] == [3, 0]
    assert all(choice.is_unavailable and "500" in choice.error for choice in choices)


async def test_refused_request_is_not_tried_again(server, make_model):
    server.replies = [refuse(400, {"error": {"message": "the prompt has too many tokens"}})]
    (choice,) = await collect(make_model(), group())
    assert choice.finish_reason is FinishReason.ERROR
    assert not choice.is_unavailable
    assert "too many tokens" in choice.error


async def test_only_missing_samples_are_asked_for_again(server, make_model):
    server.replies = [break_off]
    choices = await collect(make_model(), group(n=4))
    asked = [(body["seed"], body.get("n", 1)) for body in server.bodies]
    assert asked == [(40, 4), (41, 3)]
    assert sorted(choice.index for choice in choices) == [0, 1, 2, 3]


async def test_tokens_of_a_broken_attempt_count_once(server, make_model):
    server.replies = [break_off]
    choices = {choice.index: choice for choice in await collect(make_model(), group(n=3))}
    assert {index: choice.tokens.tokens_out for index, choice in choices.items()} == {
        0: 8,
        1: 10,
        2: 10,
    }
    assert sum(choice.tokens.tokens_in for choice in choices.values()) == 8
    assert sum(choice.model_calls for choice in choices.values()) == 2


async def test_likelihood_knows_nothing_of_the_broken_attempt(server, make_model):
    server.replies = [break_off]
    choices = await collect(make_model(), group(n=2))
    assert [choice.likelihood.n_tokens for choice in choices] == [8, 8]


@pytest.mark.parametrize(
    "payload",
    ["{not json", "[1]", {"choices": [{"index": 9}]}, {"choices": 5}, {"error": {"message": "x"}}],
    ids=["no-json", "no-object", "foreign-index", "no-choices", "error"],
)
async def test_broken_event_is_tried_again(server, make_model, payload):
    server.replies = [send_payload(payload)]
    (choice,) = await collect(make_model(), group())
    assert (choice.text, choice.model_calls) == (FULL_TEXT, 2)


async def test_stream_that_ends_early_is_tried_again(server, make_model):
    server.replies = [send_payload({"choices": [{"index": 0, "text": "the"}]})]
    (choice,) = await collect(make_model(), group())
    assert choice.text == FULL_TEXT


async def test_connection_lost_before_the_reply_is_tried_again(server, make_model):
    server.replies = [hang_up_at_once]
    (choice,) = await collect(make_model(), group())
    assert (choice.text, choice.model_calls) == (FULL_TEXT, 2)


async def test_server_that_is_away_costs_no_call(make_model):
    model = make_model(base_url="http://127.0.0.1:9")
    (choice,) = await collect(model, group())
    assert choice.finish_reason is FinishReason.ERROR
    assert choice.is_unavailable
    assert choice.model_calls == 0


async def test_cancelling_closes_the_request(server, make_model):
    server.replies = [stall]
    cancel = Token()
    reading = asyncio.create_task(collect(make_model(), group(n=2), cancel))
    await server.until(lambda: bool(server.bodies))
    cancel.set()
    choices = await reading
    await server.until(lambda: server.n_hung_up == 1)
    assert [choice.finish_reason for choice in choices] == [FinishReason.DROPPED] * 2


async def test_tokens_that_came_before_a_cancellation_are_spent(server, make_model):
    server.replies = [stall]
    cancel = Token()
    model = make_model()
    stream = model.generate(group(), cancel)
    reading = asyncio.create_task(anext(stream))
    await server.until(lambda: server.n_stalled == 1)
    # What the server has sent lies in a buffer here; a whole exchange later it has been read.
    await model.identify()
    cancel.set()
    choice = await reading
    await stream.aclose()
    assert (choice.text, choice.tokens.tokens_out, choice.tokens.tokens_in) == ("the sum", 2, 4)


async def test_closing_the_iterator_closes_the_request(server, make_model):
    async def one_and_stall(exchange):
        await exchange.send_words({0: 8})
        await exchange.wait_for_hang_up()

    server.replies = [one_and_stall]
    stream = make_model().generate(group(n=2), Token())
    first = await anext(stream)
    await stream.aclose()
    await server.until(lambda: server.n_hung_up == 1)
    assert first.index == 0


async def test_begun_text_is_truncated_at_the_deadline(server, make_model):
    server.replies = [stall]
    (choice,) = await collect(make_model(), group(deadline_s=0.3))
    assert choice.finish_reason is FinishReason.LENGTH
    assert choice.text == "the sum"
    await server.until(lambda: server.n_hung_up == 1)


async def test_silence_until_the_deadline_is_a_failure(server, make_model):
    async def say_nothing(exchange):
        await exchange.wait_for_hang_up()

    server.replies = [say_nothing]
    (choice,) = await collect(make_model(), group(deadline_s=0.3))
    assert choice.finish_reason is FinishReason.ERROR
    assert choice.is_unavailable
    assert "0.3 s" in choice.error


async def test_connections_are_used_again(server, make_model):
    model = make_model()
    for _ in range(5):
        await collect(model, group(n=2))
    assert server.n_connections == 1


@pytest.mark.parametrize(
    ("name", "feature"),
    [(feature.value, feature) for feature in ALWAYS_USED],
    ids=[feature.name for feature in ALWAYS_USED],
)
async def test_refused_feature_is_left_out_from_then_on(server, make_model, name, feature):
    server.refused = frozenset({name})
    model = make_model()
    request = group(n=3, grammar='root ::= "a"')
    choices = await collect(model, request)
    assert sorted(choice.index for choice in choices) == [0, 1, 2]
    assert all(choice.finish_reason is FinishReason.STOP for choice in choices)
    n_asked = len(server.bodies)
    await collect(model, request)
    assert feature not in model.features
    again = server.bodies[n_asked:]
    assert not any(name in body or name in body.get("stream_options", {}) for body in again)


async def test_without_n_each_sample_is_its_own_request_with_its_own_seed(server, make_model):
    server.refused = frozenset({"n"})
    choices = await collect(make_model(), group(n=3))
    assert sorted(body["seed"] for body in server.bodies[1:]) == [40, 41, 42]
    assert {choice.index: choice.text.split()[3] for choice in choices} == {
        0: "40",
        1: "41",
        2: "42",
    }


async def test_server_that_ignores_n_is_asked_for_one_at_a_time(server, make_model):
    async def only_the_first(exchange):
        exchange.body["n"] = 1
        await exchange.stream_well()

    server.replies = [only_the_first]
    model = make_model()
    choices = await collect(model, group(n=3))
    assert sorted(choice.index for choice in choices) == [0, 1, 2]
    assert sum(choice.model_calls for choice in choices) == 3
    assert Feature.N not in model.features


async def test_tokens_are_counted_from_events_without_logprobs_and_usage(server, make_model):
    server.refused = frozenset({"logprobs", "stream_options"})
    (choice,) = await collect(make_model(), group())
    assert choice.likelihood is None
    assert choice.tokens.tokens_out == 8


async def test_the_servers_sum_is_right_where_events_hold_more_than_a_token(server, make_model):
    async def two_words_an_event(exchange):
        await exchange.begin()
        for index in range(exchange.body["n"]):
            choice = {"index": index, "text": "two words", "finish_reason": "stop"}
            await exchange.send({"choices": [choice]})
        usage = {"prompt_tokens": 4, "completion_tokens": 6}
        await exchange.send({"choices": [], "usage": usage})
        await exchange.send("[DONE]")
        await exchange.end()

    server.replies = [two_words_an_event]
    choices = await collect(make_model(), group(n=3))
    assert sum(choice.tokens.tokens_out for choice in choices) == 6
    assert sum(choice.tokens.tokens_in for choice in choices) == 4


async def test_key_is_sent_as_a_bearer_token(server, make_model):
    await collect(make_model(api_key="secret-7"), group())
    assert server.headers[0]["authorization"] == "Bearer secret-7"


async def test_messages_go_to_the_chat_endpoint(server, make_model):
    prompt = (Message(role="system", content="be brief"), Message(role="user", content="why"))
    await collect(make_model(EndpointKind.CHAT), group(prompt=prompt))
    assert server.paths == ["/v1/chat/completions"]
    assert server.bodies[0]["messages"] == [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "why"},
    ]


async def test_first_listed_model_is_taken_without_a_name(server, make_model):
    await collect(make_model(model=""), group())
    assert server.bodies[0]["model"] == MODEL


async def test_model_that_is_not_served_is_refused(make_model):
    with pytest.raises(ModelRequestError, match="tiny@0123456789ab"):
        await make_model(model="other").identify()


async def test_server_that_is_away_cannot_be_identified(make_model):
    with pytest.raises(ModelUnavailableError):
        await make_model(base_url="http://127.0.0.1:9").identify()


async def test_url_may_end_in_v1(server, make_model):
    (choice,) = await collect(make_model(base_url=f"{server.url}/v1/"), group())
    assert choice.text == FULL_TEXT


async def test_overloaded_server_cannot_be_identified(server, make_model):
    server.models = (503, {"error": {"message": "starting"}})
    with pytest.raises(ModelUnavailableError, match="starting"):
        await make_model().identify()


@pytest.mark.parametrize(
    "listed", [{"data": []}, {"data": [{}]}, [], {}], ids=["none", "nameless", "list", "empty"]
)
async def test_list_without_a_model_is_no_identity(server, make_model, listed):
    server.models = (200, listed)
    with pytest.raises(ModelUnavailableError):
        await make_model(model="").identify()


async def test_server_that_lists_no_model_fails_the_samples(server, make_model):
    server.models = (200, {"data": []})
    (choice,) = await collect(make_model(model=""), group())
    assert choice.finish_reason is FinishReason.ERROR
    assert choice.is_unavailable


async def test_messages_to_a_completions_endpoint_are_the_caller_s_error(make_model):
    with pytest.raises(TypeError, match="plain text"):
        await collect(make_model(), group(prompt=(Message(role="user", content="why"),)))


async def test_several_failed_runs_are_one_attempt(server, make_model):
    server.refused = frozenset({"n"})
    server.replies = [refuse(503), refuse(503, Retry_After="9")]
    choices = await collect(make_model(), group(n=2))
    assert [choice.finish_reason for choice in choices] == [FinishReason.STOP] * 2
    assert sum(choice.model_calls for choice in choices) == 5


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://host", "http://"], ids=str)
def test_address_that_no_request_could_go_to_is_refused(url):
    with pytest.raises(SettingsError, match="http://127"):
        ModelServer(base_url=url)
