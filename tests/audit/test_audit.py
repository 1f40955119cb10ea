"""`trusteval audit`: what is drawn and hidden, how labels are read back, what agreement is."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.answered_runs import INVALID, REFUSED, RIGHT, WRONG, N, run_of, write_run
from tests.project import ANSWERS, Project
from trusteval.answers.responses import ResponseTable
from trusteval.cli import main
from trusteval.reading.reader import READER_VERSION
from trusteval.tracking.answered_run import AnsweredRun
from trusteval.tracking.baseline import Baseline, write_baseline
from trusteval.types import FinishReason, Response

Labeller = Callable[[Mapping[str, Any]], str]
Tell = Callable[..., tuple[int, str]]
DENSE = [RIGHT] * 50 + [WRONG] * 10
BROKEN = [RIGHT] * 20 + [WRONG] * 10 + [REFUSED] * 20 + [INVALID] * 10
MARK = "\ufeff"
RECORDED = f"reader {READER_VERSION}"


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Call `trusteval audit`: its exit code, and what it prints."""

    def told(*arguments: object) -> tuple[int, str]:
        code = main(["audit", *map(str, arguments)])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return told


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    return write_run(tmp_path / "latest", run_of({"dense": DENSE, "gptq-3": BROKEN}))


@pytest.fixture
def drawn(tell: Tell, run_folder: Path, tmp_path: Path) -> Path:
    """The folder of an audit of everything that was said."""
    assert tell(run_folder, "--n", 500, "--out", tmp_path / "all")[0] == 0
    return tmp_path / "all"


def key_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "audit.key.json").read_text(encoding="utf-8"))
    return found


def table_of(folder: Path) -> list[dict[str, str]]:
    text = (folder / "audit.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def write_table(path: Path, rows: Sequence[Mapping[str, str]], *, delimiter: str = ",") -> Path:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(MARK + out.getvalue(), encoding="utf-8", newline="")
    return path


def as_read(answer: Mapping[str, Any]) -> str:
    """Label an answer as the reader reads it."""
    read = answer["answer"]
    return str(read.get("label") or read.get("reason") or "refusal")


def label(folder: Path, labeller: Labeller = as_read, *, delimiter: str = ",") -> Path:
    """Label the table of a folder; an answer is what its key knows of it."""
    of_row = {answer["row"]: answer for answer in key_of(folder)["answers"]}
    rows = [{**row, "label": labeller(of_row[row["row"]])} for row in table_of(folder)]
    return write_table(folder / "audit.csv", rows, delimiter=delimiter)


# -- drawing -------------------------------------------------------------------------------


def test_draw_writes_table_page_and_key_and_says_of_what(
    tell: Tell, run_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "deep" / "audit"
    code, said = tell(run_folder, "--n", 20, "--out", out)
    assert code == 0
    assert said.startswith("drew 20 of 120 answers from 4 strata, seed 0; readers disagree on 0, 0")
    assert sorted(path.name for path in out.iterdir()) == [
        *("audit.csv", "audit.html", "audit.key.json"),
    ]
    assert len({answer["subject"] for answer in key_of(out)["answers"]}) == 2
    weights = sum(one["weight"] * one["drawn"] for one in key_of(out)["strata"])
    assert weights == pytest.approx(120)


def test_same_seed_writes_the_same_bytes(tell: Tell, run_folder: Path, tmp_path: Path) -> None:
    def content(name: str, seed: int) -> dict[str, bytes]:
        tell(run_folder, "--n", 20, "--seed", seed, "--out", tmp_path / name)
        return {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}

    first = content("first", 0)
    assert content("again", 0) == first
    assert all(text != first[name] for name, text in content("other", 1).items())


def test_labeller_sees_neither_subject_nor_reading(drawn: Path) -> None:
    rules = {answer["rule"] for answer in key_of(drawn)["answers"]}
    for name in ("audit.csv", "audit.html"):
        text = (drawn / name).read_text(encoding="utf-8")
        hidden = ("gptq-3", "dense", "contested", "stratum", *(f"{rule}<" for rule in rules))
        assert not [word for word in hidden if word in text]
    assert {row["label"] for row in table_of(drawn)} == {""}
    assert {row["allowed"] for row in table_of(drawn)} == {
        "A | B | C | D | refusal | empty | unparseable | contradictory | truncated | undecided"
    }
    assert table_of(drawn)[0]["options"] == "A: Mars\nB: Venus\nC: Saturn\nD: Pluto"


def test_same_words_to_one_item_are_one_row_for_all_who_said_them(drawn: Path) -> None:
    answers = key_of(drawn)["answers"]
    assert len(answers) == 2 * N
    assert len(table_of(drawn)) == len({answer["row"] for answer in answers}) < 2 * N


def test_rows_are_in_random_order(drawn: Path) -> None:
    items = [int(row["item"]) for row in table_of(drawn)]
    assert items != sorted(items)


def test_one_subject_is_drawn_alone(tell: Tell, run_folder: Path, tmp_path: Path) -> None:
    assert tell(f"{run_folder}:gptq-3", "--out", tmp_path / "one")[0] == 0
    assert {answer["subject"] for answer in key_of(tmp_path / "one")["answers"]} == {"gptq-3"}


def test_one_benchmark_is_drawn_alone_and_another_is_refused(
    tell: Tell, run_folder: Path, tmp_path: Path
) -> None:
    assert tell(run_folder, "--benchmark=mmlu", "--n=7", "--out", tmp_path / "one")[0] == 0
    assert {answer["benchmark"] for answer in key_of(tmp_path / "one")["answers"]} == {"mmlu"}
    code, said = tell(run_folder, "--benchmark=ethics", "--out", tmp_path / "two")
    assert code == 2
    assert "--benchmark: the run asked mmlu, not ethics" in said


def said_instead(run: AnsweredRun, subject: str, texts: Mapping[int, str]) -> AnsweredRun:
    """Let a subject say other words to some items, whatever is recorded as its answers."""
    said = run.said[subject, "mmlu"]
    told = [
        Response(texts[row], FinishReason.END, 0, 0) if row in texts else said.at(row)
        for row in range(N)
    ]
    return replace(run, said={**run.said, (subject, "mmlu"): ResponseTable.of(told)})


def test_answers_that_two_readers_read_differently_come_first(tell: Tell, tmp_path: Path) -> None:
    run = said_instead(
        run_of({"dense": [RIGHT] * N}),
        "dense",
        # To comptrust an answer is the first character; the recorded reading is A throughout.
        {1: "The answer is A.", 2: "B", 3: "The answer is B."},
    )
    code, said = tell(write_run(tmp_path / "run", run), "--n", 10, "--out", tmp_path / "out")
    assert (code, "readers disagree on 3, 3 of them drawn" in said) == (0, True)
    rivals = sorted(
        list(answer["rivals"].items())
        for answer in key_of(tmp_path / "out")["answers"]
        if answer["rivals"]
    )
    assert rivals == [
        [("comptrust", "refused")],
        [("comptrust", "refused"), (RECORDED, "A")],
        [(RECORDED, "A")],
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "x"], "name a RUN and --out DIR"),
        (["{run}"], "name a RUN and --out DIR"),
        (["{run}", "--n", "1", "--out", "x"], "--n is a number of answers from 2 on, got 1"),
        (["{run}:gptq-9", "--out", "x"], "has no subject 'gptq-9'; it has dense, gptq-3"),
        (["nowhere", "--out", "x"], "nowhere does not exist"),
        (["store.sqlite#abc", "--out", "x"], "expected a reports folder, got the store"),
        (["{run}", "--out", "x", "--least", "90"], "--least belongs to --labelled"),
        (["--labelled", "t.csv", "--n", "3"], "--n belongs to drawing, not --labelled"),
        (["--labelled", "t.csv"], "cannot read audit.key.json: No such file or directory; the key"),
        (["--labelled", "t.csv", "--least", "0"], "--least is a percentage, above 0 to 100"),
    ],
)
def test_mistake_is_one_line(
    tell: Tell, run_folder: Path, arguments: list[str], message: str
) -> None:
    code, said = tell(*(argument.format(run=run_folder) for argument in arguments))
    assert (code, said.count("\n")) == (2, 1)
    assert message in said


def test_what_holds_no_responses_or_texts_is_refused(
    tell: Tell, run_folder: Path, tmp_path: Path
) -> None:
    run = run_of({"dense": DENSE})
    votes = replace(run, said={})
    code, said = tell(write_run(tmp_path / "votes", votes), "--out", tmp_path / "x")
    assert (code, "the run has no responses to read: votes" in said) == (2, True)
    baseline = tmp_path / "base.json.gz"
    write_baseline(baseline, Baseline(run))
    code, said = tell(baseline, "--out", tmp_path / "x")
    assert (code, "texts are not there, as in a baseline" in said) == (2, True)
    assert not (tmp_path / "x").exists()


def test_audit_that_is_there_is_never_overwritten(
    tell: Tell, drawn: Path, run_folder: Path
) -> None:
    before = label(drawn).read_bytes()
    code, said = tell(run_folder, "--out", drawn)
    assert (code, said.count("\n"), "exists, perhaps with labels" in said) == (2, 1, True)
    assert (drawn / "audit.csv").read_bytes() == before


def test_page_is_whole_in_itself_and_shows_hostile_words_as_words(
    tell: Tell, tmp_path: Path
) -> None:
    hostile = "</script><img src=x onerror=alert(1)> '\"&\u2028"
    run = said_instead(run_of({"dense": DENSE}), "dense", dict.fromkeys(range(N), hostile))
    assert tell(write_run(tmp_path / "run", run), "--out", tmp_path / "out")[0] == 0
    page = (tmp_path / "out" / "audit.html").read_text(encoding="utf-8")
    assert not re.findall(r"<img|https?:|src=(?!x)|@import|url\(", page)
    assert page.count("</script>") == 1
    assert page.count("<article") == N
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


# -- labels --------------------------------------------------------------------------------


def test_labels_like_the_readings_agree_wholly(tell: Tell, drawn: Path) -> None:
    code, said = tell("--labelled", label(drawn), "--least", 100)
    assert code == 0
    assert said.splitlines()[:2] == [
        "labelled 120 of 120 drawn answers",
        "agreement 100.0 % (90 % interval 100.0 to 100.0; n=120), weighted to all answers of the "
        "run",
    ]
    assert said.splitlines()[-1] == "0 disagreements among 120 labelled answers"


def test_table_from_a_spreadsheet_reads_the_same(tell: Tell, drawn: Path) -> None:
    expected = tell("--labelled", label(drawn))
    rows = [
        dict(reversed({**row, "label": f" {row['label'].upper()} "}.items()))
        for row in reversed(table_of(drawn))
    ]
    path = write_table(drawn / "audit.csv", rows, delimiter=";")
    assert tell("--labelled", path) == expected


def test_reader_that_is_worse_on_one_subject_is_said_to_bias(
    tell: Tell, drawn: Path, tmp_path: Path
) -> None:
    def strict_on_broken(answer: Mapping[str, Any]) -> str:
        says = as_read(answer)
        return "C" if answer["subject"] == "gptq-3" and says != "A" else says

    out = tmp_path / "agreement.json"
    path = label(drawn, strict_on_broken)
    code, said = tell("--labelled", path, "--json", out, "--least", 95)
    assert code == 1
    assert "subjects differ, p = 0.0001: gptq-3 is read worse than dense" in said
    assert "intervals that do not overlap: dense and gptq-3" in said
    assert said.endswith("agreement is below 95.0 %\n")
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["by_subject"]["dense"]["value"] == 100.0
    assert found["by_subject"]["gptq-3"]["value"] < 50.0
    assert len(found["disagreements"]) == found["decided"] - sum(
        cell["n"] for cell in found["confusion"] if cell["person"] == cell["reader"]
    )
    refused = [one for one in found["disagreements"] if one["reader"] == "refused"]
    assert {(one["person"], one["response"]) for one in refused} == {("C", "I cannot say.")}
    assert re.search(r"person C, reader refused \(by .*\): 'I cannot say\.'", said)
    assert re.search(r"person \\ reader +same label +other label +refusal +empty", said)


def test_why_there_is_no_answer_is_counted_apart(tell: Tell, drawn: Path) -> None:
    def vague(answer: Mapping[str, Any]) -> str:
        return as_read(answer).replace("empty", "unparseable")

    code, said = tell("--labelled", label(drawn, vague), "--least", 100)
    assert code == 0
    assert "agreement 100.0 %" in said
    assert "agreement, also on why there is no answer: 91.7 %" in said


def test_undecided_rows_and_rows_without_label_count_for_nothing(tell: Tell, drawn: Path) -> None:
    def partly(answer: Mapping[str, Any]) -> str:
        says = as_read(answer)
        return "undecided" if says == "refusal" else "" if says == "empty" else says

    code, said = tell("--labelled", label(drawn, partly))
    assert code == 0
    assert said.splitlines()[:2] == [
        "labelled 110 of 120 drawn answers, 20 of them undecided",
        "not labelled yet: 10; the estimates take the rest to be like them",
    ]
    assert "agreement 100.0 %" in said
    assert "among 90 labelled answers" in said


def test_sample_is_less_certain_than_the_whole(
    tell: Tell, run_folder: Path, tmp_path: Path
) -> None:
    tell(run_folder, "--n", 30, "--out", tmp_path / "some")
    code, said = tell("--labelled", label(tmp_path / "some"), "--least", 100)
    low = float(re.findall(r"agreement 100.0 % \(90 % interval ([\d.]+) to 100.0", said)[0])
    assert (code, 70 < low < 97) == (0, True)
    assert said.endswith("agreement is at least 100.0 %, but its interval reaches below\n")


def test_nothing_labelled_shows_no_agreement(tell: Tell, drawn: Path) -> None:
    path = drawn / "audit.csv"
    said = "labelled 0 of 120 drawn answers\nnot labelled yet: 120\n"
    assert tell("--labelled", path) == (0, said)
    assert tell("--labelled", path, "--least", 1) == (
        1,
        f"{said}nothing is labelled: no agreement of at least 1.0 % is shown\n",
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "maybe"}, "expected a label of A | B | C | D | refusal | empty | unparseable"),
        ({"label": "=1"}, "got '=1'"),
        ({"row": "a00000-001"}, "the key knows no row 'a00000-001'"),
        ({"response": "A, or so"}, "is not what was drawn; only the column label may change"),
        ({"options": ""}, "is not what was drawn; only the column label may change"),
    ],
)
def test_row_that_cannot_be_is_one_line_with_its_line_number(
    tell: Tell, drawn: Path, change: dict[str, str], message: str
) -> None:
    rows = table_of(label(drawn).parent)
    place = next(n for n, row in enumerate(rows) if row["response"] == "B")
    rows[place] = {**rows[place], **change}
    before = write_table(drawn / "audit.csv", rows).read_bytes()
    line = place + 2 + sum(row["options"].count("\n") for row in rows[:place])
    code, said = tell("--labelled", drawn / "audit.csv")
    assert (code, said.count("\n")) == (2, 1)
    assert f"audit.csv, line {line}: " in said
    assert message in said
    assert (drawn / "audit.csv").read_bytes() == before


def test_row_that_is_there_twice_is_refused(tell: Tell, drawn: Path) -> None:
    rows = table_of(drawn)
    write_table(drawn / "audit.csv", [*rows, rows[0]])
    code, said = tell("--labelled", drawn / "audit.csv")
    assert (code, "is on line 2 already; keep one" in said) == (2, True)


def test_table_of_another_audit_is_refused(
    tell: Tell, drawn: Path, run_folder: Path, tmp_path: Path
) -> None:
    tell(run_folder, "--n", 20, "--out", tmp_path / "other")
    key = tmp_path / "other" / "audit.key.json"
    code, said = tell("--labelled", drawn / "audit.csv", "--key", key)
    assert (code, said.count("\n"), "is this the key of another audit?" in said) == (2, 1, True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"contested": 3}, "is not as it was written"),
        ({"kind": "other"}, "is no key of an audit"),
        ({"schema": 99}, "has schema 99, this version reads 1"),
    ],
)
def test_key_that_was_changed_is_refused(
    tell: Tell, drawn: Path, change: dict[str, Any], message: str
) -> None:
    key = drawn / "audit.key.json"
    key.write_text(json.dumps({**key_of(drawn), **change}), encoding="utf-8")
    code, said = tell("--labelled", drawn / "audit.csv")
    assert (code, said.count("\n"), message in said) == (2, 1, True)


# -- a real run ----------------------------------------------------------------------------


def test_real_run_is_drawn_from_and_read_back(tmp_path: Path) -> None:
    project = Project(tmp_path)
    hostile = {"match": "Label:$", "say": '=1+1\n</script>"Wrong", I know.'}
    script = {"*": ANSWERS, "gptq-3": [hostile, {"say": ""}]}
    project.write("script.json", json.dumps(script))
    project.run("--trust-engine=scripted", "-k", "ethics or mmlu")

    def trusteval(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "trusteval", "audit", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )

    told = trusteval("reports/latest", "--n", "60", "--out", "audit").stdout
    assert told.startswith("drew 60 of ")
    strata = {tuple(stratum["name"][1:]) for stratum in key_of(tmp_path / "audit")["strata"]}
    assert {name[0] for name in strata} >= {"label", "empty"}
    assert {answer["subject"] for answer in key_of(tmp_path / "audit")["answers"]} == {
        *("dense", "gptq-8", "gptq-4", "gptq-3"),
    }
    label(tmp_path / "audit")
    told = trusteval("--labelled", "audit/audit.csv", "--least", "100").stdout
    assert "agreement 100.0 %" in told
