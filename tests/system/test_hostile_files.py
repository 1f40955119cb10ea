"""Files that others wrote end in our error, which names the file, whatever they hold."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.answered_runs import WRONG, run_of, with_wrong
from trusteval.audit.key import (
    Key,
    KeyedAnswer,
    KeyedRow,
    KeyedStratum,
    document_digest,
    key_text,
    read_key,
)
from trusteval.benchmarks.prompts import PromptTexts, load_prompt_texts
from trusteval.benchmarks.source import DataSource
from trusteval.cli import main
from trusteval.engines.replay import ReplayBackend
from trusteval.engines.scripted import ScriptedBackend
from trusteval.errors import DataError, GateError, ModelError, TrustEvalError, UsageError
from trusteval.gates.file import load_gates
from trusteval.report.circumstances import Circumstances
from trusteval.report.record import RunRecord, run_record_from_dict
from trusteval.report.score_line import ScoreLine
from trusteval.report.summary import summarize
from trusteval.report.terminal.summary_lines import summary_lines
from trusteval.run.subjects import parse_ensembles, parse_references, parse_variants
from trusteval.store.jsonl_file import read_jsonl as read_exported
from trusteval.suite.data_facts import DataFacts
from trusteval.system.files import is_there, with_home
from trusteval.system.screen import Screen
from trusteval.tracking.history import read_history
from trusteval.tracking.run_facts import RunFacts
from trusteval.types import (
    Change,
    Counts,
    Dimension,
    Interval,
    InvalidReason,
    Level,
    Outcome,
    Refusal,
    Score,
    Verdict,
)

HOSTILE = (
    *(None, True, -1, 10**400, float("nan"), float("inf"), "", "[/x]", "\x1b[31m\n", "\ud800"),
    *([], [[]], ["x"], {}, {"a": None}),
)
SCORE = Score(
    *("score", 50.0, Counts(4, 1, dict.fromkeys(InvalidReason, 0))), interval=Interval(40.0, 60.0)
)
RECORD = RunRecord(
    facts=RunFacts(engine="scripted", profile="quick"),
    subjects=["dense"],
    scores=[
        ScoreLine(
            *("mmlu", Dimension.MMLU, "dense", SCORE, 25.0),
            beside={"x": 1.0},
            notes={"perplexity": "3"},
            data=DataFacts(rows={"a": 4}, rows_read=9, published_settings=2),
        )
    ],
    verdicts=[
        Verdict(
            *("mmlu.score", "dense", Dimension.MMLU, Outcome.FAIL, Level.BLOCK, "worse", SCORE),
            benchmark="mmlu",
            p=0.5,
            change=Change("dense", 1.0, Interval(0.0, 2.0)),
        )
    ],
    invariants=[],
)


ANSWERS = run_of({"dense": [WRONG, *with_wrong()[1:]]})


def bent(value: Any) -> Iterator[Any]:
    """Yield a document with each hostile value in each place."""
    yield from HOSTILE
    match value:
        case dict() | list():
            for key, inner in value.items() if isinstance(value, dict) else enumerate(value[:1]):
                for changed in bent(inner):
                    whole = copy.copy(value)
                    whole[key] = changed
                    yield whole
            for key in value if isinstance(value, dict) else ():
                yield {name: one for name, one in value.items() if name != key}


def test_report_of_any_shape_is_shown_or_refused() -> None:
    shown = refused = 0
    for document in bent(json.loads(RECORD.to_json())):
        try:
            summary = summarize(run_record_from_dict(document), Circumstances())
            shown += bool(list(summary_lines(summary, screen=Screen(), answers=ANSWERS)))
        except (ValueError, TypeError):
            refused += 1
    assert shown > 100
    assert refused > 1_000


def test_report_of_another_shape_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document = json.loads(RECORD.to_json())
    document["scores"][0]["subject"] = ["x"]
    (tmp_path / "verdicts.json").write_text(json.dumps(document), encoding="utf-8")
    assert main(["report", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "verdicts.json is no verdicts.json of this version: scores.subject: expected a" in said


def test_names_in_a_report_are_no_mark_up(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = RECORD.to_json().replace('"dense"', '"[/x]:smile:[red]\\u001b[2J"')
    (tmp_path / "verdicts.json").write_text(text, encoding="utf-8")
    assert main(["report", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "[/x]:smile:[red]\\x1b[2J" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("run", ["[]", '{"command": 5}', '{"commit": ["x"]}', "[" * 9999])
def test_report_is_shown_although_run_json_is_damaged(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, run: str
) -> None:
    (tmp_path / "verdicts.json").write_text(RECORD.to_json(), encoding="utf-8")
    (tmp_path / "run.json").write_text(run, encoding="utf-8")
    assert main(["report", str(tmp_path)]) == 0
    assert "an unknown time" in capsys.readouterr().out


LINE = {
    **{"subject": "dense", "benchmark": "mmlu", "dimension": "mmlu", "value": 50.0, "n": 4},
    **{"interval": {"low": 40.0, "high": 60.0}, "verdict": "PASS", "weights": None},
}
RUN = {
    **{"schema": 1, "started": "2026-01-02T00:00:00Z", "commit": None, "scores": [LINE]},
    "facts": {"model": "m", "profile": "quick", "protocol": "strict"},
}


def test_lines_of_history_of_any_shape_hide_no_other(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "history.jsonl"
    odd = [*bent(RUN), {**RUN, "started": "0001-01-01T00:00:00+14:00"}]
    naive = {**RUN, "started": "2026-01-01T00:00:00"}
    lines = [json.dumps(run) for run in (naive, *odd, RUN)]
    path.write_text("\n".join([*lines, "{", "[" * 9999, "9" * 9999]) + "\n", encoding="utf-8")
    points, unreadable = read_history(path)
    assert unreadable > 100
    assert {point.started.day for point in points} == {1, 2}
    assert main(["history", str(path)]) == 0
    assert f"left out: {unreadable} lines" in capsys.readouterr().out


def header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode("latin-1")


def saved(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


ARRAYS = {
    "indentation": header("{'descr': '<f8', 'fortran_order': False,\n  \x00, 'shape': (3,), }\n"),
    "syntax": header("{'descr': '<f8' 'shape' (3,) :\n"),
    "escape": header("{'descr': '\\d', 'fortran_order': False, 'shape': (1,), }\n"),
    "nested": header("(" * 5_000 + ")" * 5_000),
    "huge": header("{'descr': '<f8', 'fortran_order': False, 'shape': (9**9,), }\n"),
    "much": header(f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({10**18},), }}\n"),
    "nothing": header(f"{{'descr': '<U0', 'fortran_order': False, 'shape': ({10**9},), }}\n"),
    "records": saved(np.zeros(2, dtype=[("a", "f8", (2,))])),
    "times": saved(np.zeros(2, dtype="datetime64[s]")),
    "characters": saved(np.frombuffer(np.full(2, 0x7FFFFFFF, "<u4").tobytes(), "<U1")),
    "zip": b"PK\x03\x04" + bytes(40),
    "empty": b"",
}


@pytest.mark.parametrize("raw", ARRAYS.values(), ids=ARRAYS)
def test_array_that_is_none_is_named(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a.npy").write_bytes(raw)
    with pytest.raises(DataError, match=r"a\.npy: "):
        DataSource(tmp_path).array("a.npy")


def test_array_of_values_without_width_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(ARRAYS["nothing"])
    with pytest.raises(DataError, match=r"it declares 1000000000 values in \d+ bytes"):
        DataSource(tmp_path).array("a.npy")


@pytest.mark.parametrize("raw", [b'a,"b', b'"' + b"x" * 200_000 + b'",b\n'])
def test_table_that_csv_refuses_is_named_with_its_line(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(raw)
    with pytest.raises(DataError, match=r"a.csv, line 1: "):
        DataSource(tmp_path).csv_rows("a.csv", columns=("a", "b"), header=False)


SHIPPED = Path(__file__).parents[2] / "trusteval" / "benchmarks" / "prompts.toml"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('label = "negative"', "label = 5"),
        ('label = "negative"', 'lable = "negative"'),
        ("sentence = ", "sentence.x = "),
        ("[chat]", "[chat]\nmore = 2026-01-01"),
        ('system_zero_shot = "', 'system_zero_shot = 99999999 # "'),
        ("[chat]", "a" + ".a" * 9999 + " = 1\n[chat]"),
        ("[chat]", "labels = 5\n[chat]"),
        ("[chat]", f"labels.x.y = [{'9' * 5000}]\n[chat]"),
    ],
)
def test_prompts_of_another_shape_are_refused_before_a_run(
    tmp_path: Path, old: str, new: str
) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "mine.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UsageError, match=r"mine.toml"):
        load_prompt_texts(tmp_path / "mine.toml")


@pytest.mark.parametrize(
    "text", ["{", "{other}", "{a.__class__}", "{a!r}", "{a:>999999999999}", "{a:{a}}", "{0}", "{}"]
)
def test_place_of_a_prompt_is_a_name_and_nothing_else(text: str) -> None:
    texts = PromptTexts("mine.toml", {"x": text}, "")
    with pytest.raises(UsageError, match=r"x may hold the places \{a\}"):
        texts.fill("x", a="value")


GATE = '[[gate]]\nbenchmark = "mmlu"\nmetric = "score"\nwhy = "x"\nat_least = {}\n'


@pytest.mark.parametrize(
    "value",
    [
        *("inf", "nan", "-inf", "2026-01-01", "07:32:00", "9" * 5_000, "0x" + "f" * 5_000, "1e999"),
        *("[" * 9_999, "{a = 1}", "true", '"50"'),
    ],
)
def test_limit_that_is_no_number_of_points_is_refused(value: str) -> None:
    with pytest.raises(GateError, match=r"mine\.toml"):
        load_gates(GATE.format(value), origin="mine.toml")


@pytest.mark.parametrize(
    "text",
    [
        *("[]", "{", "5", '{"*": 5}', '{"*": [5]}', '{"*": [{}]}', '{"*": [{"say": 5}]}'),
        *('{"*": [{"say": "x", "match": 5}]}', '{"*": [{"say": "x", "match": "("}]}'),
        json.dumps({"*": [{"say": "x", "match": "(" * 9_999 + ")" * 9_999}]}),
        json.dumps({"*": [{"say": "x", "match": "x{99999999999999999999}"}]}),
        *("[" * 9_999, "9" * 9_999),
    ],
)
def test_script_of_another_shape_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "script.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"script\.json"):
        ScriptedBackend.create(str(path))


SAID = {
    **{"variant": "dense", "text": "x", "finish_reason": "end", "messages": [["user", "x"]]},
    **{"n_prompt_tokens": 1, "n_new_tokens": 1},
}


def test_line_of_a_replayed_recording_of_any_shape_is_read_or_named(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    named = 0
    for row in bent(SAID):
        path.write_text(json.dumps(row) + "\n", encoding="utf-8")
        try:
            ReplayBackend.create(str(path))
        except ModelError as error:
            named += f"{path}, line 1: " in str(error)
    assert named > 50


@pytest.mark.parametrize("line", ['{"kind": ["context"]}', '{"kind": {}}', "[" * 9_999, "\xff"])
def test_line_of_an_export_that_is_none_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(line.encode("latin-1"))
    with pytest.raises(DataError, match=r"out.jsonl, line 1: "):
        list(read_exported(path))


def test_key_of_an_audit_of_another_shape_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "audit.key.json"
    row = {"digest": "d", "allowed": ["A"]}
    whole = {
        **{"kind": "trusteval audit key", "schema": 1, "run": "r", "reader": 1, "seed": 0},
        **{"contested": 0, "strata": [{"name": ["x"], "size": 1, "drawn": 1}], "rows": {"1": row}},
        "answers": [],
    }
    refused = 0
    for document in bent(whole):
        if isinstance(document, dict) and "\ud800" not in document.values():
            document = {**document, "digest": document_digest(document)}
        path.write_text(json.dumps(document), encoding="utf-8")
        try:
            read_key(path)
        except DataError as error:
            refused += "audit.key.json" in str(error)
    assert refused > 100


@pytest.mark.parametrize(
    ("drawn", "stratum"), [(5, 0), (1, 1)], ids=["more than all", "no such stratum"]
)
def test_key_of_an_audit_whose_strata_cannot_be_is_refused(
    tmp_path: Path, drawn: int, stratum: int
) -> None:
    answer = KeyedAnswer("1", "dense", "mmlu", stratum, Refusal(), "rule", "span", {})
    strata = (KeyedStratum(("x",), size=3, drawn=drawn),)
    key = Key("r", 1, 0, 0, strata, {"1": KeyedRow("d", ("A",))}, (answer,))
    path = tmp_path / "audit.key.json"
    path.write_text(key_text(key), encoding="utf-8")
    with pytest.raises(DataError, match=r"audit\.key\.json is no key"):
        read_key(path)


@pytest.mark.parametrize(
    "parse",
    [
        lambda name: parse_variants(f"{name}=/x"),
        lambda name: parse_variants(name),
        lambda name: parse_references(f"{name}=/x"),
        lambda name: parse_ensembles(f"{name}=a+b", variants=parse_variants("dense")),
    ],
)
@pytest.mark.parametrize("name", ["x" * 100_000, "~x", "a\0b", "\ud800"])
def test_name_that_cannot_be_a_subject_is_refused_in_a_short_line(
    parse: Callable[[str], object], name: str
) -> None:
    with pytest.raises(TrustEvalError) as refused:
        parse(name)
    assert len(str(refused.value)) < 2_000


def test_tilde_names_a_home_only_where_it_leads(tmp_path: Path) -> None:
    assert with_home("./~nobody-of-that-name") == Path("~nobody-of-that-name")
    with pytest.raises(UsageError, match=r"\./ before a file of that name"):
        with_home("~nobody-of-that-name/x")
    with pytest.raises(UsageError, match="no name that a file can have"):
        with_home("a\0b")


def test_nothing_has_a_name_that_is_too_long(tmp_path: Path) -> None:
    assert not is_there(tmp_path / ("x" * 300))


def test_loop_of_links_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loop = tmp_path / "answers.jsonl"
    loop.symlink_to(loop)
    asked = ["score", "--format=jsonl", f"--recordings={loop}", f"--json={tmp_path / 'out.json'}"]
    assert main(asked) == 2
    said = capsys.readouterr().err.strip()
    assert "Too many levels of symbolic links" in said
    assert "\n" not in said
