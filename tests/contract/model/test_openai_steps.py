"""What searches by steps and by certainty need of the HTTP adapter, and how it does without."""

from __future__ import annotations

import pytest

from engine.adapters.openai_request import Feature
from engine.domain.profile import EndpointKind
from engine.domain.trial import Sampling
from engine.ports import FinishReason, Message
from tests.contract.model.conftest import collect, group

STEP = (
    Message(role="user", content="what is the sum"),
    Message(role="assistant", content="First this.\n\n"),
)
SURE, UNSURE = [-0.01, -9.0], [-0.5, -1.5]
KINDS = pytest.mark.parametrize("kind", list(EndpointKind), ids=str)


def step(n=1, **changes):
    return group(n, prompt=STEP, **{"stop": ("\n\n", " END"), **changes})


async def test_a_server_that_does_not_tell_stops_is_not_believed_to(server, make_model):
    server.tells_stop = False
    (choice,) = await collect(make_model(), group())
    assert (choice.matched_stop, choice.is_stop_told) == (None, False)


@pytest.mark.parametrize("name", ["continue_final_message", "add_generation_prompt"])
async def test_a_refusal_to_go_on_is_remembered(server, make_model, name):
    server.refused = frozenset({name})
    model = make_model(EndpointKind.CHAT)
    for _ in range(2):
        (choice,) = await collect(model, step())
        assert choice.finish_reason is FinishReason.STOP
    assert [name in body for body in server.bodies] == [True, False, False]
    assert server.bodies[-1]["messages"][-1]["role"] == "user"


async def test_a_template_that_trims_messages_is_found_out_and_gone_around(server, make_model):
    server.trims = True
    model = make_model(EndpointKind.CHAT)
    choices = await collect(model, step(n=2))
    assert all(choice.text.startswith("the sum of") for choice in choices)
    assert Feature.CONTINUE not in model.features
    # The tokens of the empty steps were paid for.
    assert sum(choice.tokens.tokens_out for choice in choices) == 2 * (8 + 1)
    assert sum(choice.model_calls for choice in choices) == 2


async def test_an_empty_step_is_believed_once_a_message_was_gone_on_with(server, make_model):
    model = make_model(EndpointKind.CHAT)
    await collect(model, step())
    server.text_of = lambda _seed: "\n\nno more"
    (choice,) = await collect(model, step())
    assert (choice.text, choice.matched_stop) == ("", "\n\n")
    assert Feature.CONTINUE in model.features


@KINDS
async def test_certainty_is_folded_from_the_candidates(server, make_model, kind):
    sampling = Sampling(max_tokens=64, n_candidates=2, group_tokens=4)
    server.candidates_of = lambda turn: UNSURE if turn < 4 else SURE
    (choice,) = await collect(make_model(kind), group(sampling=sampling))
    assert choice.certainty is not None
    assert choice.certainty.mean == pytest.approx((1.0 + 4.505) / 2)
    assert choice.certainty.tail == pytest.approx(4.505)
    assert choice.certainty.lowest == pytest.approx(1.0)


@KINDS
async def test_without_being_asked_for_there_is_no_certainty(make_model, kind):
    (choice,) = await collect(make_model(kind), group())
    assert choice.certainty is None


async def test_a_server_with_fewer_candidates_still_gives_the_likelihood(server, make_model):
    async def refuse(exchange):
        message = "Requested sample logprobs of 20, which is greater than max allowed: 5"
        await exchange.reply_json(400, {"error": {"message": message, "param": "logprobs"}})

    server.replies = [refuse]
    model = make_model()
    (choice,) = await collect(model, group(sampling=Sampling(max_tokens=64, n_candidates=20)))
    assert (choice.certainty, choice.likelihood.n_tokens) == (None, 8)
    assert Feature.CANDIDATES not in model.features


async def test_an_unsure_sample_is_closed_and_the_others_end(server, make_model):
    sampling = Sampling(max_tokens=64, n_candidates=2, group_tokens=2, min_certainty=2.0)

    async def grow_unsure(exchange):
        exchange.server.candidates_of = lambda turn: SURE if turn < 3 else UNSURE
        await exchange.send_words({0: 5})
        exchange.server.candidates_of = lambda _turn: SURE
        await exchange.wait_for_hang_up()

    server.replies = [grow_unsure]
    server.candidates_of = lambda _turn: SURE
    choices = await collect(make_model(), group(n=3, sampling=sampling))
    await server.until(lambda: server.n_hung_up == 1)

    assert [body["seed"] for body in server.bodies] == [40, 41, 42]
    reasons = sorted(choice.finish_reason for choice in choices)
    assert reasons == [FinishReason.STOP, FinishReason.STOP, FinishReason.UNSURE]
    (closed,) = (c for c in choices if c.finish_reason is FinishReason.UNSURE)
    assert closed.tokens.tokens_out < 8
    assert closed.certainty is not None
