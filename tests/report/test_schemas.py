"""What runs write is as the shipped schemas say, key by key, and what readers refuse is not."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests import real_runs
from tests.project import Project, trusteval
from tests.schemas import at, faults, places, shipped, shortened, strict
from trusteval.ensemble import document as ensemble_document
from trusteval.report import circumstances, record
from trusteval.report.bundle import manifest, overview
from trusteval.report.bundle.result import Result
from trusteval.report.document_shape import check_circumstances
from trusteval.report.ledger import Ending, Step
from trusteval.report.outcomes import SEVERITY
from trusteval.report.record import run_record_from_dict
from trusteval.report.schemas import SCHEMAS
from trusteval.report.unjudged import Cause
from trusteval.tables import Kind
from trusteval.tracking import answers_file, history
from trusteval.tracking.answered_run import answered_run
from trusteval.tracking.baseline import read_baseline
from trusteval.tracking.document_shape import check_answers, check_baseline
from trusteval.tracking.points import points_of
from trusteval.types import (
    Dimension,
    InvalidReason,
    Level,
    MemoryKind,
    Outcome,
    Role,
    Undecided,
)

pytestmark = pytest.mark.xdist_group("schemas")  # one worker makes the runs, for all

NAMES = [one.name for one in SCHEMAS]
JUNK = (None, True, -1, 1.5, 2**60, "junk", "", [], ["junk"], [[1]], {}, {"junk": {}})
NO_SCHEMA_SAYS = ("the different members of a vote", "no more measured answers than answers")
"""What a reader demands of values together, which a schema says of each value alone."""
LATER = {"added later": {"by": [1]}}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return real_runs.project(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def runs(project: Project) -> dict[str, Path]:
    """The folders of runs: complete and accepted, failed, incomplete, killed."""
    return {
        "finished": real_runs.finished(project),
        "failed": real_runs.failed(project),
        "incomplete": real_runs.incomplete(project),
        "killed": real_runs.killed(project),
    }


@pytest.fixture(scope="module")
def written(project: Project, runs: dict[str, Path]) -> dict[str, list[tuple[str, Any]]]:
    """Every document that the runs wrote, by its schema, with where it is from."""
    lines = (project.root / "reports/history.jsonl").read_text(encoding="utf-8").splitlines()
    baselines = (project.root / "reports/baselines").glob("*.json.gz")
    packed = {name: path / "answers.json.gz" for name, path in runs.items()}
    return {
        "verdicts": [(name, _json(path / "verdicts.json")) for name, path in runs.items()],
        "run": [(name, _json(path / "run.json")) for name, path in runs.items()],
        "answers": [(name, _unpacked(path)) for name, path in packed.items() if path.exists()],
        "baseline": [(path.name, _unpacked(path)) for path in baselines],
        "history": [(f"line {number}", json.loads(line)) for number, line in enumerate(lines, 1)],
    }


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _unpacked(path: Path) -> Any:
    return json.loads(gzip.decompress(path.read_bytes()))


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_one_of_draft_2020_12(name: str) -> None:
    schema = shipped(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    assert schema["title"]
    assert schema["description"]


def test_everything_that_runs_write_is_described(
    written: dict[str, list[tuple[str, Any]]],
) -> None:
    assert {name: len(documents) for name, documents in written.items()} == {
        **{"verdicts": 4, "run": 4},
        **{"answers": 3, "baseline": 1, "history": 3},
    }
    found = {
        f"{name} of {origin}": wrong
        for name, documents in written.items()
        for origin, document in documents
        if (wrong := faults(strict(shipped(name)), document))
    }
    assert found == {}


def test_runs_cover_what_is_described(written: dict[str, list[tuple[str, Any]]]) -> None:
    good, failed, *_ = (document for _, document in written["verdicts"])
    assert good["complete"] is True
    assert "FAIL" in {one["outcome"] for one in failed["verdicts"]}
    assert good["facts"]["vote_leads"]
    answers = written["answers"][0][1]["subjects"]
    assert "members" in answers["vote"]["ethics"]
    assert "probabilities" in answers["dense"]["ethics"]
    assert "accepted" in written["answers"][1][1]["subjects"]["dense"]["mmlu"]
    assert all("prompts" in items for items in written["answers"][0][1]["benchmarks"].values())
    assert all(one["limits"] for one in failed["verdicts"])
    assert {document["ending"] for _, document in written["verdicts"]} == {"finished", "unfinished"}


# -- schemas and readers agree -----------------------------------------------------------------


def _check_history(line: Any) -> None:
    points_of(line)


READERS: dict[str, Callable[[Any], object]] = {
    "verdicts": run_record_from_dict,
    "run": check_circumstances,
    "answers": check_answers,
    "baseline": check_baseline,
    "history": _check_history,
}


def broken_ones(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield a document with one value missing or replaced, and where that is."""
    for path in places(document):
        for junk in JUNK if path else ():
            other = copy.deepcopy(document)
            at(other, path[:-1])[path[-1]] = junk
            yield f"{path} is {junk!r}", other
        if path and isinstance(path[-1], str):
            other = copy.deepcopy(document)
            del at(other, path[:-1])[path[-1]]
            yield f"{path} is missing", other


@pytest.mark.parametrize("name", READERS)
def test_what_a_reader_refuses_the_schema_refuses(
    name: str, written: dict[str, list[tuple[str, Any]]]
) -> None:
    validator = Draft202012Validator(shipped(name))
    n_refused, let_through = 0, []
    for where, document in broken_ones(shortened(written[name][0][1])):
        try:
            READERS[name](document)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            n_refused += 1
            known = any(said in str(error) for said in NO_SCHEMA_SAYS)
            if not known and validator.is_valid(document):
                let_through.append(f"{where}: {error}")
    assert let_through == []
    assert n_refused > 40


def test_unknown_keys_are_let_be_by_readers_and_published_schemas_alike(
    written: dict[str, list[tuple[str, Any]]],
) -> None:
    document = written["verdicts"][1][1]
    before, seen = run_record_from_dict(document), set()
    validator = Draft202012Validator(shipped("verdicts"))
    for path in places(document):
        other = copy.deepcopy(document)
        if isinstance(one := at(other, path), dict):
            one |= LATER
            if validator.is_valid(other):
                seen.add(path)
                assert run_record_from_dict(other) == before, path
                assert faults(strict(shipped("verdicts")), other), path
    assert {
        (),
        ("verdicts", 0),
        ("verdicts", 0, "limits", 0),
        ("verdicts", 0, "score", "counts"),
        ("scores", 0),
    } <= seen
    assert {("facts", "vote_leads", 0), ("facts", "tries")} <= seen


def test_answers_and_baselines_of_a_later_version_are_read(
    project: Project, written: dict[str, list[tuple[str, Any]]], tmp_path: Path
) -> None:
    document = written["answers"][0][1]
    other = copy.deepcopy(document)
    part = other["subjects"]["vote"]["ethics"]
    for one in (other, part, part["members"][0], other["facts"], other["ledger"]):
        one |= LATER
    other["subjects"]["dense"]["ethics"]["cost"] |= LATER
    check_answers(other)
    assert faults(shipped("answers"), other) == []
    first, second = (answered_run(one) for one in (document, other))
    assert (first.members, first.costs) == (second.members, second.costs)

    whole = copy.deepcopy(written["baseline"][0][1])
    del whole["digest"]
    for one in (whole, whole["accepted"][0], whole["scores"][0]):
        one |= LATER
    answers_file.write_document(tmp_path / "baseline.json.gz", whole)
    [path] = (project.root / "reports/baselines").glob("*.json.gz")
    ours, its = read_baseline(path), read_baseline(tmp_path / "baseline.json.gz")
    assert (ours.acceptances, ours.scores) == (its.acceptances, its.scores)


BROKEN: dict[str, tuple[str, tuple[str | int, ...], object]] = {
    "an outcome that is none": ("verdicts", ("verdicts", 0, "outcome"), "MAYBE"),
    "fewer rows than none": ("verdicts", ("scores", 0, "score", "counts", "n"), -1),
    "a score as text": ("verdicts", ("scores", 0, "score", "value"), "51"),
    "an unknown reason": ("verdicts", ("scores", 0, "score", "counts", "invalid", "bored"), 1),
    "another schema": ("verdicts", ("schema",), 5),
    "a p above one": ("verdicts", ("verdicts", 0, "p"), 1.5),
    "a command in one text": ("run", ("command",), "pytest"),
    "a time that is none": ("run", ("started",), "yesterday"),
    "an answer that is none": ("answers", ("subjects", "dense", "ethics", "answers", 0), ["yes"]),
    "an impossible logarithm": (
        *("answers", ("subjects", "dense", "ethics", "probabilities", "log", 0, 0)),
        0.5,
    ),
    "a digest that is none": ("baseline", ("digest",), "0000"),
    "a score beyond all": ("history", ("scores", 0, "value"), 10**6),
}


@pytest.mark.parametrize("case", BROKEN)
def test_document_broken_by_hand_is_refused(
    case: str, written: dict[str, list[tuple[str, Any]]]
) -> None:
    name, path, value = BROKEN[case]
    document = copy.deepcopy(written[name][0][1])
    assert faults(shipped(name), document) == []
    at(document, path[:-1])[path[-1]] = value
    assert faults(shipped(name), document) != []


# -- schemas and code agree --------------------------------------------------------------------

ENUMS: dict[tuple[str, tuple[str | int, ...]], type[StrEnum]] = {
    ("verdicts", ("$defs", "dimension")): Dimension,
    ("verdicts", ("$defs", "level")): Level,
    ("verdicts", ("$defs", "ending")): Ending,
    ("verdicts", ("$defs", "counts", "properties", "invalid", "propertyNames")): InvalidReason,
    ("verdicts", ("properties", "verdicts", "items", "properties", "outcome")): Outcome,
    ("verdicts", ("properties", "unjudged", "items", "properties", "cause")): Cause,
    ("verdicts", ("properties", "failed_tests", "items", "properties", "step")): Step,
    ("answers", ("$defs", "answer", "oneOf", 3, "prefixItems", 1)): InvalidReason,
    ("evidence", ("properties", "result")): Result,
    ("ensemble", ("$defs", "table", "properties", "columns", "items", "properties", "kind")): Kind,
}


@pytest.mark.parametrize(("name", "path"), ENUMS)
def test_closed_sets_are_those_of_the_code(name: str, path: tuple[str | int, ...]) -> None:
    assert at(shipped(name), path)["enum"] == [one.value for one in ENUMS[name, path]]


def test_closed_sets_that_may_be_null_are_those_of_the_code() -> None:
    verdict = shipped("verdicts")["properties"]["verdicts"]["items"]["properties"]
    assert verdict["undecided"]["enum"] == [*(one.value for one in Undecided), None]
    items = at(shipped("answers"), ("properties", "benchmarks", "additionalProperties"))
    turn = at(items, ("properties", "prompts", "properties", "turns", "items", "items"))
    assert turn["prefixItems"][0]["enum"] == [one.value for one in Role]
    part = at(shipped("answers"), ("properties", "subjects", *("additionalProperties",) * 2))
    kind = part["properties"]["cost"]["properties"]["memory_kind"]
    assert kind["enum"] == [*(one.value for one in MemoryKind), None]
    assert shipped("history")["$defs"]["point"]["properties"]["verdict"]["enum"] == [*SEVERITY]
    entry = shipped("baseline")["$defs"]["entry"]["properties"]
    assert entry["verdict"]["enum"] == [*SEVERITY, None]


def test_versions_are_those_that_the_code_writes() -> None:
    assert {one.name: one.version for one in SCHEMAS} == {
        "verdicts": record.SCHEMA_VERSION,
        "run": circumstances.SCHEMA_VERSION,
        "answers": answers_file.SCHEMA_VERSION,
        "baseline": answers_file.SCHEMA_VERSION,
        "history": history.SCHEMA_VERSION,
        "ensemble": ensemble_document.SCHEMA_VERSION,
        "bundle": manifest.SCHEMA_VERSION,
        "evidence": overview.SCHEMA_VERSION,
    }


def test_what_several_schemas_describe_is_described_alike() -> None:
    known: dict[str, Any] = {}
    for name in NAMES:
        for of, described in shipped(name).get("$defs", {}).items():
            told = {**described, "required": None}  # a history needs more of a score
            assert known.setdefault(of, told) == told, (name, of)


# -- the command -------------------------------------------------------------------------------


def test_command_lists_the_schemas_and_prints_each_as_it_is_shipped(project: Project) -> None:
    listed = trusteval(project, "schema")
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == NAMES
    for name in NAMES:
        printed = trusteval(project, "schema", name)
        assert (printed.returncode, json.loads(printed.stdout)) == (0, shipped(name))


def test_unknown_schema_is_refused_with_the_known_ones(project: Project) -> None:
    ran = trusteval(project, "schema", "verdict")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        f"trusteval: no schema 'verdict'; known: {', '.join(NAMES)} (did you mean 'verdicts'?)\n"
    )
