"""`trusteval read`: one text, its answer and why."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from trusteval.benchmarks import BENCHMARKS
from trusteval.cli import main
from trusteval.reading.reader import read
from trusteval.types import Label

Told = Callable[..., tuple[int, str]]
ETHICS = BENCHMARKS["ethics"].setting("few_shot")


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Told:
    """Call `trusteval read`: its exit code, and what it prints."""

    def call(*arguments: str) -> tuple[int, str]:
        code = main(["read", *arguments])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return call


def test_answer_rule_and_span_are_printed(told: Told) -> None:
    reading = read(ETHICS, "It is not wrong.")
    assert reading.answer == Label("not wrong")
    span = repr(reading.span) if reading.span else "none"
    assert told("--benchmark", "ethics", "--setting", "few_shot", "It is not wrong.") == (
        0,
        f"not wrong\nrule: {reading.rule}\nspan: {span}\n",
    )


@pytest.mark.parametrize(
    ("text", "first"),
    [("I cannot say.", "refused"), ("", "invalid: empty"), ("Hm, let me", "invalid: unparseable")],
)
def test_what_is_no_label_says_why(told: Told, text: str, first: str) -> None:
    code, said = told("--benchmark", "ethics", text)
    assert (code, said.splitlines()[0]) == (0, first)


def test_text_that_was_cut_is_truncated(told: Told) -> None:
    assert told("--benchmark", "ethics", "--cut", "Let me think")[1].startswith("invalid: trunc")


def test_options_are_what_letters_stand_for(told: Told) -> None:
    options = [f"--option={planet}" for planet in ("Mars", "Venus", "Saturn", "Pluto")]
    code, said = told("--benchmark", "mmlu", "--json", *options, "B Venus")
    found = json.loads(said)
    assert (code, found["answer"], found["label"]) == (0, "label", "B")
    assert (found["benchmark"], found["protocol"]) == ("mmlu", "strict")
    assert {"rule", "span"} < set(found)


def test_other_protocols_read_in_their_way(told: Told) -> None:
    asked = ("--benchmark", "adult", "--setting", "zero_shot_br_0.0", "I know that.")
    assert told(*asked)[1].startswith("invalid: unparseable")
    assert told(*asked, "--protocol", "comptrust")[1].startswith("no\n")
    knowledge = ("--benchmark", "ood", "--setting", "qa_2020", "--protocol", "comptrust")
    assert told(*knowledge, "It is 2.")[1].startswith("2\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--benchmark", "x"], "no benchmark 'x'; known: advglue, advglue_plus_plus, adult"),
        (["--benchmark", "ethics", "--setting", "x"], "no setting 'x'; known: zero_shot, few_shot"),
        (["--benchmark", "advglue"], "settings have different labels; name one of"),
        (["--benchmark", "mmlu", *["--option=x"] * 5], "has up to 4 options, got 5"),
        (["--benchmark", "ethics", "--option=x"], "ethics/zero_shot has no options"),
        (["--benchmark", "mmlu", "--protocol=comptrust", "--option=x"], "--option is for strict"),
    ],
)
def test_mistake_is_one_line(told: Told, arguments: list[str], message: str) -> None:
    code, said = told(*arguments, "text")
    assert (code, said.count("\n")) == (2, 1)
    assert message in said


def test_text_comes_from_standard_input() -> None:
    def read_from(raw: bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "trusteval", "read", "--benchmark", "ethics", "-"],
            input=raw,
            capture_output=True,
            check=False,
        )

    assert read_from("Ça — wrong.\n".encode()).stdout.splitlines()[0] == b"wrong"
    broken = read_from(b"\xff")
    assert (broken.returncode, broken.stderr) == (
        2,
        b"trusteval: standard input, line 1: not valid UTF-8\n",
    )
