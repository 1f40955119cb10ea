"""Logs of inspect become runs of items, as JSON and as `.eval`, of either version."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.results.recorded_files import INSPECT_NEW, INSPECT_OLD, change_json
from trusteval.errors import TrackingError
from trusteval.results.sources import is_tool_run, read_tool_run
from trusteval.types import Invalid, InvalidReason, Label, Refusal

versions = pytest.mark.parametrize(
    ("folder", "version"), [(INSPECT_OLD, "0.3.150"), (INSPECT_NEW, "0.3.285")]
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of multiple choices in two epochs, as JSON that may be changed."""
    return Path(shutil.copy(INSPECT_NEW / "mmlu-0-shot.json", tmp_path / "log.json"))


@versions
def test_folder_of_logs_is_one_run(folder: Path, version: str) -> None:
    run = read_tool_run(folder)
    assert (run.tool, run.version, run.model) == ("inspect", version, "mockllm/model")
    assert {task.name: len(task.items) for task in run.tasks.values()} == {
        "mmlu_0_shot": 6,
        "sums": 3,
    }


def test_both_versions_record_the_same_items() -> None:
    old, new = read_tool_run(INSPECT_OLD), read_tool_run(INSPECT_NEW)
    assert {name: task.items for name, task in old.tasks.items()} == {
        name: task.items for name, task in new.tasks.items()
    }
    assert {name: task.facts for name, task in old.tasks.items()} == {
        name: task.facts for name, task in new.tasks.items()
    }


@versions
def test_eval_file_says_what_its_json_says(folder: Path, version: str) -> None:
    pytest.importorskip("inspect_ai", reason="the extra inspect is not installed")
    for name in ("mmlu-0-shot", "sums"):
        packed = read_tool_run(folder / f"{name}.eval")
        assert packed.version == version
        assert packed.tasks == read_tool_run(folder / f"{name}.json").tasks


def test_items_have_the_mean_of_their_epochs() -> None:
    task = read_tool_run(INSPECT_NEW).tasks["mmlu_0_shot"]
    # As inspect's own reduction in the log has it: 1, .5, 1, .5, 0, .5.
    assert sorted(item.earned["choice"] for item in task.items) == [0, 0.5, 0.5, 0.5, 1, 1]
    assert {len(item.responses) for item in task.items} == {2}
    assert (task.n_declared, task.metrics) == (6, {"choice": True})


def test_truncation_and_refusal_are_read_from_responses() -> None:
    task = read_tool_run(INSPECT_NEW).tasks["mmlu_0_shot"]
    answers = [reading.answer for item in task.items for reading in item.readings]
    # Counted by hand in making/record_inspect.py.
    assert [answers.count(Label(letter)) for letter in "ABCD"] == [3, 4, 2, 1]
    assert answers.count(Invalid(InvalidReason.TRUNCATED)) == 1
    assert answers.count(Refusal()) == 1


def test_every_scorer_is_a_metric() -> None:
    task = read_tool_run(INSPECT_NEW).tasks["sums"]
    assert task.metrics == {"brevity": True, "includes": True}
    earned = sorted((item.text, *item.earned.values()) for item in task.items)
    assert earned == [
        ("What is 3 + 4?", 1, 1),
        ("What is 5 + 2?", 0.2, 1),
        ("What is 6 + 6?", 1, 0),
    ]


def test_what_a_task_was_asked_with_is_in_its_facts() -> None:
    facts = read_tool_run(INSPECT_NEW).tasks["mmlu_0_shot"].facts
    assert facts == {
        "version": "2",
        "dataset": "sky",
        "solver": '[{"solver": "multiple_choice"}]',
        "scorers": '[{"scorer": "choice"}]',
        "epochs": "2",
        "max_tokens": "16",
        "temperature": "0.5",
        "seed": "7",
    }


def test_order_of_samples_never_matters(log: Path) -> None:
    whole = read_tool_run(log).tasks
    change_json(log, lambda document: random.Random(1).shuffle(document["samples"]))
    assert read_tool_run(log).tasks == whole


def test_answers_that_ended_in_an_error_are_left_out_and_said(log: Path) -> None:
    def fail(document: Any) -> None:
        document["status"] = "error"
        document["error"] = {"message": "the server\nis gone"}
        for sample in document["samples"][:2]:
            sample["error"] = {"message": "timeout"}
            sample["scores"] = {}

    change_json(log, fail)
    run = read_tool_run(log)
    assert run.gaps == (
        "mmlu_0_shot: did not finish (error: the server\nis gone)",
        "mmlu_0_shot: 2 of 12 answers are left out: they ended in an error",
        "mmlu_0_shot: 2 of 6 items were answered fewer than 2 times",
    )


def test_log_that_was_cancelled_is_partial(log: Path) -> None:
    def cancel(document: Any) -> None:
        document["status"] = "cancelled"
        del document["samples"][3:6], document["samples"][-3:]

    change_json(log, cancel)
    run = read_tool_run(log)
    task = run.tasks["mmlu_0_shot"]
    assert (len(task.items), task.n_declared) == (3, 6)
    assert "mmlu_0_shot: did not finish (cancelled)" in run.gaps


def test_epoch_that_was_not_reached_is_missing(log: Path) -> None:
    def drop(document: Any) -> None:
        document["samples"] = [one for one in document["samples"] if one["epoch"] == 1]

    change_json(log, drop)
    assert read_tool_run(log).gaps == (
        "mmlu_0_shot: 6 of 6 items were answered fewer than 2 times",
    )


def test_log_that_names_no_items_declares_them_by_their_number(log: Path) -> None:
    change_json(log, lambda document: document["eval"]["dataset"].pop("sample_ids"))
    assert read_tool_run(log).tasks["mmlu_0_shot"].n_declared == 6


@pytest.mark.parametrize(
    ("value", "earned"),
    [("C", 1), ("I", 0), ("P", 0.5), ("N", 0), (True, 1), ("0.25", 0.25), ("no", 0), (0.75, 0.75)],
)
def test_scores_count_as_inspect_counts_them(log: Path, value: object, earned: float) -> None:
    def score(document: Any) -> None:
        for sample in document["samples"]:
            sample["scores"]["choice"]["value"] = value

    change_json(log, score)
    items = read_tool_run(log).tasks["mmlu_0_shot"].items
    assert {item.earned["choice"] for item in items} == {earned}


def test_scores_of_an_object_are_metrics_of_their_own(log: Path) -> None:
    def score(document: Any) -> None:
        for sample in document["samples"]:
            sample["scores"] = {"judge": {"value": {"clear": "C", "length": 80, "why": [1]}}}

    change_json(log, score)
    task = read_tool_run(log).tasks["mmlu_0_shot"]
    assert task.metrics == {"judge/clear": True}
    assert task.unusable.keys() == {"judge/length", "judge/why"}


def test_messages_pair_whatever_their_ids(log: Path, tmp_path: Path) -> None:
    def ask(prefix: str) -> Any:
        def change(document: Any) -> None:
            for sample in document["samples"]:
                sample["input"] = [
                    {"id": f"{prefix}{sample['id']}", "role": "user", "content": sample["input"]}
                ]

        return change

    other = Path(shutil.copy(log, tmp_path / "other.json"))
    change_json(log, ask("a"))
    change_json(other, ask("b"))
    keys = [
        [item.key for item in read_tool_run(path).tasks["mmlu_0_shot"].items]
        for path in (log, other)
    ]
    assert keys[0] == keys[1]


def test_sample_that_stands_twice_is_refused(log: Path) -> None:
    change_json(log, lambda document: document["samples"].append(document["samples"][0]))
    with pytest.raises(TrackingError, match="sample 12: sample sky-0 stands here twice in epoch 1"):
        read_tool_run(log)


def test_newest_log_of_a_task_is_read_and_that_is_said(log: Path, tmp_path: Path) -> None:
    def make_newer(document: Any) -> None:
        document["eval"]["created"] = "2031-01-01T00:00:00+00:00"
        for sample in document["samples"]:
            sample["scores"]["choice"]["value"] = "I"

    change_json(Path(shutil.copy(log, tmp_path / "again.json")), make_newer)
    run = read_tool_run(tmp_path)
    assert {item.earned["choice"] for item in run.tasks["mmlu_0_shot"].items} == {0}
    assert run.notes == ("mmlu_0_shot: again.json is the newest of 2 and is what was read",)


def test_task_with_other_arguments_is_another_task(log: Path, tmp_path: Path) -> None:
    other = Path(shutil.copy(log, tmp_path / "other.json"))
    change_json(other, lambda document: document["eval"].update(task_args={"subject": "sky"}))
    assert read_tool_run(tmp_path).tasks.keys() == {
        "mmlu_0_shot {}",
        'mmlu_0_shot {"subject": "sky"}',
    }


def test_logs_of_several_models_are_refused_by_name(log: Path, tmp_path: Path) -> None:
    other = Path(shutil.copy(INSPECT_NEW / "sums.json", tmp_path / "other.json"))
    change_json(other, lambda document: document["eval"].update(model="vllm/tiny"))
    with pytest.raises(TrackingError, match="several models: mockllm/model, vllm/tiny; put each"):
        read_tool_run(tmp_path)


def test_log_without_samples_says_what_to_do(log: Path) -> None:
    change_json(log, lambda document: document.pop("samples"))
    with pytest.raises(TrackingError, match=r"log\.json: no sample with an answer .*log_samples"):
        read_tool_run(log)


def test_half_written_log_is_refused(log: Path) -> None:
    log.write_bytes(log.read_bytes()[:9000])
    assert is_tool_run(log)
    with pytest.raises(TrackingError, match=r"log\.json: no whole JSON .* half written"):
        read_tool_run(log)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all"])
def test_damaged_eval_file_is_refused(tmp_path: Path, content: bytes) -> None:
    pytest.importorskip("inspect_ai", reason="the extra inspect is not installed")
    path = tmp_path / "log.eval"
    path.write_bytes(content)
    with pytest.raises(TrackingError, match=r"log\.eval: no whole log"):
        read_tool_run(path)


def test_eval_file_without_the_extra_names_it(tmp_path: Path) -> None:
    try:
        import inspect_ai  # noqa: F401
    except ImportError:
        pass
    else:
        pytest.skip("inspect_ai is installed")
    with pytest.raises(
        TrackingError, match=r"pip install 'trusteval\[inspect\]', or name the JSON"
    ):
        read_tool_run(INSPECT_NEW / "sums.eval")


@pytest.mark.parametrize("key", ["eval", "status", "samples"])
@pytest.mark.parametrize("value", [17, "text", [1], {"a": 1}])
def test_value_of_another_type_is_refused_in_one_line(log: Path, key: str, value: object) -> None:
    document = json.loads(log.read_text(encoding="utf-8"))
    log.write_text(json.dumps({"version": 2, "status": "", **document, key: value}))
    if (key, value) == ("status", "text"):
        assert any("did not finish (text)" in gap for gap in read_tool_run(log).gaps)
        return
    with pytest.raises(TrackingError) as caught:
        read_tool_run(log)
    assert "\n" not in str(caught.value)
