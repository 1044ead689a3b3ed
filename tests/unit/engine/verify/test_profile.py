"""A verifier profile that no claim could be judged with is refused."""

from __future__ import annotations

import pytest

from engine.domain.errors import ProfileError
from engine.ports import Claim
from engine.verify.label import Labels
from engine.verify.profile import VerifierProfile


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"template": "{problem}"},
        {"labels": Labels(yes=())},
        {"labels": Labels(yes=(" ",))},
        {"labels": Labels(yes=("no",))},
    ],
    ids=["nameless", "no-steps", "no-yes", "blank", "both"],
)
def test_an_unusable_profile_is_refused(changes):
    with pytest.raises(ProfileError):
        VerifierProfile(**changes)


def test_what_a_claim_says_is_no_placeholder():
    claim = Claim(problem="{steps}", steps=("{problem}",))
    assert (
        VerifierProfile(template="{problem}|{steps}").render_text(claim) == "{steps}|{problem}\n"
    )


def test_a_claim_can_be_a_chat():
    user, assistant = VerifierProfile(step_mark=";").render_messages(
        Claim(problem="?", steps=("a", "b"))
    )
    assert (user.content, assistant.role, assistant.content) == ("?", "assistant", "a;b;")


def test_a_mark_may_stand_between_steps_only():
    claim = Claim(problem="?", steps=("a", "b"))
    profile = VerifierProfile(template="{problem}|{steps}", step_mark=";", marks_last=False)
    assert profile.render_text(claim) == "?|a;b"
