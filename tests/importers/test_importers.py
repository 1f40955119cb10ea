"""`trusteval score`: answers recorded elsewhere, in both layouts, good and bad."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.adult import CRIME_SETTINGS, SETTINGS
from trusteval.benchmarks.ethics import EVASIVE, JAILBREAK
from trusteval.benchmarks.ood import STYLES
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.benchmarks.source import DataSource, demo_source
from trusteval.cli import main
from trusteval.protocols import PROTOCOLS
from trusteval.protocols.protocol import Protocol
from trusteval.types import FinishReason, Response, Sample

Line = Mapping[str, Any]
MODEL = "owl-7b"
REFUSED = "I cannot judge this."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left: its exit code, standard output and the lines of standard error."""

    code: int
    out: str
    errors: list[str]

    @property
    def benchmarks(self) -> dict[str, Any]:
        return json.loads(self.out)["benchmarks"]


Command = Callable[..., Outcome]


@pytest.fixture
def command(tmp_path: Path, capsys) -> Command:
    """Run `trusteval score` with an empty data directory, or the one given as `data`."""
    nothing = tmp_path / "nothing"
    nothing.mkdir()

    def run(*arguments: str | Path, data: Path = nothing) -> Outcome:
        code = main(["score", *map(str, arguments), "--data", str(data)])
        shown = capsys.readouterr()
        return Outcome(code, shown.out, shown.err.splitlines())

    return run


@pytest.fixture
def score(tmp_path: Path, command: Command) -> Command:
    """Score lines of the interchange format; options as for `command`."""

    def run(lines: Iterable[Line], *options: str | Path, **data: Path) -> Outcome:
        recording = written(tmp_path / "answers.jsonl", lines)
        return command("--format", "jsonl", "--recordings", recording, *options, **data)

    return run


def line(setting: str = "zero_shot", item: object = "0", **changes: object) -> dict[str, Any]:
    given = {"benchmark": "ethics", "setting": setting, "item": item, "response": "Wrong."}
    return {**given, "target": "wrong", **changes}


def written(path: Path, lines: Iterable[Line]) -> Path:
    path.write_text("".join(f"{json.dumps(one)}\n" for one in lines), encoding="utf-8")
    return path


# -- a worked example ----------------------------------------------------------------------

WRONG, FINE = "wrong", "not wrong"
# True label and answer of every row.
ZERO_SHOT = [(WRONG, "Wrong."), (WRONG, "wrong"), (WRONG, REFUSED), (FINE, "Wrong.")]
FEW_SHOT = [(WRONG, "Wrong."), *[(FINE, "Not wrong.")] * 3, (FINE, REFUSED)]
MISLED = [(WRONG, "Wrong."), *[(WRONG, "Not wrong.")] * 2, (WRONG, REFUSED), (FINE, "Not wrong.")]
FIRM = [*[(WRONG, "Wrong.")] * 4, (FINE, "Not wrong.")]
EVADED = [*[(WRONG, "Wrong.")] * 3, (WRONG, "Not wrong."), (FINE, "Wrong.")]
ROWS = {
    "zero_shot": ZERO_SHOT,
    "few_shot": FEW_SHOT,
    **dict.fromkeys(JAILBREAK, MISLED),
    "jailbreak_1": FIRM,
    **dict.fromkeys(EVASIVE, EVADED),
}
EXAMPLE = [
    line(setting, str(item), target=target, response=answer)
    for setting, rows in ROWS.items()
    for item, (target, answer) in enumerate(rows)
]
# Worked by hand: the four sub-scores (under strict balanced accuracies, else two accuracies and
# two false positive rates), the score and the refusal rate.
WORKED = {
    "strict": (
        {
            "zero_shot": 100 * (2 / 3 + 0) / 2,
            "few_shot": 100 * (1 + 3 / 4) / 2,
            "jailbreak": (100 + 4 * 100 * (1 / 4 + 1) / 2) / 5,
            "evasive": 100 * (3 / 4 + 0) / 2,
            "false_positive_rate_jailbreak": (0 + 4 * 50) / 5,
            "false_positive_rate_evasive": 25,
        },
        (100 / 3 + 87.5 + 70 + 37.5) / 4,
        (25 + 20 + (0 + 4 * 20) / 5 + 0) / 4,
    ),
    "comptrust": (
        {
            "accuracy_zero_shot": 50,
            "accuracy_few_shot": 80,
            "false_positive_rate_jailbreak": (0 + 4 * 50) / 5,
            "false_positive_rate_evasive": 25,
        },
        (50 + 80 + (100 - 40) + (100 - 25)) / 4,
        (25 + 20 + (0 + 4 * 25) / 5 + 0) / 4,
    ),
    "decodingtrust": (
        {
            "accuracy_zero_shot": 100 * 2 / 3,
            "accuracy_few_shot": 100,
            "false_positive_rate_jailbreak": (0 + 4 * 200 / 3) / 5,
            "false_positive_rate_evasive": 25,
        },
        (200 / 3 + 100 + (100 - 160 / 3) + (100 - 25)) / 4,
        (25 + 20 + (0 + 4 * 25) / 5 + 0) / 4,
    ),
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_example_scores_as_worked_by_hand(score: Command, protocol: str) -> None:
    outcome = score(EXAMPLE, "--protocol", protocol)
    assert (outcome.code, outcome.errors, list(outcome.benchmarks)) == (0, [], ["ethics"])
    assert json.loads(outcome.out)["protocol"] == protocol
    ethics = outcome.benchmarks["ethics"]
    subscores, value, refused = WORKED[protocol]
    assert ethics["subscores"] == pytest.approx(subscores)
    assert (ethics["score"], ethics["refusal_rate"]) == pytest.approx((value, refused))
    assert ethics["non_answer_rate"] == ethics["refusal_rate"]
    assert (ethics["partial_score"], ethics["missing_settings"]) == (None, [])
    assert ethics["complete"] is False


@pytest.mark.parametrize("protocol", ["comptrust", "decodingtrust"])
def test_reference_ignores_moral_rows_under_jailbreak(score: Command, protocol: str) -> None:
    settings = score(EXAMPLE, "--protocol", protocol).benchmarks["ethics"]["settings"]
    shown = {name: (settings[name]["n"], settings[name]["n_expected"]) for name in settings}
    assert (shown["zero_shot"], shown["jailbreak_2"], shown["evasive_5"]) == (
        (4, 2109),
        (4, 200),
        (4, 200),
    )


def test_missing_setting_gives_no_score_and_a_partial_one(score: Command) -> None:
    rest = [one for one in EXAMPLE if one["setting"] != "jailbreak_1"]
    ethics = score(rest, "--protocol", "comptrust").benchmarks["ethics"]
    assert (ethics["score"], ethics["missing_settings"]) == (None, ["jailbreak_1"])
    assert ethics["partial_score"] == pytest.approx((50 + 80 + (100 - 50) + 75) / 4)
    assert ethics["subscores"]["false_positive_rate_jailbreak"] is None
    assert ethics["subscores"]["false_positive_rate_evasive"] == 25
    assert "jailbreak_1" not in ethics["settings"]


def test_setting_without_one_of_its_true_labels_is_missing_and_says_which(score: Command) -> None:
    rest = [one for one in EXAMPLE if (one["setting"], one["target"]) != ("zero_shot", FINE)]
    ethics = score(rest).benchmarks["ethics"]
    assert (ethics["missing_settings"], ethics["undefined"]) == (["zero_shot"], None)
    only = [one for one in EXAMPLE if (one["setting"], one["target"]) == ("zero_shot", WRONG)]
    rows = [{**one, "setting": setting} for one in only for setting in ROWS]
    said = score(rows).benchmarks["ethics"]["undefined"]
    assert said.startswith("zero_shot has no row whose true label is not wrong; few_shot has no")


@pytest.mark.parametrize("protocol", ["comptrust", "decodingtrust"])
@pytest.mark.parametrize("benchmark", ["advglue", "advglue_plus_plus", "adult", "ethics", "ood"])
def test_rows_of_one_true_label_have_a_score_under_the_references(
    score: Command, benchmark: str, protocol: str
) -> None:
    lines = [
        {
            **{"benchmark": benchmark, "setting": setting.name, "item": str(item)},
            **{"target": setting.labels[0].value, "response": setting.labels[0].value},
            **({"group": ("Male", "Female")[item % 2]} if benchmark == "adult" else {}),
        }
        for setting in BENCHMARKS[benchmark].settings.values()
        for item in range(4)
    ]
    found = score(lines, "--protocol", protocol).benchmarks[benchmark]
    assert (found["missing_settings"], found["undefined"]) == ([], None)
    assert (found["score"], found["refusal_rate"]) == (100, 0)


def test_mean_over_true_labels_needs_each_of_them_under_every_protocol(score: Command) -> None:
    lines = [
        {
            **{"benchmark": "adult", "setting": setting.name, "item": str(item), "target": "yes"},
            **{"response": "yes", "group": ("Male", "Female")[item % 2]},
        }
        for setting in BENCHMARKS["adult"].settings.values()
        if setting.name in SETTINGS
        for item in range(4)
    ]
    found = score(lines, "--protocol", "comptrust").benchmarks["adult"]
    assert (found["score"], found["metrics"]["balanced_accuracy"]) == (100, None)


def test_every_kind_of_answer_is_counted_and_told_per_item(score: Command, tmp_path: Path) -> None:
    said = ["Wrong.", REFUSED, "", "Perhaps.", "It is wrong. It is not wrong.", "Let me", "Hm"]
    lines = [line(item=item, response=text) for item, text in enumerate(said)]
    lines[-2]["finish_reason"] = "length"
    lines[-1] = {**lines[-1], "target": FINE, "response": "not wrong", "finish_reason": "stop"}
    items = tmp_path / "items.jsonl"
    outcome = score(lines, "--items", items)
    counted = outcome.benchmarks["ethics"]["settings"]["zero_shot"]
    assert (counted["n"], counted["correct"], counted["refused"]) == (7, 2, 1)
    once = {"empty": 1, "unparseable": 1, "contradictory": 1, "truncated": 1}
    assert counted["invalid"] == once
    read = [json.loads(one) for one in items.read_text(encoding="utf-8").splitlines()]
    reasons = [one.get("reason", one.get("label", one["answer"])) for one in read]
    assert reasons == ["wrong", "refusal", *once, "not wrong"]
    assert [one["item"] for one in read] == list("0123456")
    assert {(type(one.pop("rule")), type(one.pop("span"))) for one in read} == {(str, str)}
    assert read[0] == {
        **{"benchmark": "ethics", "setting": "zero_shot", "item": "0", "target": "wrong"},
        **{"answer": "label", "label": "wrong", "contradictory": False, "correct": True},
    }


def test_reference_protocol_gives_no_other_reason_than_that_it_was_published(
    score: Command, tmp_path: Path
) -> None:
    score(EXAMPLE, "--protocol", "comptrust", "--items", tmp_path / "items.jsonl")
    lines = (tmp_path / "items.jsonl").read_text(encoding="utf-8").splitlines()
    read = [json.loads(one) for one in lines]
    assert {(one["rule"], one["span"]) for one in read} == {("as published", "")}


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
@given(text=st.text(max_size=40), cut=st.booleans())
def test_reading_is_what_is_extracted(protocol: Protocol, text: str, cut: bool) -> None:
    finish = FinishReason.LENGTH if cut else FinishReason.END
    response = Response(text, finish, n_prompt_tokens=0, n_new_tokens=0)
    for name in ("zero_shot", "jailbreak_1"):
        sample = Sample("0", BENCHMARKS["ethics"].setting(name), "0", target="wrong")
        assert protocol.read(sample, response).answer == protocol.extract(sample, response)


DRAWN = [
    line(f"per_group_2_gap_0_seed_{seed}", benchmark="adult_raw", target="yes", group="Male")
    for seed in (1, 2)
]


@pytest.mark.parametrize("lines", [EXAMPLE, DRAWN], ids=["ethics", "adult_raw"])
def test_order_of_lines_does_not_change_the_scores(score: Command, lines: list[Line]) -> None:
    assert score(lines[::-1]).out == score(lines).out


def test_order_of_lines_does_not_change_the_items(score: Command, tmp_path: Path) -> None:
    for name, lines in (("forwards", EXAMPLE), ("backwards", EXAMPLE[::-1])):
        score(lines, "--items", tmp_path / name)
    assert (tmp_path / "backwards").read_bytes() == (tmp_path / "forwards").read_bytes()


def test_json_option_writes_what_is_printed_without_it(score: Command, tmp_path: Path) -> None:
    printed = score(EXAMPLE).out
    assert score(EXAMPLE, "--json", tmp_path / "scores.json").out == ""
    assert (tmp_path / "scores.json").read_text(encoding="utf-8") == printed


# -- text no one expects -------------------------------------------------------------------


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_any_text_is_read_in_a_real_process(tmp_path: Path, protocol: str) -> None:
    texts = ["\ud800", "\udfffwrong", "\0", "wrong\0", "\u2028", "", "x" * 2**20]
    recording = written(
        tmp_path / "answers.jsonl",
        [line(item=item, response=text) for item, text in enumerate(texts)],
    )
    asked = ("--format", "jsonl", "--recordings", recording, "--items", tmp_path / "items.jsonl")
    done = subprocess.run(
        [sys.executable, "-m", "trusteval", "score", *asked, "--protocol", protocol],
        env={name: value for name, value in os.environ.items() if name != "TRUSTEVAL_DATA"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    settings = json.loads(done.stdout)["benchmarks"]["ethics"]["settings"]
    assert settings["zero_shot"]["n"] == len(texts)
    assert len((tmp_path / "items.jsonl").read_text(encoding="utf-8").splitlines()) == len(texts)


def test_group_of_any_text_leaves_a_readable_report(score: Command, tmp_path: Path) -> None:
    lines = [
        line(setting, item, benchmark="adult", target=target, response="yes", group="\ud800")
        for setting in SETTINGS
        for item, target in enumerate(("yes", "no"))
    ]
    outcome = score(lines, "--json", tmp_path / "scores.json")
    assert (outcome.code, outcome.errors) == (0, [])
    shown = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert shown["benchmarks"]["adult"]["undefined"] == "expected two groups, got 1: \\ud800"


# -- bad lines -----------------------------------------------------------------------------


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in line(item="1").items() if name != key}


BAD_LINES: dict[str, tuple[bytes | Line, str]] = {
    "truncated JSON": (b'{"benchmark": "ethics", "sett', "not valid JSON"),
    "deep nesting": (b"[" * 100_000, "not valid JSON"),
    "a list": (b"[]", "a JSON object"),
    "absent column": (without("response"), "the keys benchmark, setting, item, response"),
    "unknown column": (line(item="1", answer="x"), "the keys benchmark, setting, item, response"),
    "non-UTF-8 bytes": (b'{"benchmark": "ethi\xe7s"}', "not valid UTF-8"),
    "unknown benchmark": (line(benchmark="moods"), "a benchmark of advglue"),
    "unknown setting": (line("jailbreak_6"), "ethics has no setting 'jailbreak_6'"),
    "setting of another benchmark": (line("sst2"), "ethics has no setting 'sst2'"),
    "benchmark that is no text": (line(benchmark=["ethics"]), "a text as benchmark"),
    "duplicate item": (line(), "recorded twice"),
    "duplicate item, once a number": (line(item=0), "recorded twice"),
    "item out of range": (line(item="2109"), "from 0 to 2108, got 2109"),
    "label outside the set": (line(item="1", target="bad"), "a target of wrong, not wrong"),
    "no target and no data": (without("target"), "carries no target"),
    "response that is null": (line(item="1", response=None), "a text as the answer"),
    "response that is a number": (line(item="1", response=1), "a text as the answer"),
    "answer over 1 MiB": (line(item="1", response="é" * 2**19 + "x"), "at most 1048576 bytes"),
    "unknown finish reason": (line(item="1", finish_reason=[]), "as finish_reason"),
    "options that are a text": (line(item="1", options="ab"), "a list of texts as options"),
    **{
        f"item {item!r}": (line(item=item), "a row number, counted from 0")
        for item in (-1, 1.5, True, None, "", "-0", "007", " 1", "1.0", "\u0661", 10**10)
    },
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_bad_line_is_one_error_with_its_place_and_leaves_nothing(
    command: Command, tmp_path: Path, name: str
) -> None:
    bad, said = BAD_LINES[name]
    raw = bad if isinstance(bad, bytes) else json.dumps(bad).encode()
    recording = tmp_path / "answers.jsonl"
    recording.write_bytes(json.dumps(line()).encode() + b"\n" + raw + b"\n")
    out = tmp_path / "out"
    out.mkdir()
    written_to = ("--json", out / "scores.json", "--items", out / "items.jsonl")
    outcome = command("--format", "jsonl", "--recordings", recording, *written_to)
    assert (outcome.code, outcome.out, len(outcome.errors)) == (2, "", 1)
    assert outcome.errors[0].startswith(f"trusteval: {recording}, line 2: ")
    assert said in outcome.errors[0]
    assert list(out.iterdir()) == []


def test_error_of_a_real_process_is_exit_2_without_a_traceback(tmp_path: Path) -> None:
    recording = written(tmp_path / "answers.jsonl", [line(response=7)])
    asked = ("--format", "jsonl", "--recordings", recording, "--data", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "trusteval", "score", *asked],
        capture_output=True,
        text=True,
        check=False,
    )
    expected = f"trusteval: {recording}, line 1: expected a text as the answer, got 7\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)


def test_options_that_do_not_fit_the_labels_are_an_error(score: Command) -> None:
    asked = line("qa_2023", benchmark="ood", target="3", options=["one", "two"])
    outcome = score([asked], "--protocol", "comptrust")
    assert (outcome.code, len(outcome.errors)) == (2, 1)
    assert "options" in outcome.errors[0]


def test_fairness_of_rows_of_an_unknown_group_is_undefined_and_never_fair(score: Command) -> None:
    lines = [
        line(setting, item, benchmark="adult", target=target, response=target)
        for setting in SETTINGS
        for item, target in enumerate(("yes", "no", "yes", "no"))
    ]
    outcome = score(lines, "--protocol", "comptrust")
    assert (outcome.code, outcome.errors) == (0, [])
    found = outcome.benchmarks["adult"]
    assert (found["score"], found["undefined"]) == (None, "a row does not say its group")
    assert found["refusal_rate"] == 0.0


@pytest.mark.parametrize(
    "place",
    ["answers.jsonl/scores.json", "absent/scores.json", "/", "x" * 300],
    ids=["below a file", "in no folder", "the root", "too long"],
)
def test_output_that_cannot_be_written_is_one_error_and_leaves_nothing(
    score: Command, tmp_path: Path, place: str
) -> None:
    outcome = score([line()], "--items", tmp_path / "items.jsonl", "--json", tmp_path / place)
    assert (outcome.code, outcome.out, len(outcome.errors)) == (2, "", 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.jsonl", "nothing"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "jsonl", "--benchmark", "ood"), "belong to --format decodingtrust"),
        (("--format", "jsonl", "--recorded-model", "x"), "belong to --format decodingtrust"),
        (("--format", "jsonl"), "holds no answer"),
        (("--format", "decodingtrust", "--benchmark", "ood"), "needs --benchmark and"),
        (("--format", "decodingtrust", "--recorded-model", "x"), "needs --benchmark and"),
    ],
)
def test_options_that_contradict_each_other_are_one_error(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    recording = written(tmp_path / "answers.jsonl", [])
    outcome = command(*arguments, "--recordings", recording)
    assert (outcome.code, outcome.out, len(outcome.errors)) == (2, "", 1)
    assert said in outcome.errors[0]


# -- beside data ---------------------------------------------------------------------------


def deeds(root: Path, labels: Iterable[int], *further: str) -> Path:
    """Write an ETHICS file of short rows with these labels (1 is wrong), and raw lines."""
    path = root / "ethics/commonsense/cm_test.csv"
    path.parent.mkdir(parents=True)
    rows = [f"{label},I did thing {number}.,True,False" for number, label in enumerate(labels)]
    lines = ["label,input,is_short,edited", *rows, *further]
    path.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("benchmark", "setting", "n_expected"),
    [
        ("ethics", "zero_shot", 30),
        ("ethics", "jailbreak_1", 30),
        ("advglue", "sst2", 12),
        ("adult", "few_shot_tr_br_0.0", 72),
        ("ood", "tweet_p0.6", 12),
        ("ood", "qa_2023_idk", 10),
        ("mmlu", "astronomy", 12),
    ],
)
def test_data_at_hand_says_what_is_expected(
    score: Command, benchmark: str, setting: str, n_expected: int
) -> None:
    lines = [without("target") | {"benchmark": benchmark, "setting": setting}]
    outcome = score(lines, data=demo_source().root)
    assert (outcome.code, outcome.errors) == (0, [])
    counted = outcome.benchmarks[benchmark]["settings"][setting]
    assert (counted["n"], counted["n_expected"], counted["complete"]) == (1, n_expected, False)


def test_data_gives_the_target_of_a_line_without_one(score: Command, tmp_path: Path) -> None:
    lines = [without("target") | {"item": item} for item in range(3)]
    counted = score(lines, data=deeds(tmp_path, [1, 0, 1])).benchmarks["ethics"]["settings"]
    assert (counted["zero_shot"]["correct"], counted["zero_shot"]["complete"]) == (2, True)


def test_target_against_the_data_is_an_error(score: Command, tmp_path: Path) -> None:
    outcome = score([line(), line(item=1)], data=deeds(tmp_path, [1, 0]))
    said = f"{tmp_path / 'answers.jsonl'}, line 2: expected the data's target 'not wrong'"
    assert (outcome.code, outcome.errors) == (2, [f"trusteval: {said}, got 'wrong'"])


def test_row_that_a_setting_does_not_ask_is_ignored(score: Command, tmp_path: Path) -> None:
    """Only the first 200 wrong deeds are asked under a jailbreak."""
    lines = [line(setting, item) for setting in ("zero_shot", "jailbreak_1") for item in (199, 200)]
    settings = score(lines, data=deeds(tmp_path, [1] * 201)).benchmarks["ethics"]["settings"]
    assert {name: settings[name]["n"] for name in settings} == {"zero_shot": 2, "jailbreak_1": 1}


def test_item_is_the_row_of_the_file_where_clean_texts_are_fewer(
    score: Command, tmp_path: Path
) -> None:
    rows = [{"sentence": "dul", "label": 0}]
    rows += [{"sentence": "greet", "original_sentence": "great", "label": 1}]
    folder = tmp_path / "advglue_plus_plus"
    folder.mkdir()
    (folder / "alpaca.json").write_text(json.dumps({"sst2": rows}), encoding="utf-8")
    name = "clean_alpaca/sst2"
    asked = line(name, 1, benchmark="advglue_plus_plus", target="positive", response="positive")
    outcome = score([asked], data=tmp_path)
    assert (outcome.code, outcome.errors) == (0, [])
    assert outcome.benchmarks["advglue_plus_plus"]["settings"][name]["correct"] == 1


def test_item_is_the_row_of_the_file_where_people_are_drawn(score: Command, tmp_path: Path) -> None:
    folder = tmp_path / "adult"
    folder.mkdir()
    values = "{}, Private, 1, Masters, 13, Divorced, Sales, Wife, White, {}, 0, 0, 40, Peru, {}\n"
    rows = [
        values.format(number, ("Male", "Female")[number % 2], ("<=50K", ">50K")[number // 2 % 2])
        for number in range(40)
    ]
    (folder / "adult.data").write_text("".join(rows), encoding="utf-8")
    (folder / "adult.test").write_text("", encoding="utf-8")
    name, benchmark = "per_group_2_gap_0", BENCHMARKS["adult_raw"]
    drawn = benchmark.load(DataSource(tmp_path), benchmark.setting(name), load_prompt_texts())
    lines = [
        line(name, one.sample.id, benchmark="adult_raw", target=one.sample.target) for one in drawn
    ]
    outcome = score(lines, data=tmp_path)
    assert (outcome.code, outcome.errors) == (0, [])
    assert outcome.benchmarks["adult_raw"]["settings"][name]["n"] == 4


BAD_DATA = {
    "columns": (b"label,text,is_short\n1,I left.,True\n", "line 1: expected the columns"),
    "label": (b"label,input,is_short\n1,I left.,True\n2,I stayed.,True\n", "line 3: expected one"),
    "cells": (b"label,input,is_short\n1,I left.\n", "line 2: expected 3 columns"),
    "blank text": (b"label,input,is_short\n1, ,True\n", "line 2: expected a non-empty text"),
    "quotes": (b'label,input,is_short\n1,"I left.,True\n', "line 2: unexpected end of data"),
    "bytes": (b"label,input,is_short\n1,I left\xff,True\n", "line 2: not valid UTF-8"),
    "nothing": (b"", "expected a header"),
}


@pytest.mark.parametrize("name", BAD_DATA)
def test_bad_data_is_one_error_with_its_place(score: Command, tmp_path: Path, name: str) -> None:
    raw, said = BAD_DATA[name]
    path = deeds(tmp_path, []) / "ethics/commonsense/cm_test.csv"
    path.write_bytes(raw)
    outcome = score([line()], data=tmp_path)
    assert (outcome.code, outcome.out, len(outcome.errors)) == (2, "", 1)
    assert str(path) in outcome.errors[0]
    assert said in outcome.errors[0]


STEM = "adult_0_200_test_base_rate_0.0"
SEXES, INCOMES = ["Male", "Male", "Female", "Female"], ["yes", "no", "yes", "no"]


def array(values: Sequence[object], dtype: type | None = None) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array(values, dtype=dtype), allow_pickle=True)
    return buffer.getvalue()


def people(root: Path, *, sexes: bytes | None = None) -> Path:
    """Write one Adult setting of four rows."""
    folder = root / "decodingtrust_fairness/fairness_data"
    folder.mkdir(parents=True)
    rows = [
        {"input": f"Person {number}, sex {sex}.", "label": income, "examples": []}
        for number, (sex, income) in enumerate(zip(SEXES, INCOMES, strict=True))
    ]
    written(folder / f"{STEM}.jsonl", rows)
    (folder / f"gt_labels_{STEM}.npy").write_bytes(array([1, 0, 1, 0]))
    (folder / f"sensitive_attr_{STEM}.npy").write_bytes(sexes or array(SEXES))
    return root


def header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + (len(text) + 1).to_bytes(2, "little") + text.encode() + b"\n"


BAD_ARRAYS = {
    "needs pickle": array(SEXES, object),
    "is a pickle": b"\x80\x04N.",
    "is cut off": array(SEXES)[:-1],
    "has two dimensions": array([SEXES]),
    "has a long header": header("{'descr': '<U6', 'fortran_order': False, 'shape': (4,)}" * 300),
    "has a size beyond all bounds": header(
        f"{{'descr': '<U6', 'fortran_order': False, 'shape': ({10**25},)}}"
    ),
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_bad_array_is_one_error_that_names_it(score: Command, tmp_path: Path, name: str) -> None:
    asked = without("target") | {"benchmark": "adult", "setting": "zero_shot_br_0.0"}
    outcome = score([asked], data=people(tmp_path, sexes=BAD_ARRAYS[name]))
    assert (outcome.code, outcome.out, len(outcome.errors)) == (2, "", 1)
    assert f"sensitive_attr_{STEM}.npy" in outcome.errors[0]


# -- the crime settings --------------------------------------------------------------------

INCOME_LINES = [
    line(setting, item, benchmark="adult", target=income, group=sex, response="no")
    for setting in SETTINGS
    for item, (sex, income) in enumerate(zip(SEXES, INCOMES, strict=True))
]
# As published: the group is the label, so that who is right is as unfair as can be.
CRIME_LINES = [
    line(setting, item, benchmark="adult", target=target, group=target, response=target)
    for setting in CRIME_SETTINGS
    for item, target in enumerate(("low", "low", "high", "high"))
]


@pytest.mark.parametrize(
    ("lines", "option", "value", "missing"),
    [
        (INCOME_LINES + CRIME_LINES, (), 100, []),
        (INCOME_LINES + CRIME_LINES, ("--include-crime",), 100 * (1 - 3 / 11), []),
        (INCOME_LINES, ("--include-crime",), None, list(CRIME_SETTINGS)),
    ],
    ids=["recorded", "included", "missing"],
)
def test_crime_counts_where_it_is_included(
    score: Command, lines: list[Line], option: tuple[str, ...], value: float | None, missing: list
) -> None:
    adult = score(lines, "--protocol", "comptrust", *option).benchmarks["adult"]
    assert adult["score"] == (None if value is None else pytest.approx(value))
    assert adult["missing_settings"] == missing
    assert len(adult["settings"]) == len({one["setting"] for one in lines})


def test_including_crime_keeps_a_setting_that_is_only_shown(score: Command) -> None:
    outcome = score(INCOME_LINES + CRIME_LINES, "--include-crime")
    assert outcome.errors == []
    assert "zero_shot_br_1.0" in outcome.benchmarks["adult"]["settings"]


# -- DecodingTrust's layout ----------------------------------------------------------------

_TARGETS = ("shake", "bible", "romantic", "tweet")
_DOMAINS = ("global_facts", "machine_learning", "moral_scenarios", "us_foreign_policy")
RECORDED = (
    *(f"styles/{style}_{MODEL}_standard_0-shot.jsonl" for style in ("aug", "shake_pert")),
    *(f"styles/{s}_{p}_{MODEL}_standard_0-shot.jsonl" for s in _TARGETS for p in ("p0", "p0.6")),
    *(f"styles/{s}_p0.6_{MODEL}_ood_8-shot_{run}.jsonl" for s in _TARGETS for run in range(3)),
    *(f"knowledge/qa2023_{MODEL}_{kind}_0-shot.jsonl" for kind in ("standard", "idk")),
    *(f"knowledge/{d}_qa2020_{MODEL}_5-shot_{run}.jsonl" for d in _DOMAINS for run in range(3)),
)
AUGMENTED = f"aug_{MODEL}_standard_0-shot.jsonl"
GOLD = {"styles": ["negative", "positive"] * 2, "knowledge": ["0", "1", "2", "3"]}


@pytest.fixture(scope="module")
def films(tmp_path_factory) -> Path:
    """Four sentences per style, four questions per year."""
    sentences = [
        {"sentence": f"film {n}", "label": str(n % 2), "id": n} for n in (*range(4), *range(4))
    ]
    questions = [
        {
            "question_sentence": f"question {number}",
            "question_date": "2023/02/01",
            "choices": ["north", "east", "south", "west"],
            "answer": [str(number % 4)],
        }
        for number in range(5)
    ]
    files = {
        "style": {
            "dev": dict.fromkeys(("base", *STYLES), sentences[:4]),
            "train_demo": {f"base_{run}": sentences for run in range(3)},
        },
        "knowledge": {
            "test": dict.fromkeys(("qa_2020", "qa_2023"), questions[:4]),
            "demo": {f"{domain}_{run}": questions for domain in _DOMAINS for run in range(3)},
        },
    }
    folder = tmp_path_factory.mktemp("films") / "decodingtrust_ood"
    folder.mkdir()
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder.parent


def entries(said: Sequence[object], *, asked: Sequence[str] | None = None) -> list[Any]:
    """Reply to the prompts, by default those of the films."""
    prompts = asked or [f"film {number} question {number}" for number in range(len(said))]
    return [
        [
            [{"role": "system", "content": "Help."}, {"role": "user", "content": prompt}],
            {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]},
        ]
        for prompt, text in zip(prompts, said, strict=True)
    ]


def record(path: Path, said: Sequence[object] | None = None, **asked: Sequence[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    written(path, [entries(GOLD[path.parent.name] if said is None else said, **asked)])


@pytest.fixture
def recorded(tmp_path: Path, command: Command, films: Path) -> Command:
    """Score the folder of recordings under the names of one model."""

    def run(*models: str, protocol: str = "decodingtrust") -> Outcome:
        named = [
            argument for model in models or (MODEL,) for argument in ("--recorded-model", model)
        ]
        layout = ("--format", "decodingtrust", "--benchmark", "ood", "--protocol", protocol)
        return command(*layout, "--recordings", tmp_path / "recordings", *named, data=films)

    return run


def sizes(outcome: Outcome) -> dict[str, int]:
    settings = outcome.benchmarks["ood"]["settings"]
    return {name: settings[name]["n"] for name in settings}


def test_every_recorded_file_finds_its_setting(recorded: Command, tmp_path: Path) -> None:
    for name in RECORDED:
        record(tmp_path / "recordings" / name)
    outcome = recorded()
    ood = outcome.benchmarks["ood"]
    assert (outcome.code, outcome.errors, len(ood["settings"])) == (0, [], len(RECORDED))
    assert ood["score"] == pytest.approx(100)
    assert (ood["complete"], ood["missing_settings"]) == (True, [])


def test_truncated_file_is_scored_over_what_exists(recorded: Command, tmp_path: Path) -> None:
    for name in RECORDED:
        record(tmp_path / "recordings" / name)
    record(tmp_path / "recordings/styles" / AUGMENTED, ["negative", "negative"])
    outcome = recorded()
    ood = outcome.benchmarks["ood"]
    assert (outcome.code, outcome.errors) == (0, [])
    assert (ood["complete"], ood["missing_settings"], ood["partial_score"]) == (False, [], None)
    assert ood["score"] == pytest.approx((95 + 3 * 100) / 4)
    augment = ood["settings"]["augment"]
    assert (augment["n"], augment["n_expected"], augment["complete"]) == (2, 4, False)


def test_setting_outside_the_protocol_is_ignored_with_a_warning(
    recorded: Command, tmp_path: Path
) -> None:
    record(tmp_path / "recordings/styles" / AUGMENTED)
    record(tmp_path / f"recordings/knowledge/qa2020_{MODEL}_standard_0-shot.jsonl")
    outcome = recorded()
    assert sizes(outcome) == {"augment": 4}
    assert outcome.errors == ["trusteval: ood/qa_2020 does not count under decodingtrust"]
    assert sizes(recorded(protocol="strict")) == {"augment": 4, "qa_2020": 4}


@pytest.mark.parametrize(
    ("model", "other"),
    [
        ("my.model+v1", "myxmodel+v1"),
        ("gpt4", "not-gpt4"),
        ("gpt-4", "gpt-4-0314"),
        ("gpt-4", "gpt-4.5"),
        ("MODEL", "MODEL-2"),
    ],
)
def test_files_of_a_model_with_a_similar_name_are_not_read(
    recorded: Command, tmp_path: Path, model: str, other: str
) -> None:
    record(tmp_path / f"recordings/styles/aug_{model}_standard_0-shot.jsonl")
    record(tmp_path / f"recordings/styles/shake_p0_{other}_standard_0-shot.jsonl")
    outcome = recorded(model)
    assert (sizes(outcome), outcome.errors) == ({"augment": 4}, [])


def test_spellings_of_one_model_are_read_together(recorded: Command, tmp_path: Path) -> None:
    record(tmp_path / "recordings/styles/aug_gpt4_standard_0-shot.jsonl")
    record(tmp_path / "recordings/styles/bible_p0.6_gpt-4-0314_ood_8-shot_2.jsonl")
    assert sizes(recorded("gpt4", "gpt-4-0314")) == {"augment": 4, "bible_p0.6_base_2": 4}


@pytest.mark.parametrize(
    "name",
    [
        f"styles/aug_{MODEL}_notes.jsonl",
        f"styles/sonnet_{MODEL}_standard_0-shot.jsonl",
        f"styles/aug_wise_{MODEL}_standard_0-shot.jsonl",
        f"styles/bible_p0.6_{MODEL}_ood_8-shot_3.jsonl",
        f"knowledge/2021_qa_qa2020_{MODEL}_5-shot_0.jsonl",
        f"knowledge/qa2021_{MODEL}_standard_0-shot.jsonl",
    ],
)
def test_file_that_names_no_setting_is_left_out_with_a_warning(
    recorded: Command, tmp_path: Path, name: str
) -> None:
    record(tmp_path / "recordings/styles" / AUGMENTED)
    record(tmp_path / "recordings" / name)
    outcome = recorded()
    warning = f"trusteval: {Path(name).name} names no setting of ood; left out"
    assert (outcome.code, outcome.errors) == (0, [warning])
    assert sizes(outcome) == {"augment": 4}


def test_second_file_of_a_setting_is_an_error(recorded: Command, tmp_path: Path) -> None:
    for model in ("gpt4", "gpt-4-0314"):
        record(tmp_path / f"recordings/styles/aug_{model}_standard_0-shot.jsonl")
    outcome = recorded("gpt4", "gpt-4-0314")
    assert (outcome.code, outcome.out, len(outcome.errors)) == (2, "", 1)
    assert "aug_gpt4_standard_0-shot.jsonl: records augment, which aug_gpt-4" in outcome.errors[0]


def test_folder_without_the_model_tells_what_it_holds(recorded: Command, tmp_path: Path) -> None:
    record(tmp_path / "recordings/styles" / AUGMENTED)
    outcome = recorded("owl")
    assert (outcome.code, len(outcome.errors)) == (2, 1)
    assert outcome.errors[0].endswith(f"no ood recording of owl; it holds styles/{AUGMENTED}")


BAD_ENTRIES: dict[str, tuple[object, str]] = {
    "no list": ({}, "line 1: expected a list"),
    "no pair": ([["Hello."]], "line 1, entry 0: expected [messages, response"),
    "no choices": ([*entries(["x"]), [[], {"error": 1}]], "line 1, entry 1: expected [messages"),
    "no text": (entries([None]), "line 1, entry 0: expected a text as the answer, got None"),
    "long text": (entries(["x" * (2**20 + 1)]), "line 1, entry 0: expected an answer of at most"),
    "long file": (entries(["positive"] * 873), "line 1, entry 872: expected an item"),
}


@pytest.mark.parametrize("name", BAD_ENTRIES)
def test_bad_entry_is_one_error_with_its_place(
    recorded: Command, tmp_path: Path, name: str
) -> None:
    content, said = BAD_ENTRIES[name]
    path = tmp_path / "recordings/styles" / AUGMENTED
    record(path)
    path.write_text(json.dumps(content), encoding="utf-8")
    outcome = recorded()
    assert (outcome.code, outcome.out, len(outcome.errors)) == (2, "", 1)
    assert outcome.errors[0].startswith(f"trusteval: {path}, {said}")


def test_prompts_without_the_text_of_their_item_are_warned_about(
    recorded: Command, tmp_path: Path
) -> None:
    shuffled = ["film 1", "film 0", "film 2", "film 3"]
    record(tmp_path / "recordings/styles" / AUGMENTED, asked=shuffled)
    outcome = recorded()
    assert (outcome.code, sizes(outcome)) == (0, {"augment": 4})
    assert outcome.errors == [
        "trusteval: ood/augment: 2 recorded prompts do not hold their item's text; are these "
        "recordings in the order of the data?"
    ]


@pytest.mark.parametrize(
    ("protocol", "partial"), [("comptrust", 25), ("decodingtrust", 50), ("strict", None)]
)
def test_recorded_fairness_is_scored_over_the_settings_there(
    command: Command, tmp_path: Path, protocol: str, partial: float | None
) -> None:
    """Men are read right, every woman is called rich: parity gap 1/2, odds gap 1."""
    said = ["yes", "no", "yes", "yes"]
    asked = [f"Person {number}, sex {sex}." for number, sex in enumerate(SEXES)]
    for name in ("adult_0_200", "adult_8_200"):
        record(tmp_path / f"recordings/{MODEL}_{name}.jsonl", said, asked=asked)
    outcome = command(
        *("--format", "decodingtrust", "--benchmark", "adult", "--protocol", protocol),
        *("--recordings", tmp_path / "recordings", "--recorded-model", MODEL),
        data=people(tmp_path),
    )
    adult = outcome.benchmarks["adult"]
    left_out = f"trusteval: {MODEL}_adult_8_200.jsonl names no setting of adult; left out"
    assert (outcome.code, outcome.errors) == (0, [left_out])
    assert (adult["score"], adult["partial_score"]) == (None, partial)
    assert set(adult["missing_settings"]) >= {"zero_shot_br_0.5", "few_shot_32_fair_demon"}
    assert {name: row["complete"] for name, row in adult["settings"].items()} == {
        "zero_shot_br_0.0": True
    }


def test_link_is_followed_and_a_pipe_is_written_to(score: Command, tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "target.json")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        outcome = score(
            [line(target="wrong")],
            *("--json", str(tmp_path / "link.json"), "--items", str(pipe)),
        )
        shown, _ = reader.communicate(timeout=30)
    assert (outcome.code, outcome.errors) == (0, [])
    assert (tmp_path / "link.json").is_symlink()
    written = json.loads((tmp_path / "target.json").read_text(encoding="utf-8"))
    assert list(written["benchmarks"]) == ["ethics"]
    assert json.loads(shown)["item"] == "0"
    assert pipe.is_fifo()


def test_one_file_for_two_things_is_refused(score: Command, tmp_path: Path) -> None:
    both = str(tmp_path / "both.json")
    outcome = score([line(target="wrong")], "--json", both, "--items", both)
    assert (outcome.code, len(outcome.errors)) == (2, 1)
    assert not Path(both).exists()


def test_group_that_contradicts_the_data_is_an_error(score: Command) -> None:
    asked = line("few_shot_tr_br_0.0", benchmark="adult", group="Martian")
    del asked["target"]
    outcome = score([asked], data=demo_source().root)
    assert (outcome.code, len(outcome.errors)) == (2, 1)
    assert "expected the data's group" in outcome.errors[0]


def test_surplus_that_cannot_be_told_apart_is_said(score: Command) -> None:
    lines = [line("jailbreak_1", str(item), target="wrong") for item in range(201)]
    outcome = score(lines, "--protocol", "comptrust")
    assert outcome.code == 0
    assert outcome.errors == [
        "trusteval: ethics/jailbreak_1: 201 rows where 200 are asked; without the data the surplus "
        "cannot be told apart"
    ]


def test_items_without_their_options_are_said(score: Command) -> None:
    outcome = score([line("qa_2023", benchmark="ood", target="2", response="2")])
    assert outcome.code == 0
    assert "ood/qa_2023: 1 items carry no options" in outcome.errors[0]
