"""What runs leave and later runs read: answers, baselines, histories, reports."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.fuzzing.edge import command, refuse_raw_controls, strictly
from bench.fuzzing.trial import Files, Form, Target
from tests.answered_runs import HELD, INVALID, REFUSED, RIGHT, WRONG, as_schema_1, run_of
from tests.history_lines import record
from tests.report.records import RED
from trusteval.tracking.answers_file import NAME, write_document
from trusteval.tracking.baseline import Acceptance, Baseline, read_baseline, write_baseline
from trusteval.tracking.score_entry import ScoreEntry

_BEFORE = run_of(
    {"dense": [RIGHT, WRONG, REFUSED], "gptq-4": [RIGHT, RIGHT, INVALID]}, ids=range(3)
)
_AFTER = run_of(
    {"dense": [RIGHT, RIGHT, WRONG], "gptq-4": [WRONG, RIGHT, REFUSED]},
    ids=range(3),
    identities={
        "gptq-4": {**HELD, "weights": "w2", "dtype": "float32", "versions": {"torch": "3"}}
    },
)
_SCORES = [ScoreEntry(subject, "mmlu", value=50.0) for subject in ("dense", "gptq-4")]
_COMPARED = (0, 1, 3, 4)


def _voting(document: dict[str, Any]) -> dict[str, Any]:
    part = document["subjects"]["gptq-4"]["mmlu"]
    part["identity"] = {"vote over": {"dense": {"weights": "w1"}}}
    part["members"] = [{"name": "dense", "method": "dense", "bits": 16, "seed": 0}]
    return document


def _documents(scratch: Path) -> Iterator[bytes]:
    """Yield files of answers: of a run, with a vote, without texts, and of the first schema."""
    whole = _BEFORE.to_document(with_texts=True)
    for document in (
        whole,
        _voting(copy.deepcopy(whole)),
        _BEFORE.to_document(with_texts=False),
        as_schema_1(whole),
    ):
        write_document(scratch / NAME, document)
        yield (scratch / NAME).read_bytes()


def _baselines(scratch: Path) -> Iterator[bytes]:
    acceptance = Acceptance("2026-01-01", "c" * 40, ("gptq-4/mmlu",), {"torch": "2.6"}, "because")
    path = scratch / "mine.json.gz"
    for run in (_BEFORE, _AFTER):
        write_baseline(path, Baseline(run, _SCORES, (acceptance, Acceptance("2026", None, ()))))
        yield path.read_bytes()


def _compare_seeds(scratch: Path) -> Iterator[Files]:
    write_document(scratch / NAME, _AFTER.to_document(with_texts=True))
    after = (scratch / NAME).read_bytes()
    for before in (*_documents(scratch), *_baselines(scratch)):
        yield {"before.json.gz": before, f"after/{NAME}": after}


def _compare(folder: Path) -> str:
    out = folder / "out.json"
    ended = command(
        *("compare", folder / "before.json.gz", folder / "after", f"--json={out}"), codes=_COMPARED
    )
    if out.is_file():
        json.loads(out.read_text(encoding="utf-8"))
    return ended


def _reader_seeds(scratch: Path) -> Iterator[Files]:
    for before in (*_documents(scratch), *_baselines(scratch)):
        yield {NAME: before}


def _compare_readers(folder: Path) -> str:
    return command("compare", "--reader", folder, codes=(0, 4))


def _baseline_seeds(scratch: Path) -> Iterator[Files]:
    for baseline in _baselines(scratch):
        yield {"mine.json.gz": baseline}


def _accept(folder: Path) -> str:
    """Accept a run over a baseline, which reads the baseline, compares and writes it."""
    from trusteval.tracking.accepting import Request, Standing, accept

    path = folder / "mine.json.gz"
    with strictly():
        read_baseline(path)
        request = Request(path, date="2026", commit=None, versions={}, regression="because")
        lines = accept(request, _AFTER, scores=_SCORES, standing=Standing()).lines
        refuse_raw_controls(*lines)
        read_baseline(path)
    return "accepted"


def _history_seeds(scratch: Path) -> Iterator[Files]:
    records = [
        *(record(1), record(2, 40.0, weights="w2"), record(3, None, verdict="INCONCLUSIVE")),
        record(4, 60.0, subject="dense", benchmark="mmlu", dimension="knowledge"),
    ]
    for some in (records, records[:1], [record(5, 0.0), record(5, 100.0)]):
        lines = [json.dumps({"schema": 1, **one}) for one in some]
        yield {"history.jsonl": "".join(f"{line}\n" for line in lines).encode()}


def _history(folder: Path) -> str:
    return command("history", folder / "history.jsonl", codes=(0,))


def _append(folder: Path) -> str:
    from trusteval.tracking.history import append_run

    with strictly():
        return f"appended {append_run(folder / 'history.jsonl', record(4, 61.0))}"


def _plot(folder: Path) -> str:
    file = folder / "history.jsonl"
    kind = "svg" if file.is_symlink() or not file.exists() or file.stat().st_size % 2 else "png"
    out = folder / f"out.{kind}"
    ended = command("history", file, f"--plot={out}", codes=(0,))
    if kind == "svg" and out.is_file():
        from xml.etree import ElementTree

        ElementTree.fromstring(out.read_text(encoding="utf-8"))
    return ended


def _report_seeds(scratch: Path) -> Iterator[Files]:
    run = {"started": "2026-01-01T10:00:00Z", "commit": "c" * 40, "seconds": 12.5}
    machine = {"cpu": "x", "python": "3.11", "gpus": []}
    run |= {"machine": machine, "versions": {"torch": "2.6"}, "model": "demo", "exit": 0}
    yield {"verdicts.json": RED.to_json().encode(), "run.json": json.dumps(run).encode()}
    yield {"verdicts.json": RED.to_json().encode()}


def _report(folder: Path) -> str:
    return command("report", folder, codes=(0,))


TRACKED = (
    Target(
        *("compare", _compare_seeds, _compare),
        {"*.gz": Form.ANSWERS},
        inputs={"compare-*": "before.json.gz", "*.json.gz": "before.json.gz"},
    ),
    Target(
        *("compare --reader", _reader_seeds, _compare_readers),
        {"*.gz": Form.ANSWERS},
        inputs={"*.json.gz": NAME},
    ),
    Target(
        *("accept", _baseline_seeds, _accept),
        {"*.gz": Form.ANSWERS},
        inputs={"*.json.gz": "mine.json.gz"},
    ),
    Target(
        *("history", _history_seeds, _history),
        {"*.jsonl": Form.JSON_LINES},
        inputs={
            "h*.jsonl": "history.jsonl",
            "history-*": "history.jsonl",
            "plot-*": "history.jsonl",
        },
    ),
    Target(
        *("history append", _history_seeds, _append),
        {"*.jsonl": Form.JSON_LINES},
        inputs={"h*.jsonl": "history.jsonl", "history-*": "history.jsonl"},
    ),
    Target(
        *("history --plot", _history_seeds, _plot),
        {"*.jsonl": Form.JSON_LINES},
        inputs={"plot-*": "history.jsonl", "h*.jsonl": "history.jsonl"},
    ),
    Target(
        *("report", _report_seeds, _report),
        {"*.json": Form.JSON},
        inputs={"report-*": "verdicts.json"},
    ),
)
