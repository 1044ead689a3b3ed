"""Tree searches through the runner: what the model is shown, and resumption from a real log."""

from __future__ import annotations

import asyncio

import pytest

from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.event import EventType
from engine.search.trees.ab_mcts import AbMcts
from engine.search.trees.judge import Judge
from engine.search.trees.mcts import Mcts
from engine.search.trees.rstar import RStar
from engine.search.trees.thought import Generator
from engine.search.trees.tot_bfs import TotBfs
from engine.search.trees.tot_dfs import TotDfs
from tests.fakes.clock import FakeClock
from tests.fakes.scripted_model import ScriptedChatModel
from tests.fakes.scripted_verifier import ScriptedVerifier
from tests.unit.engine.runner.harness import PROGRAM_PROFILE, Bench
from tools.registry import local_tools

STEPS = ("First, halve", "Then add", "Answer: 72")


def talk(request, index):
    """Play every role of the chat set: some proposals and steps are better than others."""
    role, shown = request.prompt[0].content, request.prompt[-1].content
    if "Propose up to five" in role:
        return f"Halve it.\nDouble it {shown.count('Double')} times.\nGuess."
    if "You judge" in role:
        return "impossible" if "Guess" in shown else f"Well.\n{'likely' if index else 'sure'}"
    if "You compare" in role:
        return "The best choice is 1"
    if "You state problems again" in role:
        return "The problem again: how many clips?"
    if "You check solutions" in role:
        return "Checked: it is 72."
    written = write_on(request, index)
    return written.replace("First", "Sub-question: first") if "breaking" in role else written


def write_on(request, index):
    last = request.prompt[-1]
    n_before = last.content.count("\n\n") + 1 if last.role == "assistant" else 0
    left = STEPS[n_before:] or STEPS[-1:]
    return "\n\n".join([f"{step} ({index})." if "Answer" not in step else step for step in left])


SEARCHES = {
    "tot-bfs": TotBfs(max_depth=2, breadth=2, thoughts=3),
    "tot-bfs-vote": TotBfs(
        max_depth=2, breadth=1, thoughts=2, generator=Generator.SAMPLE, scorer=Judge.VOTE
    ),
    "tot-dfs": TotDfs(max_depth=2, thoughts=3),
    "mcts": Mcts(iterations=3, width=2, scorer=Judge.VERIFIER, top=2),
    "mcts-agreeing": Mcts(iterations=2, width=2, scorer=Judge.AGREEMENT, rollout=True),
    "mcts-value": Mcts(iterations=2, width=2, scorer=Judge.VALUE),
    "ab-mcts": AbMcts(iterations=5, top=2),
    "rstar": RStar(iterations=2, n_candidates=3),
}
EVERY = pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES.keys())


def bench(search, **changes):
    return Bench(
        **{
            "model": ScriptedChatModel(talk),
            "algorithm": search,
            "verifier": ScriptedVerifier(lambda claim: 0.5 + len(claim.steps) / 10),
            **changes,
        }
    )


def run(one):
    return asyncio.run(one.run())


def works(one):
    opened = (event for event in one.log.events if event.type is EventType.TRIAL_OPENED)
    return [event.data.get("work", "sample") for event in opened]


def ended(one):
    events = (event for event in one.log.events if event.type is EventType.TRIAL_ENDED)
    return [event.draft.trial_id for event in events]


@EVERY
def test_a_search_comes_to_the_answer(search):
    one = bench(search)
    end = run(one)

    assert end.stop_reason == "solved"
    assert end.standing.answer.text == "72"
    assert len(works(one)) <= end.standing.n_planned


@EVERY
@pytest.mark.parametrize("part", [0.2, 0.5, 0.8], ids=str)
def test_a_search_that_was_cut_off_goes_on_from_its_log(search, part):
    whole = bench(search)
    end = run(whole)
    cut = int(part * len(whole.log.events))
    log = InMemoryEventLog(events=whole.log.events[:cut])
    log.bodies.update(whole.log.bodies)
    rest = bench(search, log=log)

    # Which outcome comes first may differ from then on; what was computed is not done again.
    assert run(rest).standing.answer == end.standing.answer
    assert rest.log.events[:cut] == whole.log.events[:cut]
    assert len(set(ended(rest))) == len(ended(rest))
    assert len(works(rest)) == len(ended(rest))


@EVERY
def test_a_search_that_ended_is_the_same_when_its_log_is_read_again(search):
    whole = bench(search)
    end = run(whole)
    again = bench(search, log=whole.log)

    assert run(again).standing == end.standing
    assert not again.model.requests


def test_siblings_are_one_request():
    one = bench(Mcts(iterations=1, width=5, top=1))
    run(one)

    assert one.model.requests[0].n == 5


def test_a_vote_shows_the_paths_it_chooses_from():
    one = bench(SEARCHES["tot-bfs-vote"])
    run(one)
    shown = [r.prompt[-1].content for r in one.model.requests if "compare" in r.prompt[0].content]

    assert "Choice 1:\nFirst, halve" in shown[0]
    assert "Choice 2:\nFirst, halve" in shown[0]


def test_a_path_of_proposals_is_finished_from_what_was_proposed():
    one = bench(SEARCHES["tot-bfs"])
    run(one)
    last = one.model.requests[-1].prompt[-1]

    assert last.role == "assistant"
    assert last.content.count("Halve it.") == 2
    assert "Guess" not in last.content


def test_another_wording_and_another_reply_do_not_end_a_path():
    one = bench(RStar(iterations=6, n_candidates=1, parallel=1))
    run(one)
    events = [event for event in one.log.events if event.type is EventType.TRIAL_OPENED]
    again = {
        event.draft.trial_id
        for event in events
        if event.data.get("prompt_id") in {"chat/rephrase@2", "chat/reanswer@2"}
    }
    reasons = [
        event.data["reason"]
        for event in one.log.events
        if event.type is EventType.TRIAL_ENDED and event.draft.trial_id in again
    ]

    assert len(reasons) >= 2
    assert set(reasons) == {"step"}


def test_a_small_model_that_writes_programs_is_searched_too():
    def program(request, index):
        after = request.prompt.partition("<prog>")[2]
        return f"b=a+48;a={index}<ans>b" if after else f"a={24 + 0 * index};b=a+48<ans>b"

    one = bench(
        Mcts(iterations=2, width=2, top=2),
        model=ScriptedChatModel(program),
        profile=PROGRAM_PROFILE,
        tools=local_tools(FakeClock()),
    )

    assert run(one).standing.answer.text == "72"
