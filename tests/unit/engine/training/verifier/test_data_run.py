"""Data is sampled, labelled, kept over a kill, and imported."""

from __future__ import annotations

import json

import httpx
import pytest
from click.testing import CliRunner

from engine.domain.program import parse_program
from engine.training.datasets.file import write_examples
from engine.training.emission.chain import RIGHT_SYSTEM, WRONG_SYSTEM
from engine.training.errors import DatasetError
from engine.training.human import as_problem
from engine.training.verifier.asked import ask
from engine.training.verifier.chain_file import keep_apart, orderable, read_chains
from engine.training.verifier.data_command import verifier_data
from engine.training.verifier.data_run import DataPlan, write_data
from engine.training.verifier.label import label_program
from engine.training.verifier.writer import ChatWriter, Draw, ProgramWriter, open_server
from tests.unit.engine.training.verifier.made_up import make_chain, make_chains

QUESTIONS = [
    ask(as_problem(f"Ann has {n} cups and buys 7 more.", parse_program(f"a={n}+7"), source="x"))
    for n in range(10, 90)
]


class Scripted:
    """Writes one right and one wrong program; may be killed at a temperature."""

    name = "scripted"

    def __init__(self, killed_at=None):
        self.killed_at = killed_at
        self.asked = []

    def write(self, questions, draw):
        if draw.temperature == self.killed_at:
            raise KeyboardInterrupt
        self.asked.append((draw.temperature, len(questions), draw.seed))
        n = [question.split()[2] for question in questions]
        texts = [[f"a={one}+7<ans>a", f"a={one}-7<ans>a"] for one in n]
        return texts if draw.temperature else [group[:1] for group in texts]

    def label(self, asked, text, *, system):
        return label_program(asked, text, system=system)


def run(writer, out, *, others=(), **settings):
    plan = DataPlan(
        **{
            "temperatures": (0.5, 1.0),
            "n_samples": 2,
            "mutation_ratio": 0.0,
            "n_at_once": 64,
            **settings,
        }
    )
    moves = []
    report = write_data(
        QUESTIONS,
        [writer] if writer else [],
        plan,
        others=others,
        out=out,
        on_progress=lambda *move: moves.append(move),
    )
    return report, moves


def test_every_model_and_temperature_is_a_system(tmp_path):
    report, moves = run(Scripted(), tmp_path / "chains.jsonl", per_question=0)
    assert report.by_system == {"scripted@0": 80, "scripted@0.5": 160, "scripted@1": 160}
    assert (report.n_questions, report.n_mixed) == (80, 80)
    assert moves[:2] == [("scripted@0", 64, 80), ("scripted@0", 80, 80)]
    assert len(read_chains([tmp_path / "chains.jsonl"])) == 400


def test_no_two_chunks_share_a_seed(tmp_path):
    writer = Scripted()
    run(writer, tmp_path / "chains.jsonl", has_greedy=False)
    seeds = [seed for temperature, _, seed in writer.asked if temperature == 0.5]
    assert seeds == [0, 128]


def test_what_was_sampled_before_a_kill_is_not_sampled_again(tmp_path):
    out = tmp_path / "chains.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(Scripted(killed_at=1.0), out)
    writer = Scripted()
    report, _ = run(writer, out)
    assert {temperature for temperature, _, _ in writer.asked} == {1.0}
    assert report.n_chains == 160
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chains.jsonl"]


def test_mutations_are_a_share_of_all(tmp_path):
    report, _ = run(Scripted(), tmp_path / "chains.jsonl", mutation_ratio=0.4)
    n_made = report.by_system["exact"] + report.by_system["mutation"]
    assert n_made / report.n_chains == pytest.approx(0.4, abs=0.01)


def test_labels_from_people_go_in_as_they_are(tmp_path):
    chain = make_chain("What?", ("a=1", "b=2"), 1, system="people")
    write_examples(tmp_path / "people.jsonl", [chain])
    report, _ = run(None, tmp_path / "chains.jsonl", others=[tmp_path / "people.jsonl"])
    assert report.by_system == {"people": 1}
    assert read_chains([tmp_path / "chains.jsonl"]) == (chain,)


def test_nothing_to_write_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="nothing to write"):
        run(None, tmp_path / "chains.jsonl")


@pytest.mark.parametrize("ratio", [-0.1, 1.0])
def test_a_share_lies_below_one(ratio):
    with pytest.raises(DatasetError, match="share"):
        DataPlan(temperatures=(), n_samples=1, mutation_ratio=ratio)


def test_development_questions_are_taken_out_of_training():
    chains = make_chains(5, seed=1)
    apart = keep_apart(chains, chains[:4])
    assert {chain.question for chain in apart.chains}.isdisjoint({chains[0].question})
    assert apart.n_dropped == 4


def test_questions_of_one_label_cannot_choose_a_checkpoint():
    with pytest.raises(DatasetError, match="both"):
        orderable([make_chain("q", ("a=1",), 1), make_chain("p", ("a=1",), 0)])


def pair(question, *systems):
    return [
        make_chain(question, (f"a={n}",), n_right, system)
        for system in systems
        for n, n_right in enumerate((0, 1))
    ]


def test_a_checkpoint_is_chosen_by_what_models_wrote():
    sampled = pair("q", "one@0.8")
    found = orderable([*pair("q", RIGHT_SYSTEM, WRONG_SYSTEM), *sampled])
    assert found == tuple(sampled)


def test_made_chains_choose_where_models_cannot():
    made = pair("q", RIGHT_SYSTEM, WRONG_SYSTEM)
    assert orderable(made) == tuple(made)
    always_right = make_chain("p", ("a=1",), 1, "one@0.8")
    assert orderable([*made, always_right]) == (*made, always_right)


def test_a_file_without_chains_is_refused(tmp_path):
    write_examples(tmp_path / "none.jsonl", [])
    with pytest.raises(DatasetError, match="no judged chain"):
        read_chains([tmp_path / "none.jsonl"])


class Solver:
    """A model that writes one program."""

    def greedy(self, questions):
        return self.sample(questions, n_samples=1, temperature=0, seed=0)[0]

    def sample(self, questions, *, n_samples, temperature, seed):
        from engine.training.row_format import read_completion  # noqa: PLC0415

        return [[read_completion(f"a={n_samples}<ans>a")] * n_samples for _ in questions]


def test_a_program_writer_samples_or_takes_the_likeliest():
    writer = ProgramWriter(name="one", solver=Solver())
    draw = Draw(n_samples=2, temperature=0.5, seed=0)
    assert writer.write(["q"], draw) == [["a=2<ans>a", "a=2<ans>a"]]
    assert writer.write(["q"], Draw(n_samples=2, temperature=0.0, seed=0)) == [["a=1<ans>a"]]
    assert writer.label(QUESTIONS[0], "a=10+7<ans>a", system="s").is_right


def test_a_chat_model_is_asked_for_its_samples_with_seeds_of_their_own():
    bodies = []

    def reply(request):
        body = json.loads(request.content)
        bodies.append(body)
        texts = ["Answer: 17", None][: body["n"]]
        choices = [{"index": i, "message": {"content": text}} for i, text in enumerate(texts)]
        return httpx.Response(200, json={"choices": choices[::-1]})

    with httpx.Client(base_url="http://x", transport=httpx.MockTransport(reply)) as client:
        writer = ChatWriter(name="m", client=client)
        found = writer.write(["p", "q"], Draw(n_samples=2, temperature=0.5, seed=10))
        greedy = writer.write(["p"], Draw(n_samples=2, temperature=0.0, seed=10))
    assert found == [["Answer: 17", ""]] * 2
    assert greedy == [["Answer: 17"]]
    assert sorted(body["seed"] for body in bodies[:2]) == [10, 12]
    assert writer.label(QUESTIONS[0], "Answer: 17", system="s").is_right


@pytest.mark.parametrize("is_chat", [True, False])
def test_a_server_that_is_not_there_is_named(is_chat):
    with pytest.raises(DatasetError, match="does not answer"):
        open_server("http://127.0.0.1:9", is_chat=is_chat)


def test_the_command_reads_questions_and_makes_mutations(tmp_path):
    questions, out = tmp_path / "q.jsonl", tmp_path / "out.jsonl"
    rows = [
        {"problem": one.question, "answer": one.answer, "program": f"a={n}+7"}
        for n, one in enumerate(QUESTIONS[:4], start=10)
    ]
    questions.write_text("".join(json.dumps(row) + "\n" for row in rows))
    arguments = ["--questions", str(questions), "--out", str(out)]
    result = CliRunner().invoke(verifier_data, arguments, catch_exceptions=False)
    assert json.loads(result.stdout)["by_system"] == {"exact": 4, "mutation": 4}


def test_the_command_samples_a_checkpoint(tmp_path, base_folder):
    questions, out = tmp_path / "q.jsonl", tmp_path / "out.jsonl"
    questions.write_text(json.dumps({"problem": "Two and two?", "answer": 4, "program": "a=2+2"}))
    arguments = ["--model", str(base_folder), "--questions", str(questions), "--out", str(out)]
    arguments += [
        "--samples",
        "2",
        "--temperature",
        "1",
        "--per-question",
        "0",
        "--mutations",
        "0",
    ]
    result = CliRunner().invoke(verifier_data, arguments, catch_exceptions=False)
    systems = json.loads(result.stdout)["by_system"]
    assert {system.rpartition("@")[2] for system in systems} <= {"0", "1"}
    assert all(system.startswith(base_folder.name) for system in systems)


@pytest.mark.parametrize("split", ["train", "dev"])
def test_the_command_draws_questions_of_a_split(tmp_path, split):
    out = tmp_path / "out.jsonl"
    arguments = ["--split", split, "--n", "3", "--out", str(out)]
    CliRunner().invoke(verifier_data, arguments, catch_exceptions=False)
    chains = read_chains([out])
    assert len({chain.question for chain in chains}) == 3
    assert {chain.origin.split for chain in chains} == {split}


def test_the_command_says_in_one_line_what_is_wrong(tmp_path):
    arguments = ["--model", str(tmp_path / "none"), "--out", str(tmp_path / "out.jsonl")]
    result = CliRunner().invoke(verifier_data, arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "holds no model" in result.stderr
