"""Strategies that search a tree of thoughts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.search.strategy import (
    NO_VERIFIER,
    Needs,
    Offered,
    Strategy,
    describe_choice,
    describe_integer,
    describe_number,
    describe_sampling,
    make_sampling,
)
from engine.search.trees import ab_mcts, mcts, thought
from engine.search.trees.ab_mcts import AbMcts
from engine.search.trees.harvest import Choice
from engine.search.trees.judge import Judge
from engine.search.trees.limits import LIMITS
from engine.search.trees.mcts import Mcts
from engine.search.trees.rstar import RStar
from engine.search.trees.selection import Bonus, InFlight
from engine.search.trees.thompson import Belief
from engine.search.trees.thought import Generator
from engine.search.trees.tot_bfs import TotBfs
from engine.search.trees.tot_dfs import TotDfs

STEPS = Needs(prompts=frozenset({"solve", "step"}))
ACTIONS = Needs(prompts=frozenset({"solve", "step", "subquestion", "reanswer", "rephrase"}))
MAX_EXPLORATION = 100

_SIZES: dict[str, str] = {
    "iterations": "How often a path is chosen and gone on from.",
    "width": "Steps written from a chosen path.",
    "breadth": "Paths kept of each layer.",
    "thoughts": "Next thoughts of each path.",
    "max_depth": "Longest path; its rest is then written in one.",
    "max_visits": "Paths to visit.",
    "parallel": "Another path is chosen while fewer new texts than this are under way.",
    "n_values": "Judgements a path, or votes a layer.",
    "n_answers": "Finished paths to find.",
    "top": "How many of the best finished paths vote.",
    "n_steps": "Next steps of a chosen path.",
    "n_rests": "Rests of the solution of a chosen path.",
    "n_questions": "Next subquestions of a chosen path.",
    "n_reanswers": "Other answers to a subquestion.",
    "n_candidates": "Finished paths that are looked at again.",
}


def list_strategies(offered: Offered) -> tuple[Strategy, ...]:
    """Return the family, with the defaults that suit what is offered."""
    return (
        _tot_bfs(offered),
        _tot_dfs(offered),
        _mcts(offered),
        _ab_mcts(offered),
        _rstar(offered),
    )


def _tot_bfs(offered: Offered) -> Strategy:
    shown = TotBfs(
        generator=_choose_generator(offered),
        scorer=_choose_thought_judge(offered),
        sampling=offered.sampling,
    )
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Tree of Thoughts: keeps the best of all next thoughts, layer by layer.",
        properties={
            **_describe_sizes(shown.settings()),
            **_describe_thinking(shown.generator, shown.scorer),
            "choice": describe_choice(
                "Whether the best finished path answers, or all of them vote.",
                tuple(Choice),
                shown.choice,
            ),
            **describe_sampling(offered.sampling),
        },
        needs=STEPS,
        unavailable=_list_unavailable(offered, thought.JUDGES),
        make=lambda settings: TotBfs(
            **_take_sizes(settings),
            generator=Generator(settings["generator"]),
            scorer=Judge(settings["scorer"]),
            choice=Choice(settings["choice"]),
            sampling=make_sampling(settings),
        ),
    )


def _tot_dfs(offered: Offered) -> Strategy:
    shown = TotDfs(
        generator=_choose_generator(offered),
        scorer=_choose_thought_judge(offered),
        sampling=offered.sampling,
    )
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Tree of Thoughts: follows the best thought, prunes, and goes back.",
        properties={
            **_describe_sizes(shown.settings()),
            "threshold": {
                **describe_number("A path worth no more is pruned.", 0, 1, shown.threshold),
                "exclusiveMaximum": 1,
            },
            **_describe_thinking(shown.generator, shown.scorer),
            **describe_sampling(offered.sampling),
        },
        needs=STEPS,
        unavailable=_list_unavailable(offered, thought.JUDGES),
        make=lambda settings: TotDfs(
            **_take_sizes(settings),
            threshold=settings["threshold"],
            generator=Generator(settings["generator"]),
            scorer=Judge(settings["scorer"]),
            sampling=make_sampling(settings),
        ),
    )


def _mcts(offered: Offered) -> Strategy:
    shown = Mcts(scorer=_choose_judge(offered), sampling=offered.sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Monte Carlo tree search over steps, with UCT or PUCT.",
        properties={
            **_describe_sizes(shown.settings()),
            "bonus": describe_choice(
                "What is added for having been tried little.", tuple(Bonus), shown.bonus
            ),
            "exploration": _describe_exploration(shown.exploration),
            "in_flight": describe_choice(
                "Whether paths under way count as losses, or as visits only.",
                tuple(InFlight),
                shown.in_flight,
            ),
            "virtual_loss": describe_number(
                "What each path under way is held to have lost.", 0, 1, shown.virtual_loss
            ),
            "scorer": _describe_judge(mcts.JUDGES, shown.scorer),
            "rollout": {
                "type": "boolean",
                "description": "Whether a step is worth what a sample of its rest is worth.",
                "default": shown.rollout,
            },
            **describe_sampling(offered.sampling),
        },
        needs=STEPS,
        unavailable=_list_unavailable(offered, mcts.JUDGES),
        make=_make_mcts,
    )


def _ab_mcts(offered: Offered) -> Strategy:
    shown = AbMcts(scorer=_choose_judge(offered), sampling=offered.sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Tree search that decides at each path whether to go wider or deeper.",
        properties={
            **_describe_sizes(shown.settings()),
            "belief": describe_choice("What is supposed of rewards.", tuple(Belief), shown.belief),
            "scorer": _describe_judge(ab_mcts.JUDGES, shown.scorer),
            **describe_sampling(offered.sampling),
        },
        needs=STEPS,
        unavailable=_list_unavailable(offered, ab_mcts.JUDGES),
        make=lambda settings: AbMcts(
            **_take_sizes(settings),
            belief=Belief(settings["belief"]),
            scorer=Judge(settings["scorer"]),
            sampling=make_sampling(settings),
        ),
    )


def _rstar(offered: Offered) -> Strategy:
    shown = RStar(sampling=offered.sampling)
    return Strategy(
        name=shown.name,
        version=shown.version,
        summary="Tree search over five human-like actions; a second look confirms the answer.",
        properties={
            **_describe_sizes(shown.settings()),
            "exploration": _describe_exploration(shown.exploration),
            **describe_sampling(offered.sampling),
        },
        needs=ACTIONS,
        make=lambda settings: RStar(
            **_take_sizes(settings),
            exploration=settings["exploration"],
            sampling=make_sampling(settings),
        ),
    )


def _make_mcts(settings: Mapping[str, Any]) -> Mcts:
    return Mcts(
        **_take_sizes(settings),
        bonus=Bonus(settings["bonus"]),
        exploration=settings["exploration"],
        in_flight=InFlight(settings["in_flight"]),
        virtual_loss=settings["virtual_loss"],
        scorer=Judge(settings["scorer"]),
        rollout=settings["rollout"],
        sampling=make_sampling(settings),
    )


def _choose_judge(offered: Offered) -> Judge:
    """Return who scores steps: a verifier where one is served, else what costs nothing."""
    return Judge.VERIFIER if offered.has_verifier else Judge.LIKELIHOOD


def _choose_thought_judge(offered: Offered) -> Judge:
    """Return who judges thoughts: the model itself, as in the paper, where it knows how."""
    return Judge.VALUE if "value" in offered.prompts else _choose_judge(offered)


def _choose_generator(offered: Offered) -> Generator:
    can_propose = "propose" in offered.prompts
    if can_propose and _choose_thought_judge(offered) is not Judge.LIKELIHOOD:
        return Generator.PROPOSE
    return Generator.SAMPLE


def _list_unavailable(offered: Offered, judges: Sequence[Judge]) -> dict[str, dict[str, str]]:
    """Return which values of settings cannot be had, with the reasons."""
    lacking = {
        word: f"the model's prompts have no {word}"
        for word in ("value", "vote", "propose")
        if word not in offered.prompts
    }
    if not offered.has_verifier:
        lacking[Judge.VERIFIER.value] = NO_VERIFIER
    words = {
        "scorer": [scorer.value for scorer in judges],
        "generator": [Generator.PROPOSE.value] if judges is thought.JUDGES else [],
    }
    found = {
        setting: {word: lacking[word] for word in known if word in lacking}
        for setting, known in words.items()
    }
    return {setting: reasons for setting, reasons in found.items() if reasons}


def _describe_thinking(generator: Generator, scorer: Judge) -> dict[str, Mapping[str, Any]]:
    return {
        "generator": describe_choice(
            "Who writes thoughts: steps drawn one by one, or one list of proposals.",
            tuple(Generator),
            generator,
        ),
        "scorer": _describe_judge(thought.JUDGES, scorer),
    }


def _describe_judge(judges: Sequence[Judge], scorer: Judge) -> Mapping[str, Any]:
    return describe_choice("Who says what a path is worth.", judges, scorer)


def _describe_exploration(default: float) -> Mapping[str, Any]:
    return describe_number("c of UCT.", 0, MAX_EXPLORATION, default)


def _describe_sizes(settings: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the schemas of those of an algorithm's settings that are sizes."""
    return {
        name: describe_integer(_SIZES[name], 1, LIMITS[name], settings[name])
        for name in settings
        if name in LIMITS
    }


def _take_sizes(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: size for name, size in settings.items() if name in LIMITS}
