import itertools

import pytest

from engine.domain.errors import SettingsError
from tools.sandbox.errors import InvalidProgramError
from tools.sandbox.probe import judge
from tools.sandbox.program import Limits, Program
from tools.sandbox.remedy import explain_refusal
from tools.sandbox.settings import SandboxSettings
from tools.sandbox.tier import LAYERS, Finding, Layer, Tier, find_tier

SETTINGS = SandboxSettings()


def findings(*missing: Layer) -> list[Finding]:
    return [Finding(layer=layer, holds=layer not in missing, detail="gone") for layer in Layer]


def sound_facts() -> dict[str, object]:
    return {
        "ids": [1000] * 6,
        "capabilities": 0,
        "no_new_privs": 1,
        "seccomp": 2,
        "unknown_call": "EPERM",
        "clone3": "ENOSYS",
        "fork": "EPERM",
        "exec": "EPERM",
        "socket": "EPERM",
        "rlimits": {"cpu": [5, 5], "core": [0, 0], "fsize": [SETTINGS.file_bytes] * 2},
        "memory": "MemoryError",
        "canary": "EACCES",
        "canary_mode": "readable",
        "path": "ENOENT",
        "root_write": "EACCES",
        "pid": 1,
        "hostname": "sandbox",
        "scratch_bytes": SETTINGS.scratch_bytes,
        "scratch_files": SETTINGS.scratch_files,
        "scratch_names": [],
        "scratch_write": "done",
        "descriptors": [0, 1, 2, 3],
        "environment": ["HOME", "LANG", "PATH", "TZ"],
        "zygote": {
            "uid": 61_001,
            "has_namespaces": True,
            "refusal": None,
            "landlock_version": 7,
            "n_threads": 1,
            "outside": {
                "port": False,
                "socket": False,
                "pid": False,
                "path": False,
                "readable": False,
            },
        },
    }


WRONG = {
    Layer.UNPRIVILEGED: {"capabilities": 1},
    Layer.NO_NEW_PRIVS: {"no_new_privs": 0},
    Layer.SECCOMP: {"unknown_call": "ENOSYS"},
    Layer.RLIMITS: {"memory": "done"},
    Layer.LANDLOCK: {"canary": "done"},
    Layer.NAMESPACES: {"pid": 4711},
    Layer.PRIVATE_ROOT: {"path": "done"},
    Layer.SCRATCH: {"scratch_bytes": 1 << 40},
}
WRONG_IN_ZYGOTE = {
    Layer.UNPRIVILEGED: {"uid": 0},
    Layer.SINGLE_THREAD: {"n_threads": 2},
    Layer.LANDLOCK: {"landlock_version": 0},
    Layer.NAMESPACES: {"refusal": "unshare: not permitted"},
}


def test_all_layers_are_the_strongest_tier():
    assert find_tier(findings()) is Tier.FULL_CGROUP
    assert find_tier(findings(Layer.CGROUP)) is Tier.FULL


@pytest.mark.parametrize("layer", sorted(LAYERS[Tier.LANDLOCK]), ids=str)
def test_no_tier_stands_without_a_mandatory_layer(layer):
    assert find_tier(findings(layer)) is None


@pytest.mark.parametrize("layer", [Layer.NAMESPACES, Layer.PRIVATE_ROOT, Layer.SCRATCH], ids=str)
def test_the_weakest_tier_is_left_without_namespaces(layer):
    assert find_tier(findings(layer)) is Tier.LANDLOCK


def test_tiers_are_ordered():
    ranks = [Tier.LANDLOCK, Tier.FULL, Tier.FULL_CGROUP, Tier.EXTERNAL]
    for (low, weaker), (high, stronger) in itertools.product(enumerate(ranks), repeat=2):
        assert stronger.satisfies(weaker) == (high >= low)


def test_sound_facts_prove_every_layer():
    assert [each for each in judge(sound_facts(), SETTINGS) if not each.holds] == []


@pytest.mark.parametrize(("layer", "change"), WRONG.items(), ids=[str(each) for each in WRONG])
def test_one_wrong_fact_fells_its_layer_alone(layer, change):
    found = judge({**sound_facts(), **change}, SETTINGS)
    assert [each.layer for each in found if not each.holds] == [layer]


@pytest.mark.parametrize(
    ("layer", "change"),
    WRONG_IN_ZYGOTE.items(),
    ids=[str(each) for each in WRONG_IN_ZYGOTE],
)
def test_one_wrong_word_of_the_zygote_fells_its_layer_alone(layer, change):
    facts = sound_facts()
    found = judge({**facts, "zygote": {**facts["zygote"], **change}}, SETTINGS)
    assert [each.layer for each in found if not each.holds] == [layer]


def test_a_refusal_names_each_layer_with_a_remedy():
    text = explain_refusal(
        Tier.FULL,
        [*findings(Layer.NAMESPACES)[:-1], Finding(layer=Layer.CGROUP, holds=False)],
    )
    assert "reaches the tier 'landlock' and the settings ask for 'full'" in text
    assert "namespaces: gone. To mend it, allow user namespaces" in text
    assert "cgroup" not in text


def test_one_reason_for_everything_is_said_once():
    text = explain_refusal(Tier.LANDLOCK, findings(*Layer), "a word from the zygote")
    assert text.count("gone") == 1
    assert text.endswith("a word from the zygote")


@pytest.mark.parametrize(
    "limits",
    [{"cpu_s": 0}, {"wall_s": 0.0}, {"memory_bytes": 1}, {"result_bytes": 1}],
    ids=["processor", "wall", "memory", "result"],
)
def test_a_limit_out_of_bounds_is_refused(limits):
    with pytest.raises(InvalidProgramError):
        Limits(**limits)


@pytest.mark.parametrize(
    "fields",
    [{"source": 7}, {"source": "x" * (1 << 25)}, {"source": "", "seed": -1}],
    ids=["no text", "too long", "bad seed"],
)
def test_a_malformed_program_is_refused(fields):
    with pytest.raises(InvalidProgramError):
        Program(**fields)


def test_settings_report_all_faults_at_once():
    with pytest.raises(SettingsError) as refused:
        SandboxSettings(n_zygotes=0, uid=0)
    assert "uid" in str(refused.value)
    assert "n_zygotes" in str(refused.value)
