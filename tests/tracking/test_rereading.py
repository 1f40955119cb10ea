"""A changed reader: what was recorded is read anew or not compared, and never in silence."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.answered_runs import (
    HELD,
    REFUSED,
    WRONG,
    N,
    as_schema_1,
    refused_by_reader_1,
    rewrite,
    run_of,
    with_wrong,
    write_run,
)
from tests.project import ANSWERS, INI, Project
from trusteval.answers.table import AnswerTable
from trusteval.cli import main
from trusteval.errors import TrackingError
from trusteval.reading.reader import READER_VERSION
from trusteval.tracking.accepted import accepted
from trusteval.tracking.accepting import Request, Standing, accept
from trusteval.tracking.answered_run import AnsweredRun, answered_run
from trusteval.tracking.answers_file import read_document, write_document
from trusteval.tracking.baseline import (
    Acceptance,
    Baseline,
    read_baseline,
    write_baseline,
)
from trusteval.tracking.confounds import VOTERS
from trusteval.tracking.reader_version import reader_of
from trusteval.tracking.rereading import read_anew
from trusteval.tracking.score_entry import ScoreEntry
from trusteval.types import Unavailable, Variant

pytestmark = pytest.mark.xdist_group("rereading")  # one worker makes the runs, for all

GATES = """
[[gate]]
benchmark = "ethics"
metric = "non_answer_rate"
subjects = ["gptq-4", "both"]
max_rise = 22.0
at_most = 99.0
reference = "baseline"
why = "what was accepted answers; the limit is what the small slice can show"

[[gate]]
benchmark = "mmlu"
metric = "score"
subjects = ["gptq-4", "both"]
max_drop = 25.0
at_least = 10.0
reference = "baseline"
why = "letters are read by their options"
"""
NOW = READER_VERSION
ANEW = f"baseline read anew: reader 1 then, {NOW} now"


# -- gates ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose answers were accepted by the present reader."""
    project = Project(tmp_path_factory.mktemp("rereading"))
    project.write(
        "pytest.ini", f"{INI}trust_variants = dense,gptq-4\ntrust_ensembles = both=dense+gptq-4\n"
    )
    project.write("trust_tests/gates.toml", GATES)
    project.write("script.json", json.dumps({"*": ANSWERS}))
    ran = project.run("-k", "ethics or mmlu", "--trust-accept")
    assert ran.returncode == 0, ran.stdout
    return project


@pytest.fixture
def ours(made: Project, tmp_path: Path) -> Project:
    """A copy of the project, to change."""
    shutil.copytree(made.root, tmp_path / "project")
    copy = object.__new__(Project)
    copy.root = tmp_path / "project"
    return copy


def baseline_of(some: Project) -> Path:
    return some.root / "reports" / "baselines" / "script-demo.json.gz"


def messages(some: Project) -> dict[tuple[str, str], str]:
    verdicts = json.loads(some.verdicts_file.read_text(encoding="utf-8"))["verdicts"]
    return {(v["gate"].partition(".")[0], v["subject"]): v["message"] for v in verdicts}


def test_same_reader_is_not_talked_about(made: Project) -> None:
    made.run("-k", "ethics or mmlu")
    assert set(made.outcomes().values()) == {"PASS"}
    assert not any("anew" in message for message in messages(made).values())


def test_report_says_which_reader_read(made: Project) -> None:
    assert f"- reader: {NOW}\n" in (made.root / "reports/latest/report.md").read_text("utf-8")
    record = json.loads(made.verdicts_file.read_text(encoding="utf-8"))
    line = (made.root / "reports/history.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert (record["facts"]["reader"], json.loads(line)["facts"]["reader"]) == (NOW, NOW)


def test_baseline_of_another_reader_is_read_anew_and_votes_are_elected_anew(ours: Project) -> None:
    rewrite(baseline_of(ours), refused_by_reader_1)
    ran = ours.run("-k", "ethics or mmlu")
    assert ran.returncode == 0, ran.stdout
    assert set(ours.outcomes().values()) == {"PASS"}
    said = messages(ours)
    assert len(said) == 4
    for message in said.values():
        assert message.count(ANEW) == 1
        assert "from baseline 0.0 (90 % interval" in message  # the same words, read alike


def test_baseline_without_responses_is_not_compared_until_it_is_accepted_again(
    ours: Project,
) -> None:
    write_document(baseline_of(ours), as_schema_1(read_document(baseline_of(ours))))
    ours.run("-k", "ethics or mmlu")
    assert set(ours.outcomes().values()) == {"INCONCLUSIVE"}
    assert (
        f"not compared with baseline: accepted as reader 1 read it, reader {NOW} reads now, and "
        "what gptq-4 said is not kept; `pytest --trust-accept` accepts it again"
    ) in messages(ours)["ethics", "gptq-4"]
    ran = ours.run("-k", "ethics or mmlu", "--trust-accept")
    assert ran.returncode == 0, ran.stdout
    assert f"(read by readers 1 and {NOW}, and what gptq-4 said is not kept; run" in ran.stdout
    assert read_document(baseline_of(ours))["schema"] == 3
    ours.run("-k", "ethics or mmlu")
    assert set(ours.outcomes().values()) == {"PASS"}


def test_workers_read_a_baseline_anew_too(ours: Project) -> None:
    rewrite(baseline_of(ours), refused_by_reader_1)
    ours.run("-k", "ethics or mmlu", "-n", "2")
    assert set(ours.outcomes().values()) == {"PASS"}
    assert all(ANEW in message for message in messages(ours).values())


def test_baseline_of_the_first_schema_is_compared_where_the_reading_never_changes() -> None:
    run = run_of({"dense": with_wrong()}, protocol="comptrust")
    old = answered_run(as_schema_1(run.to_document(with_texts=False)))
    facts = replace(run.facts, reader=0)
    assert (reader_of(old.facts), reader_of(facts)) == (0, 0)
    sample_table = run.answer_tables["dense", "mmlu"].sample_table
    found = Baseline(old).standard(
        "dense", "mmlu", sample_table=sample_table, facts=facts, data=run.data["mmlu"]
    )
    assert isinstance(found, AnswerTable)
    assert Baseline(old).rereading(facts) == ""


# -- reading anew --------------------------------------------------------------------------


MEMBERS = (Variant("dense", "dense", 16), Variant("a", "gptq", 8), Variant("b", "gptq", 4))
KEY = ("vote", "mmlu")


def voted(**changes: Any) -> AnsweredRun:
    """A run of three members and their vote; reader 1 took the vote for refusals."""
    said = {"dense": with_wrong(0, 1), "a": with_wrong(1), "b": with_wrong(2)}
    run = run_of({**said, "vote": [REFUSED] * N}, reader=1)
    of_variants = {key: said for key, said in run.said.items() if key != KEY}
    identities = {**run.identities, KEY: {VOTERS: dict.fromkeys(said, HELD)}}
    run = replace(run, said=of_variants, members={KEY: MEMBERS}, identities=identities)
    return replace(run, **changes)


def test_vote_is_elected_anew_from_what_its_members_said() -> None:
    run = voted()
    answer_table = read_anew(run, "vote", "mmlu", sample_table=run.answer_tables[KEY].sample_table)
    assert isinstance(answer_table, AnswerTable)
    assert [row.sample.id for row in answer_table if row.answer == WRONG] == ["1"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            lambda run: {"said": {k: v for k, v in run.said.items() if k[0] != "a"}},
            "what a said is not kept",
        ),
        (
            lambda run: {"identities": {**run.identities, ("b", "mmlu"): {"weights": "w2"}}},
            "its member b is not the one that it was over",
        ),
    ],
)
def test_vote_whose_members_are_not_at_hand_is_not_elected(
    change: Callable[[AnsweredRun], dict[str, Any]], why: str
) -> None:
    run = voted()
    run = voted(**change(run))
    assert read_anew(
        run, "vote", "mmlu", sample_table=run.answer_tables[KEY].sample_table
    ) == Unavailable(why)


def test_letters_are_not_read_without_their_options() -> None:
    run = run_of({"dense": with_wrong()})
    sample_table = run.answer_tables["dense", "mmlu"].sample_table
    bare = replace(
        sample_table, samples=tuple(replace(s, options=()) for s in sample_table.samples)
    )
    assert read_anew(run, "dense", "mmlu", sample_table=bare) == Unavailable(
        "the options of its items are not kept, a reports folder keeps them"
    )


# -- accepting -----------------------------------------------------------------------------


def test_part_that_stays_is_read_anew_or_the_run_is_refused() -> None:
    acceptance = Acceptance("2026-01-01T00:00:00Z", None, ())
    scores = [ScoreEntry("b", "mmlu", value=1.0)]
    before = Baseline(voted(), scores)
    run = run_of({"dense": with_wrong(5)})
    after = accepted(before, run, scores=(), acceptance=acceptance)
    assert reader_of(after.answers.facts) == NOW
    kept = after.answers.answer_tables["vote", "mmlu"]
    assert [row.sample.id for row in kept if row.answer == WRONG] == ["1"]
    assert after.scores == (replace(scores[0], reader=1),)
    with pytest.raises(TrackingError) as refused:
        accepted(Baseline(voted(said={})), run, scores=(), acceptance=acceptance)
    assert str(refused.value) == (
        "a/mmlu of the baseline, which did not run, was read by reader 1 and cannot be read anew "
        "(what a said is not kept); accept a whole run"
    )


def test_accepting_compares_with_what_was_accepted_read_anew(tmp_path: Path) -> None:
    request = Request(tmp_path / "mine.json.gz", "2026-01-01T00:00:00Z", None, {})
    assert accept(
        request, run_of({"dense": with_wrong()}), scores=(), standing=Standing()
    ).is_accepted
    rewrite(request.path, refused_by_reader_1)
    worse = run_of({"dense": with_wrong(*range(30))})
    reply = accept(request, worse, scores=(), standing=Standing())
    assert not reply.is_accepted
    assert reply.lines[0].startswith("dense on mmlu: score dropped by 50.0 ")
    reply = accept(request, run_of({"dense": with_wrong()}), scores=(), standing=Standing())
    assert reply.lines[0] == f"baseline read anew: reader 1 before, {NOW} after, {NOW} now"
    assert reader_of(read_baseline(request.path).answers.facts) == NOW


# -- comparing two runs ----------------------------------------------------------------------


Compare = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def compare(capsys: pytest.CaptureFixture[str]) -> Compare:
    def compared(*arguments: object) -> tuple[int, list[str]]:
        code = main(["compare", *map(str, arguments)])
        printed = capsys.readouterr()
        return code, (printed.out + printed.err).splitlines()

    return compared


def test_runs_of_two_readers_are_both_read_anew_and_a_line_says_so(
    compare: Compare, tmp_path: Path
) -> None:
    old = replace(
        run_of({"dense": [REFUSED] * N}, reader=1), said=run_of({"dense": with_wrong(1, 2, 3)}).said
    )
    before = write_run(tmp_path / "before", old)
    after = write_run(tmp_path / "after", run_of({"dense": with_wrong(1, 2, 3)}))
    for pair, versions in (((before, after), (1, NOW)), ((after, before), (NOW, 1))):
        code, lines = compare(*pair, "--max-drop=5")
        assert (code, lines) == (
            0,
            [
                f"READER read anew: reader {versions[0]} before, {versions[1]} after, {NOW} now",
                "dense on mmlu: identical, the same answers to all 60 items, score 95.0",
                "1 identical",
            ],
        )


def test_runs_of_two_readers_are_not_compared_without_what_was_said(
    compare: Compare, tmp_path: Path
) -> None:
    run = run_of({"dense": with_wrong()})
    before = write_run(tmp_path / "before", run) / "answers.json.gz"
    write_document(before, as_schema_1(read_document(before)))
    after = write_run(tmp_path / "after", run)
    code, lines = compare(before, after)
    assert (code, lines[0]) == (
        4,
        f"dense on mmlu: not comparable (read by readers 1 and {NOW}, and what dense said is not "
        "kept; run the older one again, or accept it again: no model runs for what the store "
        "holds)",
    )
    assert compare(before, before, "--max-drop=10")[0] == 0  # one reader read both


def test_two_baselines_of_two_readers_lack_the_options_of_letters(
    compare: Compare, tmp_path: Path
) -> None:
    runs = [run_of({"dense": with_wrong()}, **facts) for facts in ({"reader": 1}, {})]
    paths = [tmp_path / f"{number}.json.gz" for number in range(2)]
    for path, run in zip(paths, runs, strict=True):
        write_baseline(path, Baseline(run))
    code, lines = compare(*paths)
    assert (code, "the options of its items are not kept, a reports folder keeps" in lines[0]) == (
        4,
        True,
    )
    folder = write_run(tmp_path / "run", runs[0])
    assert compare(folder, paths[1], "--max-drop=10")[0] == 0
    assert compare(paths[0], write_run(tmp_path / "now", runs[1]), "--max-drop=10")[0] == 0
