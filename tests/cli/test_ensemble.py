"""`trusteval ensemble`: which runs and votes it takes, what it writes, and how it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.answered_runs import RIGHT, WRONG, N, run_of, with_wrong, write_run
from tests.ensemble.recordings import write_recording
from tests.project import ROOT
from trusteval.cli import main
from trusteval.ensemble.study import SECTIONS
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.answers_file import NAME, write_document
from trusteval.types import Variant

FINE, COULD_NOT = 0, 2
HOSTILE = "\x1b[2J\x1b[H|<b>\r\u202e"
SAID = {
    "dense": with_wrong(1),
    "gptq-8": with_wrong(1, 2),
    "gptq-4": with_wrong(2, 3),
    "gptq-3": with_wrong(1, 3, 4),
    "other": [RIGHT] * N,
}
SCHEMA = json.loads(
    (files("trusteval.ensemble") / "document.schema.json").read_text(encoding="utf-8")
)


def voted(run: AnsweredRun, vote: str = "vote-gptq", bits: Sequence[int] = (8, 4)) -> AnsweredRun:
    """Record a vote over members of so many bits, whose own answers are all right."""
    members = tuple(Variant(f"gptq-{n}", "gptq", n) for n in bits)
    key = vote, "mmlu"
    right = run.answer_tables["other", "mmlu"]
    return replace(
        run,
        answer_tables={**run.answer_tables, key: right},
        identities={**run.identities, key: {"vote over": {m.name: {} for m in members}}},
        members={key: members},
    )


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with runs: one that records a vote, one that records none, one of another model."""
    root = tmp_path_factory.mktemp("runs")
    write_run(root / "bare", run_of(SAID))
    write_run(root / "voted", voted(run_of(SAID)))
    write_run(root / "large", voted(run_of(SAID, model="/models/large")))
    write_run(root / "alone", run_of({"dense": [RIGHT] * N, "gptq-4": [WRONG] * N}))
    hostile = run_of({**SAID, f"größer{HOSTILE}": [RIGHT] * N}, model=HOSTILE)
    write_document(root / "hostile" / NAME, hostile.to_document(with_texts=True))
    return root


@pytest.fixture
def told(runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in the folder of the runs; returns its exit code and what it printed."""
    monkeypatch.chdir(runs)
    monkeypatch.delenv("TRUSTEVAL_DATA", raising=False)

    def run(*words: object) -> tuple[int, str]:
        code = main(["ensemble", *map(str, words)])
        printed = capsys.readouterr()
        return code, printed.err if code else printed.out

    return run


def document_of(told: Any, folder: Path, *words: object) -> dict[str, Any]:
    """Return what --json writes, which the schema holds for."""
    code, said = told(*words, f"--json={folder / 'out.json'}")
    assert code == FINE, said
    document = json.loads((folder / "out.json").read_text(encoding="utf-8"), parse_constant=_none)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return document


def _none(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def members_of(document: dict[str, Any]) -> dict[str, list[str]]:
    """Return the members' names by vote, of the first run."""
    votes = document["runs"][0]["ensembles"]
    return {vote: [member["name"] for member in members] for vote, members in votes.items()}


# -- which votes -------------------------------------------------------------------------------


def test_recorded_votes_are_shown_where_there_are_some(told: Any, tmp_path: Path) -> None:
    found = document_of(told, tmp_path, "voted")
    assert members_of(found) == {"vote-gptq": ["gptq-8", "gptq-4"]}
    assert found["runs"][0]["dense"] == "dense"


def test_votes_over_bit_widths_are_held_where_none_is_recorded(told: Any, tmp_path: Path) -> None:
    found = document_of(told, tmp_path, "bare")
    assert members_of(found) == {"vote-gptq": ["gptq-8", "gptq-4", "gptq-3"]}


def test_votes_are_held_over_any_subjects(told: Any, tmp_path: Path) -> None:
    found = document_of(
        *(told, tmp_path, "voted", "--ensemble=pair=gptq-3+other", "--ensemble=vote-gptq"),
        *("--ensemble=all=dense+gptq-4", "--bits=other=2"),
    )
    assert members_of(found) == {
        "pair": ["gptq-3", "other"],
        "vote-gptq": ["gptq-8", "gptq-4"],
        "all": ["dense", "gptq-4"],
    }


def test_vote_that_was_recorded_otherwise_than_its_members_elect_is_said(
    told: Any, tmp_path: Path
) -> None:
    """It is recorded right everywhere; where 8 bit is wrong 4 bit is outvoted by precedence."""
    (run,) = document_of(told, tmp_path, "voted")["runs"]
    assert run["left_out"] == [
        "vote-gptq on mmlu: the run records 2 of 60 votes otherwise; shown is what its members "
        "elect"
    ]
    (run,) = document_of(told, tmp_path, "bare")["runs"]
    assert run["left_out"] == []


def test_vote_of_a_run_is_elected_anew_by_its_members(told: Any, tmp_path: Path) -> None:
    (who,) = document_of(told, tmp_path, "bare", "--section=who")["runs"][0]["sections"]
    (scores,) = who["tables"]
    vote = next(row for row in scores["rows"] if row["is"] == "vote")
    wrong_by_two = {1, 2, 3}  # of three members two are wrong there
    assert vote["score"]["value"] == pytest.approx(100 * (N - len(wrong_by_two)) / N)


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["voted", "--ensemble=vote-gptg"], "did you mean 'vote-gptq'"),
        (["voted", "--ensemble=v=gptq-8+gptq-9"], "gptq-9 is no variant of this run; known: dense"),
        (["voted", "--ensemble=v=gptq-8+vote-gptq"], "vote-gptq is no variant"),
        (["voted", "--ensemble=v=gptq-8"], "at least two members"),
        (["voted", "--ensemble=v=gptq-8+gptq-8"], "given twice: gptq-8"),
        (["voted", "--ensemble=v=gptq-8+other"], "give --bits other=N"),
        (["voted", "--ensemble=vote-gptq=gptq-8+dense"], "the run records a vote vote-gptq"),
        (["bare", "--ensemble=v=gptq-8+dense", "--ensemble=v=gptq-8+dense"], "v is given twice"),
        (["bare", "--ensemble=\x1b[2J=a+b"], "expected a name of letters"),
        (["bare", "--bits=otter=3"], "did you mean 'other'"),
        (["bare", "--bits=other=x"], "expected NAME=N"),
        (["bare", "--bits=other"], "expected NAME=N"),
        (["bare", "--bits=other=65"], "from 1 to 64"),
        (["bare", "--bits=other=2", "--bits=other=3"], "other has 2 already"),
        (["voted", "--bits=gptq-8=4"], "the run says 8"),
        (["bare", "--dense=dence"], "did you mean 'dense'"),
        (["voted", "--dense=vote-gptq"], "no run has a single subject of that name"),
        (["bare", "--benchmark=nmlu"], "no run asked 'nmlu'; asked: mmlu"),
        (["bare", "--section=woh"], "no such section; known: who"),
        (["bare", "--section=across"], "give two RUNs"),
        (["alone"], "no vote is recorded, and none can be held"),
        (["bare:dense"], "an ensemble is of a run with all its subjects"),
        (["bare", "./bare"], "given twice"),
        (["bare", "--profile=quick"], "--profile is about NAME=..."),
        (["x=nowhere.jsonl", "--profile=quick"], "--profile is about STORE.sqlite#CONTEXT"),
        (["bare", "--json=x", "--markdown=./x"], "different places"),
        (["nowhere"], "nowhere does not exist"),
        (["x=nowhere.jsonl"], "nowhere.jsonl: No such file"),
        (["bare", "--json=/dev/full"], "cannot write /dev/full"),
        (["bare", "--markdown=nowhere/x.md"], "cannot write nowhere/x.md"),
    ],
    ids=lambda words: repr(words[-1])[:30] if isinstance(words, list) else "",
)
def test_what_cannot_be_shown_is_one_line_and_exit_2(
    told: Any, words: list[str], said: str
) -> None:
    code, error = told(*words)
    assert (code, error.count("\n")) == (COULD_NOT, 1)
    assert said in error
    assert error[:-1].isprintable()


def test_run_without_any_panel_is_no_empty_success(told: Any, tmp_path: Path) -> None:
    half = write_recording(tmp_path / "a.jsonl", [RIGHT] * N)
    ethics = {"benchmark": "ethics", "setting": "zero_shot", "target": "wrong", "options": []}
    other = write_recording(tmp_path / "b.jsonl", [RIGHT] * 3, items=range(3), **ethics)
    code, error = told(f"gptq-8={half}", f"gptq-4={other}")
    assert code == COULD_NOT
    assert "has no vote to show" in error
    assert "gptq-4 did not answer it" in error


# -- what is left out --------------------------------------------------------------------------


def test_vote_that_one_of_two_runs_cannot_hold_is_said(told: Any, tmp_path: Path) -> None:
    file = {n: write_recording(tmp_path / f"{n}.jsonl", [RIGHT] * N) for n in ("awq-8", "awq-4")}
    words = ["bare", *(f"{name}={path}" for name, path in file.items()), "--ensemble=vote-gptq"]
    code, error = told(*words)
    assert (code, "has no vote to show" in error) == (COULD_NOT, True)
    found = document_of(told, tmp_path, *words, "--ensemble=vote-awq")
    left_out = [" ".join(run["left_out"]) for run in found["runs"]]
    assert "left out: ensemble 'vote-awq' needs at least two members" in left_out[0]
    assert "left out: ensemble 'vote-gptq' needs at least two members" in left_out[1]
    assert "no dense beside the votes on mmlu: nothing is compared with it" in left_out[1]


def test_recordings_are_shown_with_what_is_doubtful(told: Any, tmp_path: Path) -> None:
    places = [
        f"{name}={write_recording(tmp_path / f'{name}.jsonl', said[:50], items=range(50))}"
        for name, said in list(SAID.items())[:3]
    ]
    places.append(f"gptq-3={write_recording(tmp_path / 'c.jsonl', SAID['gptq-3'])}")
    found = document_of(told, tmp_path, *places)
    (run,) = found["runs"]
    assert members_of(found) == {"vote-gptq": ["gptq-8", "gptq-4", "gptq-3"]}
    assert any("10 items are left out" in line for line in run["left_out"])
    code, said = told(*places)
    assert (code, "10 items are left out" in said) == (FINE, True)
    assert "dense, gptq-8, gptq-4, gptq-3: model not recorded, profile not recorded" in said


# -- what is written ---------------------------------------------------------------------------


def test_every_section_stands_in_terminal_json_and_markdown(told: Any, tmp_path: Path) -> None:
    code, said = told("voted", "large", f"--markdown={tmp_path / 'out.md'}")
    assert code == FINE
    found = document_of(told, tmp_path, "voted", "large")
    markdown = (tmp_path / "out.md").read_text(encoding="utf-8")
    for run in found["runs"]:
        assert [section["name"] for section in run["sections"]] == [*SECTIONS]
    titles = [section["title"] for section in (*found["runs"][0]["sections"], found["across"])]
    for title in titles:
        assert f"\n{title}\n{'=' * len(title)}\n" in said
        assert re.search(rf"^#+ {re.escape(title)}$", markdown, re.MULTILINE)
    assert "/models/large" in said


def test_only_sections_that_are_named_are_shown(told: Any, tmp_path: Path) -> None:
    found = document_of(told, tmp_path, "voted", "large", "--section=across")
    assert [run["sections"] for run in found["runs"]] == [[], []]
    assert found["across"]["name"] == "across"
    found = document_of(told, tmp_path, "voted", "large", "--section=who")
    assert found["across"] is None
    assert [[s["name"] for s in run["sections"]] for run in found["runs"]] == [["who"]] * 2


def test_digest_is_of_the_answers_that_are_shown(told: Any, tmp_path: Path) -> None:
    one, again, other = (
        document_of(told, tmp_path, name)["runs"][0]["digest"]
        for name in ("voted", "voted", "bare")
    )
    assert one == again != other


def test_same_run_gives_the_same_bytes(told: Any, tmp_path: Path) -> None:
    texts = []
    for name in ("a.json", "b.json"):
        told("voted", f"--json={tmp_path / name}")
        texts.append((tmp_path / name).read_bytes())
    assert texts[0] == texts[1]


def test_pictures_are_drawn_where_they_are_asked_for(told: Any, tmp_path: Path) -> None:
    code, said = told("voted", "large", f"--figures={tmp_path / 'figures'}")
    assert code == FINE
    drawn = re.findall(r"^drawn: (.*)$", said, re.MULTILINE)
    assert str(tmp_path / "figures" / "across-vote-gptq.svg") in drawn
    assert all(Path(path).read_bytes().startswith(b"<?xml") for path in drawn)
    code, said = told("voted", "--section=who", f"--figures={tmp_path / 'none'}")
    assert (code, "no table of these sections can be drawn" in said) == (FINE, True)


def test_hostile_names_stay_in_their_lines(told: Any, tmp_path: Path) -> None:
    words = ["hostile", f"--markdown={tmp_path / 'out.md'}"]
    found = document_of(told, tmp_path, *words)
    assert found["runs"][0]["facts"]["model"] == HOSTILE
    code, said = told(*words)
    assert code == FINE
    assert all(line.isprintable() for line in said.split("\n"))
    markdown = (tmp_path / "out.md").read_text(encoding="utf-8")
    assert "<b>" not in markdown
    assert all(line.isprintable() for line in markdown.split("\n"))


# -- what the process is given -----------------------------------------------------------------


def ended(runs: Path, *words: str, **given: Any) -> tuple[int, str]:
    """Run the command in a process of its own; returns its exit code and standard error."""
    ran = subprocess.run(
        [sys.executable, "-m", "trusteval", "ensemble", *words],
        cwd=runs,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        **given,
    )
    return ran.returncode, ran.stderr.decode()


def test_full_or_closed_standard_output_is_no_success(runs: Path) -> None:
    with Path("/dev/full").open("w") as full:
        code, error = ended(runs, "voted", stdout=full)
    assert (code, error.count("\n")) == (COULD_NOT, 1)
    code, error = ended(runs, "voted", preexec_fn=lambda: os.close(1))
    assert (code, error.count("\n")) == (COULD_NOT, 1)


def test_reader_who_hangs_up_is_no_fault(runs: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    code, error = ended(runs, "voted", stdout=writing)
    os.close(writing)
    assert (code, error) == (FINE, "")


def test_command_loads_no_model_library(runs: Path) -> None:
    script = (
        "import sys; from trusteval.cli import main\n"
        "code = main(['ensemble', 'voted'])\n"
        "sys.stderr.write(str([m for m in ('torch', 'transformers', 'datasets', 'matplotlib') "
        "if m in sys.modules]))\n"
        "sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=runs,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (FINE, "[]")
