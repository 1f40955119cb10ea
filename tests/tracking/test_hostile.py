"""Files of answers that hold anything anywhere are compared or refused in lines, never a traceback.

The digest is right: whoever writes such a file can compute it.
"""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.answered_runs import REFUSED, RIGHT, WRONG, run_of, write_run
from trusteval.cli import main
from trusteval.errors import TrackingError
from trusteval.tracking.accepting import Request, Standing, accept
from trusteval.tracking.answers_file import NAME, read_document, write_document
from trusteval.tracking.baseline import Acceptance, Baseline, read_baseline, write_baseline
from trusteval.tracking.score_entry import ScoreEntry

RUN = run_of({"dense": [RIGHT, WRONG, REFUSED], "gptq-4": [RIGHT, RIGHT, WRONG]}, ids=range(3))
HOSTILE = (
    *(None, True, -1, 7, 10**400, 2**63, float("nan"), "", "x", "\x1b[31m\n", "\ud800\x00"),
    *([], [[]], ["x"], {}, {"a": None}),
    [[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]],
)
Way = tuple[str | int, ...]


def voting(document: dict[str, Any]) -> dict[str, Any]:
    """Make gptq-4 a vote, whose members are held too."""
    part = document["subjects"]["gptq-4"]["mmlu"]
    part["identity"] = {"vote over": {"dense": {"weights": "w1"}}}
    part["members"] = [{"name": "dense", "method": "dense", "bits": 16, "seed": 0}]
    return document


def places(value: Any, *before: str | int) -> Iterator[Way]:
    inside = value.items() if isinstance(value, dict) else enumerate(value[:1])
    for key, inner in inside:
        yield (*before, key)
        if isinstance(inner, dict | list):
            yield from places(inner, *before, key)


def bent(document: dict[str, Any], place: Way) -> Iterator[dict[str, Any]]:
    """Yield the document with each hostile value in a place, without it, and with odd names."""
    *before, last = place
    for hostile in HOSTILE:
        changed = copy.deepcopy(document)
        inner: Any = changed
        for key in before:
            inner = inner[key]
        inner[last] = hostile
        yield changed
    changed = copy.deepcopy(document)
    inner = changed
    for key in before:
        inner = inner[key]
    value = inner.pop(last)
    yield copy.deepcopy(changed)
    if isinstance(last, str):
        inner["\x1b[31m\n"] = value
        yield changed


ANSWERS = voting(RUN.to_document(with_texts=True))


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> int:
    """Return the exit code of a comparison that prints lines of printable text only."""
    code = main(["compare", *map(str, arguments)])
    printed = capsys.readouterr()
    said = printed.out + printed.err
    assert all(line.isprintable() for line in said.split("\n"))
    assert said
    assert code in (0, 1, 2, 3, 4)
    assert code != 2 or (printed.out, printed.err.count("\n")) == ("", 1)
    return code


@pytest.mark.parametrize("place", list(places(ANSWERS)), ids=lambda way: ".".join(map(str, way)))
def test_value_of_any_kind_in_any_place_of_a_run_is_compared_or_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, place: Way
) -> None:
    good = write_run(tmp_path / "good", RUN)
    bad = tmp_path / "bad" / NAME
    for document in bent(ANSWERS, place):
        write_document(bad, document)
        told(capsys, good, bad.parent)
        told(capsys, bad.parent, good)
        told(capsys, "--reader", bad.parent)


@pytest.mark.parametrize("place", [("facts",), ("facts", "reader"), ("accepted", 0), ("scores", 0)])
def test_value_of_any_kind_in_a_baseline_is_accepted_over_or_refused(
    tmp_path: Path, place: Way
) -> None:
    path = tmp_path / "mine.json.gz"
    scores = [ScoreEntry("gptq-4", "mmlu", value=1.0)]
    write_baseline(path, Baseline(RUN, scores, (Acceptance("2026", None, ("gptq-4/mmlu",)),)))
    whole = {k: v for k, v in read_document(path).items() if k not in ("kind", "schema")}
    one = run_of({"dense": [RIGHT, WRONG, WRONG]}, ids=range(3))
    request = Request(path, date="2026", commit=None, versions={}, regression="because")
    for way in [place, *(w for w in places(whole) if w[: len(place)] == place)]:
        for document in bent(whole, way):
            write_document(path, document)
            try:
                read_baseline(path)
                lines = list(accept(request, one, scores=[], standing=Standing()).lines)
            except TrackingError as error:
                lines = [str(error)]
            assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"a":' * 50_000,
        '{"kind": "trusteval answers", "schema": ["\\u001b[31m"]}',
        '{"kind": "trusteval answers", "schema": 2, "a": "\\ud800", "digest": "x"}',
        '{"kind": "trusteval answers", "schema": 2, "a": ' + "[" * 500 + "]" * 500 + "}",
        "1" + "0" * 10_000,
        "\x1b[31m",
    ],
)
def test_file_that_is_no_run_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str
) -> None:
    (tmp_path / NAME).write_bytes(gzip.compress(text.encode()))
    assert told(capsys, tmp_path, tmp_path) == 2


def test_words_of_a_model_are_printed_without_what_a_terminal_acts_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document = RUN.to_document(with_texts=True)
    document["benchmarks"]["mmlu"]["text"] = ["\x1b]0;mine\x07", "\ud800\n", "\u202etxt.exe"]
    write_document(tmp_path / "before" / NAME, document)
    after = run_of({"dense": [WRONG, RIGHT, RIGHT]}, ids=range(3))
    write_run(tmp_path / "after", after)
    told(capsys, tmp_path / "after", tmp_path / "before")
    main(["compare", str(tmp_path / "after"), str(tmp_path / "before")])
    said = capsys.readouterr().out
    assert "\\x1b]0;mine\\x07" in said
    assert "\\u202etxt.exe" in said


def test_json_of_hostile_words_can_be_read_back(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    document = RUN.to_document(with_texts=True)
    document["benchmarks"]["mmlu"]["text"] = ["\x1b]0;mine\x07", "\ud800\n", "x"]
    write_document(tmp_path / "run" / NAME, document)
    out = tmp_path / "out.json"
    told(capsys, tmp_path / "run:dense", tmp_path / "run:gptq-4", f"--json={out}")
    (part,) = json.loads(out.read_text(encoding="utf-8"))["comparisons"]
    assert part["flips"][0]["id"] == "astronomy/1"
