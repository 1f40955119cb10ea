"""Hub datasets become the original files; local folders of the same layout stand in for the hub."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.benchmarks.source import DataSource
from trusteval.errors import DataError
from trusteval.suite.hub import HUB, HubDataset, materialise

TEXTS = load_prompt_texts()
GLUE = {
    "sst2": [{"sentence": "a warm , funny fiml", "label": 1}],
    "qqp": [{"question1": "How do owls slep?", "question2": "Where do owls sleep?", "label": 0}],
    "mnli": [{"premise": "It raned.", "hypothesis": "It was dry.", "label": 2}],
}
EMPTY_GLUE = dict.fromkeys(
    f"{prefix}{field}"
    for prefix in ("", "original_")
    for field in ("sentence", "question1", "question2", "premise", "hypothesis")
)
PERTURBED = [
    ("alpaca", "sst2", {"sentence": "dul", "original_sentence": "dull", "label": 0}),
    ("stable-vicuna", "sst2", {"sentence": "finne", "original_sentence": "fine", "label": 1}),
    ("alpaca", "sst2", {"sentence": "greet", "original_sentence": "great", "label": 1}),
    (
        "vicuna",
        "qqp",
        {"question1": "a?", "question2": "b ?", "original_question2": "b?"} | {"label": 0},
    ),
    (
        "vicuna",
        "mnli",
        {"premise": "p.", "hypothesis": "h .", "original_hypothesis": "h."} | {"label": 1},
    ),
]
STEMS = [Path(file).stem for file in HUB["adult"].files]
DEEDS = [(number % 2, f'I did "thing" {number},\nthen left.', number < 40) for number in range(44)]
STYLES = {
    "base": "It shines .",
    "shake_p0": "It doth shine.",
    "tweet_p0.6_0": "shiny",
    "base_1": "ok",
}
SUBJECTS = ("astronomy", "world_religions")


# -- the same items, as the hub has them and as they were first published ------------------


def person(number: int, shots: int) -> dict[str, Any]:
    text = (
        f"description: age {30 + number}, sex {('Male', 'Female')[number % 2]}, race White.\nRich?"
    )
    examples = [[f"person {shot}", "yes" if shot % 2 else "no"] for shot in range(shots)]
    label = "yes" if number < 2 else "no"
    return {"option": ["yes", "no"], "input": text, "label": label, "examples": examples}


def questions(split: str) -> list[dict[str, Any]]:
    return [
        {
            "question": f'{split} {number}: "why", and\nhow?',
            "subject": subject,
            "choices": ["one", "two, or more", "3", "4"],
            "answer": number % 4,
        }
        for subject in SUBJECTS
        for number in range(5)
    ]


def knowledge(category: str, date: str | None) -> dict[str, Any]:
    return {
        "question_sentence": f"What of {category}?",
        "choices": ["a", "b", "c", "d"],
        "answer": "2",
        "question_date": date,
        "category": category,
    }


def hub_rows() -> dict[str, list[list[dict[str, Any]]]]:
    """One list of rows per declared file of each dataset."""
    perturbed = {
        task: [
            {**EMPTY_GLUE, **item, "model": model} for model, of, item in PERTURBED if of == task
        ]
        for task in GLUE
    }
    people = [[person(number, int(stem.split("_")[1])) for number in range(4)] for stem in STEMS]
    for file in people:
        for row in file:
            row["examples"] = row["examples"] or [["", ""]]
    deeds = [
        {"label": [label], "input1": text, "input2": "", "is_short": is_short}
        for label, text, is_short in DEEDS
    ]
    return {
        "advglue": [[{**row, "idx": 0} for row in rows] for rows in GLUE.values()],
        "advglue_plus_plus": list(perturbed.values()),
        "adult": people,
        "ethics": [deeds, deeds[::-1]],
        "ood": [
            [
                {"question_sentence": text, "answer": "1", "category": category, "choices": None}
                for category, text in STYLES.items()
            ],
            [
                knowledge("qa_2020", "2020/06/26"),
                knowledge("qa_2023", "2023/01/05"),
                *[knowledge("global_facts_0", None)] * 5,
            ],
        ],
        "mmlu": [questions("dev"), questions("test")],
    }


def original_files(root: Path) -> None:
    """Write the same items in the layout the loaders were made for."""
    write_json(root / "advglue/dev_ann.json", GLUE)
    for model in ("alpaca", "vicuna", "stable-vicuna"):
        tasks = {t: [item for m, of, item in PERTURBED if (m, of) == (model, t)] for t in GLUE}
        write_json(root / f"advglue_plus_plus/{model}.json", tasks)
    folder = root / "decodingtrust_fairness/fairness_data"
    folder.mkdir(parents=True)
    for stem in STEMS:
        people = [person(number, int(stem.split("_")[1])) for number in range(4)]
        write_lines(folder / f"{stem}.jsonl", people)
        np.save(folder / f"gt_labels_{stem}.npy", np.array([1, 1, 0, 0]))
        np.save(folder / f"sensitive_attr_{stem}.npy", np.array(["Male", "Female"] * 2))
    for name, deeds in (("cm_test", DEEDS), ("cm_train", DEEDS[::-1])):
        lines = [(*deed, False) for deed in deeds]
        header = ("label", "input", "is_short", "edited")
        write_csv(root / f"ethics/commonsense/{name}.csv", [header, *lines])
    one = {category: [{"sentence": t, "label": "1", "id": 0}] for category, t in STYLES.items()}
    demonstrations = {name: one.pop(name) for name in ("tweet_p0.6_0", "base_1")}
    write_json(root / "decodingtrust_ood/style.json", {"dev": one, "train_demo": demonstrations})
    asked = {
        year: [knowledge(year, date)]
        for year, date in (("qa_2020", "2020/06/26"), ("qa_2023", "2023/01/05"))
    }
    for rows in asked.values():
        rows[0]["answer"] = ["2"]
    shown = {"global_facts_0": [knowledge("global_facts_0", None)] * 5}
    write_json(root / "decodingtrust_ood/knowledge.json", {"test": asked, "demo": shown})
    for split in ("dev", "test"):
        for subject in SUBJECTS:
            rows = [row for row in questions(split) if row["subject"] == subject]
            lines = [(r["question"], *r["choices"], "ABCD"[r["answer"]]) for r in rows]
            write_csv(root / f"mmlu/hendrycks_format/{split}/{subject}_{split}.csv", lines)


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def write_lines(path: Path, rows: Iterable[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def write_csv(path: Path, lines: Iterable[Iterable[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows as `push_to_hub` does: labels as a class with names."""
    from datasets import ClassLabel, Dataset

    path.parent.mkdir(parents=True, exist_ok=True)
    table = Dataset.from_list(rows)
    label = "answer" if "answer" in table.column_names else "label"
    names = ["A", "B", "C", "D"] if label == "answer" else ["zero", "one", "two"]
    table.cast_column(label, ClassLabel(names=names)).to_parquet(path)


CARD = """---
configs:
- config_name: {name}
  data_files:
  - split: first
    path: {file}
- config_name: another
  data_files:
  - split: none
    path: absent/*.jsonl
---
"""


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., HubDataset]:
    """Publish rows in a folder; returns the dataset as declared, of that folder instead."""

    def publish(name: str, rows: list[list[dict[str, Any]]] | None = None) -> HubDataset:
        folder = tmp_path / f"{name} repository"
        dataset = HUB[name]
        for file, table in zip(dataset.files, rows or hub_rows()[name], strict=True):
            write = write_parquet if file.endswith(".parquet") else write_lines
            write(folder / file, table)
        card = CARD.format(name=name, file=dataset.files[0])
        (folder / "README.md").write_text(card, encoding="utf-8")
        return replace(dataset, repository=str(folder))

    return publish


def load(root: Path, name: str, setting: str) -> object:
    benchmark = BENCHMARKS[name]
    return benchmark.load(DataSource(root), benchmark.settings[setting], TEXTS)


# -- what the loaders see ------------------------------------------------------------------

LOADED = {
    "advglue": ("sst2", "qqp", "mnli"),
    "advglue_plus_plus": ("alpaca/sst2", "stable-vicuna/sst2", "clean_vicuna/qqp", "vicuna/mnli"),
    "adult": ("zero_shot_br_0.5", "few_shot_tr_br_1.0", "few_shot_16_fair_demon"),
    "ethics": ("zero_shot", "few_shot", "jailbreak_1"),
    "ood": ("base", "shake_p0", "qa_2020", "qa_2023_idk", "qa_2020_global_facts_0"),
    "mmlu": SUBJECTS,
}


def test_every_dataset_is_a_benchmarks():
    # Of the adversarial demonstrations' 168 files a conversion is tested beside their loader.
    assert set(HUB) == {*LOADED, "adversarial_demonstrations"}
    assert set(HUB) <= set(BENCHMARKS)


def test_every_revision_is_a_commit():
    assert [d.revision for d in HUB.values() if len(bytes.fromhex(d.revision)) != 20] == []


@pytest.mark.parametrize("name", LOADED)
def test_hub_and_original_files_give_the_same_questions(name, repository, tmp_path):
    original_files(tmp_path / "originals")
    fetched = materialise(name, cache=tmp_path / "cache", hub={name: repository(name)})
    expected = [load(tmp_path / "originals", name, setting) for setting in LOADED[name]]
    assert [load(fetched.root, name, setting) for setting in LOADED[name]] == expected
    assert all(expected)


def test_arrays_have_the_types_of_the_published_ones(repository, tmp_path):
    root = materialise("adult", cache=tmp_path, hub={"adult": repository("adult")}).root
    folder = root / "decodingtrust_fairness/fairness_data"
    labels = np.load(folder / f"gt_labels_{STEMS[0]}.npy", allow_pickle=False)
    groups = np.load(folder / f"sensitive_attr_{STEMS[0]}.npy", allow_pickle=False)
    assert (labels.dtype, groups.dtype) == (np.dtype("int64"), np.dtype("<U6"))


def test_empty_columns_of_other_tasks_are_dropped(repository, tmp_path):
    dataset = repository("advglue_plus_plus")
    root = materialise("advglue_plus_plus", cache=tmp_path, hub={"advglue_plus_plus": dataset}).root
    text = (root / "advglue_plus_plus/stable-vicuna.json").read_text(encoding="utf-8")
    kept = {"sentence": "finne", "original_sentence": "fine", "label": 1}
    assert json.loads(text) == {"sst2": [kept], "qqp": [], "mnli": []}


# -- once ----------------------------------------------------------------------------------


def test_revision_is_returned_and_written_beside_the_files(repository, tmp_path):
    dataset = repository("ood")
    fetched = materialise("ood", cache=tmp_path, hub={"ood": dataset})
    written = json.loads((fetched.root / "hub_revisions.json").read_text(encoding="utf-8"))
    assert fetched.revisions == written == {dataset.repository: dataset.revision}


def test_nothing_but_the_files_and_their_lock_stays(repository, tmp_path):
    root = materialise("ood", cache=tmp_path / "cache", hub={"ood": repository("ood")}).root
    assert {path.name for path in root.parent.iterdir()} == {root.name, f"{root.name}.lock"}
    assert {path.name for path in root.iterdir()} == {"decodingtrust_ood", "hub_revisions.json"}


def test_finished_folder_is_reused_without_its_source(repository, tmp_path):
    hub = {"ood": repository("ood")}
    fetched = materialise("ood", cache=tmp_path / "cache", hub=hub)
    shutil.rmtree(hub["ood"].repository)
    assert materialise("ood", cache=tmp_path / "cache", hub=hub) == fetched


REUSE = """
import sys
from dataclasses import replace
from pathlib import Path
from trusteval.suite.hub import HUB, materialise
hub = {"ood": replace(HUB["ood"], repository=sys.argv[1])}
print(materialise("ood", cache=Path(sys.argv[2]), hub=hub).root, "datasets" in sys.modules)
"""


def test_finished_folder_is_reused_without_the_library(repository, tmp_path):
    dataset = repository("ood")
    root = materialise("ood", cache=tmp_path / "cache", hub={"ood": dataset}).root
    found = python(REUSE, dataset.repository, str(tmp_path / "cache"))
    assert found.stdout == f"{root} False\n"


def test_of_two_processes_one_fetches(repository, tmp_path):
    command = [sys.executable, "-c", REUSE, repository("ood").repository, str(tmp_path / "cache")]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate()[0].split() for process in started]
    assert len({root for root, _ in answers}) == 1
    assert sorted(imported for _, imported in answers) == ["False", "True"]


def test_what_a_killed_run_left_is_cleared_away(repository, tmp_path):
    hub = {"ood": repository("ood")}
    root = materialise("ood", cache=tmp_path / "cache", hub=hub).root
    (root / "hub_revisions.json").unlink()
    (root / "half-written").touch()
    (root.parent / f".fetching-{root.name}-killed").mkdir()
    materialise("ood", cache=tmp_path / "cache", hub=hub)
    assert {path.name for path in root.iterdir()} == {"decodingtrust_ood", "hub_revisions.json"}
    assert {path.name for path in root.parent.iterdir()} == {root.name, f"{root.name}.lock"}


def test_another_revision_has_its_own_folder(repository, tmp_path):
    dataset = repository("ood")
    newer = replace(dataset, revision="0" * 40)
    first, second = (materialise("ood", cache=tmp_path, hub={"ood": d}) for d in (dataset, newer))
    assert first.root != second.root


# -- what goes wrong -----------------------------------------------------------------------

FAILING = """
import sys
from pathlib import Path
from trusteval.suite.hub import materialise
from trusteval.errors import DataError
try:
    materialise("mmlu", cache=Path(sys.argv[1]))
except DataError as error:
    print(error)
"""


def test_unreachable_hub_names_repository_reason_and_ways_out(tmp_path):
    environment = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")}
    told = python(FAILING, str(tmp_path / "cache"), environment=environment).stdout
    mmlu = HUB["mmlu"]
    assert told.startswith(
        f"mmlu: {mmlu.files[0]} of cais/mmlu at {mmlu.revision} cannot be read from the Hugging "
        "Face hub: Couldn't reach 'cais/mmlu' on the Hub"
    )
    assert "TRUSTEVAL_DATA" in told
    assert "HF_TOKEN" in told
    assert finished(tmp_path / "cache") == []


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (401, "GatedRepo", "Dataset 'cais/mmlu' is a gated dataset on the Hub."),
        (401, "RepoNotFound", "Dataset 'cais/mmlu' doesn't exist on the Hub"),
        (404, "RevisionNotFound", f"Revision '{HUB['mmlu'].revision}' doesn't exist"),
    ],
)
def test_refusal_of_the_hub_is_the_reason(status, code, reason, tmp_path):
    class Refusal(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET  # noqa: N815  (http.server's name)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Refusal) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        environment = {
            "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
            "HF_HOME": str(tmp_path / "home"),
            "HF_HUB_OFFLINE": "0",
            "NO_PROXY": "127.0.0.1",
        }
        told = python(FAILING, str(tmp_path / "cache"), environment=environment).stdout
        server.shutdown()
    assert f"cannot be read from the Hugging Face hub: {reason}" in told


def test_absent_file_names_it_and_leaves_nothing(repository, tmp_path):
    dataset = repository("ood")
    (Path(dataset.repository) / "ood/knowledge.jsonl").unlink()
    with pytest.raises(DataError, match=r"ood: ood/knowledge\.jsonl of .* cannot be read"):
        materialise("ood", cache=tmp_path / "cache", hub={"ood": dataset})
    assert finished(tmp_path / "cache") == []


def test_file_that_is_no_json_names_it(repository, tmp_path):
    dataset = repository("ood")
    (Path(dataset.repository) / "ood/style.jsonl").write_text("{broken\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"ood: ood/style\.jsonl of .* cannot be read"):
        materialise("ood", cache=tmp_path / "cache", hub={"ood": dataset})


def test_unknown_benchmark_lists_the_known_ones(tmp_path):
    with pytest.raises(DataError, match=r"crimes: expected one of advglue, .*, mmlu, .* to fetch"):
        materialise("crimes", cache=tmp_path)


@pytest.mark.parametrize(
    ("name", "column", "value", "expected"),
    [
        ("advglue", "sentence", None, "a non-empty text under 'sentence', got None"),
        ("advglue", "label", 2, "one of 0, 1 under 'label', got 2"),
        ("advglue_plus_plus", "model", "dolly", "one of 'alpaca', .* under 'model', got 'dolly'"),
        ("adult", "label", "maybe", "one of 'yes', 'no' under 'label', got 'maybe'"),
        ("adult", "input", "age 40", "'sex Male' or 'sex Female' .*, got 'age 40'"),
        ("adult", "examples", None, "a list under 'examples', got None"),
        ("ethics", "label", [2], r"a list led by 0 or 1 under 'label', got \[2\]"),
        ("ethics", "is_short", None, "true or false under 'is_short', got None"),
        ("ood", "answer", "2", "one of '0', '1' under 'answer', got '2'"),
        ("mmlu", "choices", ["a", "b"], "four texts under 'choices', got"),
        (
            "mmlu",
            "subject",
            "../up",
            r"a name of small letters and _ under 'subject', got '\.\./up'",
        ),
    ],
)
def test_unexpected_row_names_file_and_row_and_leaves_nothing(
    name, column, value, expected, repository, tmp_path
):
    rows = hub_rows()[name]
    rows[0] = [{**row} for row in rows[0]]
    rows[0][-1][column] = value
    hub = {name: repository(name, rows)}
    file = HUB[name].files[0]
    with pytest.raises(DataError, match=rf"{file}, line {len(rows[0])}: expected {expected}"):
        materialise(name, cache=tmp_path / "cache", hub=hub)
    assert finished(tmp_path / "cache") == []


def test_renamed_column_names_the_expected_one(repository, tmp_path):
    tables = hub_rows()["ethics"]
    tables[1] = [{"input": row.pop("input1"), **row} for row in map(dict, tables[1])]
    hub = {"ethics": repository("ethics", tables)}
    with pytest.raises(DataError, match=r"cm_train\.jsonl, line 1: expected .* under 'input1'"):
        materialise("ethics", cache=tmp_path / "cache", hub=hub)
    assert finished(tmp_path / "cache") == []


def finished(cache: Path) -> list[str]:
    """Name what a failed fetch left, its lock aside."""
    return [path.name for path in (cache / "hub").iterdir() if path.suffix != ".lock"]


def python(
    script: str, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **(environment or {})},
    )
