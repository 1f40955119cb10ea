"""Trackers of experiments, offline: what their own clients read back."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.report.exports.runs import HOME, of_a_model

pytestmark = pytest.mark.xdist_group("exports")  # one worker makes the runs for all


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return of_a_model(tmp_path_factory.mktemp("judged"))


def command(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `trusteval export` in a process of its own: trackers leave threads and settings."""
    return subprocess.run(
        [sys.executable, "-m", "trusteval", "export", *map(str, words)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Stored:
    """The runs of a store of MLflow, by name, as its client reads them."""

    def __init__(self, folder: Path) -> None:
        from mlflow.tracking import MlflowClient

        warnings.simplefilter("ignore")  # of SQLAlchemy, about how MLflow uses it
        uri = f"sqlite:///{folder / 'mlflow.db'}"
        self.client = MlflowClient(tracking_uri=uri, registry_uri=uri)
        experiment = self.client.get_experiment_by_name("trusteval")
        assert experiment is not None
        found = self.client.search_runs([experiment.experiment_id])
        self.runs = {one.info.run_name: one for one in found}


@pytest.fixture(scope="module")
def mlflow_store(judged: Path, refusing: Path, tmp_path_factory: pytest.TempPathFactory) -> Stored:
    """A store that was named by its folder, and by its address to take the vote of another run."""
    pytest.importorskip("mlflow", reason="needs trusteval[mlflow]")
    folder = tmp_path_factory.mktemp("mlflow")
    made = command(judged, "--to", "mlflow", "--out", folder)
    assert made.returncode == 0, made.stderr
    uri = f"sqlite:///{folder / 'mlflow.db'}"
    of_vote = (refusing, "--to", "mlflow", "--subject", "vote", "--without-texts")
    made = command(*of_vote, MLFLOW_TRACKING_URI=uri)
    assert made.returncode == 0, made.stderr
    return Stored(folder)


def test_mlflow_has_a_run_with_one_nested_for_each_subject(mlflow_store: Stored) -> None:
    whole = mlflow_store.runs["mine-4bit 2026-11-26T10:00:00Z"]
    nested = {"dense", "gptq-4"}
    of_run = [one.data.tags.get("mlflow.parentRunId") for one in mlflow_store.runs.values()]
    assert of_run.count(whole.info.run_id) == len(nested)
    for name in nested:
        run = mlflow_store.runs[name]
        assert run.data.tags["mlflow.parentRunId"] == whole.info.run_id
        assert run.info.status == "FINISHED"
        assert run.data.params["variant"] == name
    told = whole.data.params
    assert (told["model"], told["profile"], told["protocol"]) == ("mine-4bit", "quick", "strict")
    assert whole.data.tags["trusteval.result"] == "PASSED"
    assert "MAY SHIP" in whole.data.tags["trusteval.may_ship"]
    kept = {one.path for one in mlflow_store.client.list_artifacts(whole.info.run_id)}
    assert kept == {"verdicts.json", "report.md"}


def test_mlflow_has_scores_with_their_intervals_and_says_which_are_undefined(
    mlflow_store: Stored,
) -> None:
    found = mlflow_store.runs["gptq-4"].data
    assert {name: value for name, value in found.metrics.items() if "ethics" in name} == {
        "ethics.score": 50.0,
        "ethics.low": 45.0,
        "ethics.high": 55.0,
        "ethics.non_answer_rate": 2.0,
        "ethics.n": 100.0,
    }
    assert "mmlu.score" not in found.metrics
    assert found.tags["trusteval.undefined.mmlu.score"] == "missing settings: law"


def test_mlflow_is_told_no_folder_of_somebodys_home(mlflow_store: Stored) -> None:
    told = [
        text
        for run in mlflow_store.runs.values()
        for text in (*run.data.params.values(), *run.data.tags.values())
    ]
    assert [text for text in told if HOME in text] == []


def test_mlflow_takes_the_store_that_the_environment_names(mlflow_store: Stored) -> None:
    (whole,) = (run for name, run in mlflow_store.runs.items() if name.startswith("refusing.json"))
    assert "no model ran" in whole.data.tags["trusteval.caveats"]
    assert whole.data.tags["trusteval.result"] == "FAILED"
    assert mlflow_store.runs["vote"].data.params["variant.vote over"] == "dense, gptq-8, gptq-4"
    assert [one.path for one in mlflow_store.client.list_artifacts(whole.info.run_id)] == [
        "verdicts.json"
    ]


def test_mlflow_says_in_one_line_what_it_does_not_take(judged: Path) -> None:
    pytest.importorskip("mlflow", reason="needs trusteval[mlflow]")
    made = command(judged, "--to", "mlflow", "--out", "nonsense://here")
    assert made.returncode == 2
    assert made.stderr.startswith("trusteval: MLflow")
    assert made.stderr.count("\n") == 1


def records(path: Path) -> Iterator[Any]:
    """Yield what a .wandb file holds: a log as LevelDB has it, of protocol buffers."""
    from wandb.proto import wandb_internal_pb2

    block, head = 32_768, 7
    content, place, whole = path.read_bytes(), head, b""
    while place + head <= len(content):
        if (left := block - place % block) < head:
            place += left
            continue
        _, size, kind = struct.unpack("<IHB", content[place : place + head])
        whole += content[place + head : place + head + size]
        place += head + size
        if kind in (1, 4):  # a record that is whole, or the last part of one
            record = wandb_internal_pb2.Record()
            record.ParseFromString(whole)
            yield record
            whole = b""


@pytest.fixture(scope="module")
def wandb_folder(judged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("wandb", reason="needs trusteval[wandb]")
    folder = tmp_path_factory.mktemp("wandb")
    made = command(judged, "--to", "wandb", "--out", folder, WANDB_MODE="offline")
    assert made.returncode == 0, made.stderr
    (run,) = folder.glob("wandb/offline-run-*")
    return run


def summary(folder: Path) -> Mapping[str, Any]:
    (path,) = folder.glob("run-*.wandb")
    return {
        ".".join(item.nested_key) or item.key: json.loads(item.value_json)
        for record in records(path)
        if record.WhichOneof("record_type") == "summary"
        for item in record.summary.update
    }


def test_wandb_keeps_scores_and_what_the_run_came_to_in_its_summary(wandb_folder: Path) -> None:
    found = summary(wandb_folder)
    assert found["gptq-4/ethics.score"] == 50.0
    assert found["gptq-4/ethics.low"] == 45.0
    assert found["gptq-4/mmlu.score"] == "undefined: missing settings: law"
    assert found["trusteval.result"] == "PASSED"


def test_wandb_has_a_table_of_verdicts_and_the_files(wandb_folder: Path) -> None:
    (path,) = wandb_folder.glob("files/media/table/verdicts_*.json")
    table = json.loads(path.read_text(encoding="utf-8"))
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["data"]]
    assert [(row["subject"], row["gate"], row["verdict"]) for row in rows] == [
        ("dense", "ethics.score", "PASS"),
        ("gptq-4", "ethics.score", "PASS"),
    ]
    assert (wandb_folder / "files" / "verdicts.json").is_file()


def test_wandb_is_told_no_folder_of_somebodys_home(wandb_folder: Path) -> None:
    tables = wandb_folder.glob("files/media/table/*.json")
    told = [path.read_text(encoding="utf-8") for path in tables]
    told += [str(record) for record in records(next(wandb_folder.glob("run-*.wandb")))]
    assert [text for text in told if HOME in text] == []


@pytest.mark.parametrize("kind", ["mlflow", "wandb"])
def test_a_missing_package_is_named_with_its_extra(judged: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / f"{kind}.py").write_text("raise ImportError('not here')", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    made = command(judged, "--to", kind, "--out", tmp_path / "out", PYTHONPATH=path)
    assert made.returncode == 2
    assert f"pip install 'trusteval[{kind}]'" in made.stderr
    assert made.stderr.count("\n") == 1
