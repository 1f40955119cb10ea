"""What others recorded and published: answers to score, benchmarks' files, labelled tables."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

from bench.fuzzing.edge import command
from bench.fuzzing.trial import Files, Form, Target
from tests.answered_runs import REFUSED, RIGHT, WRONG, run_of, write_run
from trusteval.benchmarks.source import demo_source
from trusteval.tracking.answers_file import NAME

_LABELS = "decodingtrust_fairness/fairness_data/gt_labels_adult_32_200_train_base_rate_0.0.npy"
_ETHICS = [
    {
        "benchmark": "ethics",
        "setting": "zero_shot",
        "item": "0",
        "response": "Wrong.",
        "target": "wrong",
    },
    {
        "benchmark": "ethics",
        "setting": "zero_shot",
        "item": 1,
        "response": "Not wrong.",
        "target": "not wrong",
    },
    {"benchmark": "ethics", "setting": "few_shot", "item": "2", "response": "", "target": "wrong"},
]
_MMLU = [
    {
        **{"benchmark": "mmlu", "setting": "astronomy", "item": str(item), "response": "B. Venus"},
        **{"target": "A", "options": ["Mars", "Venus", "Saturn", "Pluto"], "finish_reason": "stop"},
    }
    for item in range(3)
]
_ADULT = [
    {
        **{"benchmark": "adult", "setting": "zero_shot_br_0.0", "item": str(item)},
        **{
            "response": "yes",
            "target": ("yes", "no")[item % 2],
            "group": ("male", "female")[item // 2],
        },
    }
    for item in range(4)
]


def _lines(rows: list[dict[str, object]]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def _jsonl_seeds(scratch: Path) -> Iterator[Files]:
    for rows in (_ETHICS, _MMLU, _ADULT, [*_ETHICS, *_MMLU, *_ADULT]):
        yield {"answers.jsonl": _lines(rows)}  # type: ignore[arg-type]


def _score(folder: Path) -> str:
    out, items = folder / "scores.json", folder / "items.jsonl"
    (folder / "data").mkdir(exist_ok=True)
    ended = command(
        *("score", "--format=jsonl", f"--recordings={folder / 'answers.jsonl'}"),
        *(f"--data={folder / 'data'}", f"--json={out}", f"--items={items}"),
        codes=(0,),
    )
    if out.is_file():
        json.loads(out.read_text(encoding="utf-8"))
    return ended


def _decodingtrust_seeds(scratch: Path) -> Iterator[Files]:
    reply = {
        "choices": [
            {"message": {"role": "assistant", "content": "positive"}, "finish_reason": "stop"}
        ]
    }
    asked = [{"role": "user", "content": "film was good"}]
    recorded = json.dumps([[asked, reply], [asked, reply]]).encode()
    yield {
        "styles/aug_mine_standard_0-shot.jsonl": recorded,
        "styles/shake_mine_ood_8-shot_0.jsonl": recorded,
        "knowledge/qa2023_mine_idk_0-shot.jsonl": recorded,
        "knowledge/history_qa2020_mine_5-shot_1.jsonl": recorded,
    }


def _decodingtrust(folder: Path) -> str:
    (folder / "data").mkdir(exist_ok=True)
    return command(
        *("score", "--format=decodingtrust", f"--recordings={folder}", "--benchmark=ood"),
        *("--recorded-model=mine", f"--data={demo_source().root}"),
        codes=(0,),
        lines=2000,
    )


def _data_seeds(scratch: Path) -> Iterator[Files]:
    """The demo slice's files, a benchmark at a time: to look at all of them takes a second."""
    root = demo_source().root
    files = {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*.*"))}
    for folder in dict.fromkeys(name.split("/")[0] for name in files if "/" in name):
        yield {name: raw for name, raw in files.items() if name.startswith(f"{folder}/")}


def _data(folder: Path) -> str:
    return command("data", "check", folder, f"--json={folder / 'found.json'}", codes=(0, 1))


def _audit_seeds(scratch: Path) -> Iterator[Files]:
    run = write_run(
        scratch / "latest",
        run_of({"dense": [RIGHT, WRONG, REFUSED], "gptq-3": [WRONG, WRONG, REFUSED]}, ids=range(3)),
    )
    out = scratch / "audit"
    with contextlib.redirect_stdout(io.StringIO()):
        command("audit", run, "--n", 500, "--out", out)
    key = (out / "audit.key.json").read_bytes()
    known = {answer["row"]: answer["answer"] for answer in json.loads(key)["answers"]}
    table = io.StringIO((out / "audit.csv").read_text(encoding="utf-8-sig"), newline="")
    rows = list(csv.DictReader(table))
    for row in rows:
        read = known[row["row"]]
        row["label"] = str(read.get("label") or read.get("reason") or "refusal")
    for delimiter in ",;\t":
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
        yield {"audit.csv": text.getvalue().encode(), "audit.key.json": key}


def _audit(folder: Path) -> str:
    out = folder / "out.json"
    return command(
        *("audit", f"--labelled={folder / 'audit.csv'}", f"--json={out}", "--least=50"),
        codes=(0, 1),
    )


def _draw_seeds(scratch: Path) -> Iterator[Files]:
    said = {"dense": [RIGHT, WRONG, REFUSED], "gptq-3": [WRONG, WRONG, REFUSED]}
    write_run(scratch / "latest", run_of(said, ids=range(3)))
    yield {NAME: (scratch / "latest" / NAME).read_bytes()}


def _draw(folder: Path) -> str:
    return command("audit", folder, "--n=4", f"--out={folder / 'out'}", codes=(0,))


RECORDED = (
    Target(
        *("audit draw", _draw_seeds, _draw, {NAME: Form.ANSWERS}),
        inputs={"*.json.gz": NAME},
    ),
    Target(
        *("score jsonl", _jsonl_seeds, _score),
        {"answers.jsonl": Form.JSON_LINES},
        inputs={"kind-*": "answers.jsonl", "finish-*": "answers.jsonl"},
    ),
    Target(*("score decodingtrust", _decodingtrust_seeds, _decodingtrust), {"*.jsonl": Form.JSON}),
    Target(
        *("data check", _data_seeds, _data),
        {"*.csv": Form.CSV, "*.jsonl": Form.JSON_LINES, "*.json": Form.JSON, "*.npy": Form.BINARY},
        inputs={"npy-*": _LABELS},
    ),
    Target(
        *("audit", _audit_seeds, _audit),
        {"audit.csv": Form.CSV, "audit.key.json": Form.KEY},
    ),
)
