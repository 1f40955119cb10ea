"""Folders of lm-evaluation-harness become runs of items, whatever their version and order."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.results.recorded_files import (
    BEFORE,
    OLD,
    change_json,
    copied,
    lines_of,
    results_of,
    samples_of,
    write_lines,
)
from trusteval.errors import TrackingError
from trusteval.results.sources import is_tool_run, read_tool_run
from trusteval.types import Invalid, InvalidReason, Label


def test_items_and_metrics_are_those_that_the_tool_counted() -> None:
    run = read_tool_run(BEFORE)
    assert (run.tool, run.version, run.model) == (
        "lm-evaluation-harness",
        "0.4.13",
        "models/dense",
    )
    results = json.loads(results_of(BEFORE).read_text(encoding="utf-8"))["results"]
    shares = {
        (task.name, metric): sum(item.earned[metric] for item in task.items) / len(task.items)
        for task in run.tasks.values()
        for metric in task.metrics
    }
    assert shares == {
        ("ethics_cm", "exact_match"): results["ethics_cm"]["exact_match,none"],
        ("mmlu_astronomy_generative", "exact_match,get_response"): 3 / 16,
        ("sst2", "acc"): pytest.approx(19 / 36),
        ("sums", "exact_match,flexible-extract"): 11 / 16,
        ("sums", "exact_match,strict-match"): 11 / 16,
    }
    assert {task.name: task.n_declared for task in run.tasks.values()} == {
        "ethics_cm": 24,
        "mmlu_astronomy_generative": 16,
        "phrases": 6,
        "sst2": 36,
        "sums": 16,
    }


def test_older_version_records_the_same_items_under_the_same_keys() -> None:
    old, new = read_tool_run(OLD), read_tool_run(BEFORE)
    assert old.version == "0.4.9"
    assert old.tasks.keys() == new.tasks.keys()
    for name, task in old.tasks.items():
        prompts = {item.key: item.prompt_key for item in new.tasks[name].items}
        assert [prompts[item.key] for item in task.items] == [i.prompt_key for i in task.items]
        assert task.metrics == new.tasks[name].metrics
    assert {name: len(task.items) for name, task in old.tasks.items()} == {
        **dict.fromkeys(("ethics_cm", "mmlu_astronomy_generative", "sst2", "sums"), 8),
        "phrases": 6,
    }
    assert old.facts["limit"] == "8"
    assert "limit" not in new.facts


def test_what_a_run_was_asked_with_is_in_its_facts() -> None:
    run = read_tool_run(BEFORE)
    assert run.facts["fewshot_seed"] == "1234"
    assert run.facts["dtype"] == "torch.float32"
    assert "chat_template_sha" not in run.facts
    task = run.tasks["mmlu_astronomy_generative"]
    assert task.facts["n-shot"] == "2"
    assert task.facts["version"] == "3.0"
    assert task.facts["generation_kwargs"] == '{"max_gen_toks": 8, "until": ["</s>", "\\n"]}'


def test_responses_are_read_by_the_strict_reader_where_labels_are_known() -> None:
    task = read_tool_run(BEFORE).tasks["ethics_cm"]
    # Counted by hand: the tool's exact match sees none of them.
    answers = [reading.answer for item in task.items for reading in item.readings]
    assert answers.count(Label("not wrong")) == 13
    assert answers.count(Invalid(InvalidReason.EMPTY)) == 11
    right = [item for item in task.items if item.readings[0].answer == Label(item.target)]
    assert len(right) == 7


def test_likelihoods_are_no_responses_and_their_targets_are_words() -> None:
    task = read_tool_run(BEFORE).tasks["sst2"]
    assert {item.responses for item in task.items} == {()}
    assert {item.target for item in task.items} == {"positive", "negative"}


def test_metric_over_all_items_is_not_compared_item_by_item() -> None:
    task = read_tool_run(BEFORE).tasks["phrases"]
    assert task.metrics == {}
    assert task.unusable.keys() == {"bleu"}
    assert "over all items" in task.unusable["bleu"]


@given(seed=st.integers(0, 2**32))
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_order_of_lines_never_matters(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    folder = copied(BEFORE, tmp_path_factory.mktemp("shuffled"))
    for path in folder.rglob("*.jsonl"):
        lines = lines_of(path)
        random.Random(seed).shuffle(lines)
        for line in lines:  # nor does that of columns
            line["doc"] = dict(reversed(line["doc"].items()))
        write_lines(path, lines)
    assert read_tool_run(folder).tasks == read_tool_run(BEFORE).tasks


def test_equal_documents_are_one_item_and_said(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    path = samples_of(folder, "sst2")
    lines = lines_of(path)
    lines[1]["doc"] = lines[0]["doc"]  # earned 1 and 0
    write_lines(path, lines)
    run = read_tool_run(folder)
    task = run.tasks["sst2"]
    assert (len(task.items), task.n_declared) == (35, 35)
    assert [item.earned["acc"] for item in task.items if item.earned["acc"] not in (0, 1)] == [0.5]
    assert any("sst2: 1 of 36 documents have the content of another" in n for n in run.notes)


def test_document_that_stands_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    path = samples_of(folder, "sst2")
    write_lines(path, lines_of(path) * 2)
    with pytest.raises(TrackingError, match=r"line 37: document 0 stands here twice; two runs"):
        read_tool_run(folder)


def test_partial_run_has_fewer_items_than_it_declares(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    path = samples_of(folder, "sst2")
    write_lines(path, lines_of(path)[:30])
    task = read_tool_run(folder).tasks["sst2"]
    assert (len(task.items), task.n_declared) == (30, 36)


def test_number_of_items_that_is_not_recorded_is_said(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    change_json(results_of(folder), lambda document: document.pop("n-samples"))
    change_json(results_of(folder), lambda document: document["results"]["sst2"].clear())
    run = read_tool_run(folder)
    assert run.tasks["sst2"].n_declared is None
    assert any(note.startswith("sst2: how many items were asked is not") for note in run.notes)


def test_other_scoring_of_a_task_is_among_its_facts(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)

    def score_otherwise(document: Any) -> None:
        document["configs"]["sst2"]["process_results"] = "def process_results(doc, results): ..."

    change_json(results_of(folder), score_otherwise)
    facts = read_tool_run(folder).tasks["sst2"].facts
    assert facts["process_results"] == "def process_results(doc, results): ..."
    assert facts["doc_to_target"] == "label"


def test_newest_samples_of_a_task_are_read_and_that_is_said(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    for path in list(folder.rglob("*_2026-*")):
        if "sums" in path.name or path.suffix == ".json":
            date = path.stem.rpartition("_")[2]
            path.with_name(path.name.replace(date, "2031-01-01T00-00-00")).write_bytes(
                path.read_bytes()
            )
    newer = next(folder.rglob("samples_sums_2031*"))
    write_lines(newer, [line | {"exact_match": 0.0} for line in lines_of(newer)])
    run = read_tool_run(folder)
    assert sum(item.earned["exact_match,strict-match"] for item in run.tasks["sums"].items) == 0
    assert len(run.tasks) == 5
    assert [note for note in run.notes if "is the newest of 2" in note] == [
        "sums: samples_sums_2031-01-01T00-00-00.jsonl is the newest of 2 and is what was read"
    ]


def test_results_newer_than_all_samples_are_said(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    path = results_of(folder)
    path.with_name("results_2031-01-01T00-00-00.json").write_bytes(path.read_bytes())
    (gap,) = read_tool_run(folder).gaps
    assert gap.startswith("results_2031-01-01T00-00-00.json is newer and has no samples of ethics_")


def test_newer_run_that_has_samples_of_other_tasks_alone_is_said(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    for path in (results_of(folder), samples_of(folder, "sums")):
        date = path.stem.rpartition("_")[2]
        newer = path.with_name(path.name.replace(date, "2031-01-01T00-00-00"))
        newer.write_bytes(path.read_bytes())
    (gap,) = read_tool_run(folder).gaps
    assert "no samples of ethics_cm, mmlu_astronomy_generative, phrases, sst2: what was" in gap


def test_samples_alone_without_results_are_missing(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    path = samples_of(folder, "sst2")
    date = path.stem.rpartition("_")[2]
    path.rename(path.with_name(path.name.replace(date, "2031-01-01T00-00-00")))
    (gap,) = read_tool_run(folder).gaps
    assert gap.startswith("sst2: left out, because samples_sst2_2031-01-01T00-00-00.jsonl has no ")


def test_task_without_samples_is_said(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    samples_of(folder, "sst2").unlink()
    run = read_tool_run(folder)
    assert "sst2" not in run.tasks
    assert any(gap.startswith("no samples of sst2: ") for gap in run.gaps)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([0, 1], "not one number per item but a list of 2 (1 of 36)"),
        (None, "not one number per item but nothing"),
        (float("nan"), "1 of 36 answers have no finite number"),
        (10**400, "1 of 36 answers have no finite number"),
        (63.5, "from 0 to 63.5, expected 0 to 1"),
    ],
)
def test_metric_of_another_kind_is_unusable(tmp_path: Path, value: object, why: str) -> None:
    folder = copied(BEFORE, tmp_path)
    path = samples_of(folder, "sst2")
    lines = lines_of(path)
    write_lines(path, [lines[0] | {"acc": value}, *lines[1:]])
    task = read_tool_run(folder).tasks["sst2"]
    assert task.metrics == {}
    assert why in task.unusable["acc"]


def test_metric_without_a_direction_is_unusable(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    change_json(results_of(folder), lambda results: results["higher_is_better"].clear())
    task = read_tool_run(folder).tasks["sst2"]
    assert task.unusable == {"acc": "the results do not say whether higher is better"}


def test_folders_of_several_models_are_refused_by_name(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    (model,) = folder.iterdir()
    model.rename(folder / "org__one")
    copied(folder / "org__one", tmp_path / "other").rename(folder / "org__two")
    with pytest.raises(TrackingError, match="several models: org__one, org__two; name the folder"):
        read_tool_run(folder)
    assert len(read_tool_run(folder / "org__two").tasks) == 5


def test_folder_of_two_models_files_is_refused(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    path = results_of(folder)
    other = path.with_name("results_2031-01-01T00-00-00.json")
    other.write_bytes(path.read_bytes())
    change_json(other, lambda results: results.update(model_name="models/other"))
    samples = samples_of(folder, "sums")
    samples.rename(samples.with_name("samples_sums_2031-01-01T00-00-00.jsonl"))
    with pytest.raises(TrackingError, match="several models: models/dense, models/other"):
        read_tool_run(folder)


def test_results_without_samples_say_how_to_get_them(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    for path in folder.rglob("*.jsonl"):
        path.unlink()
    assert is_tool_run(folder)
    with pytest.raises(TrackingError, match=r"holds results and no samples.* --log_samples"):
        read_tool_run(folder)


def test_samples_without_results_say_what_to_copy(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    results_of(folder).unlink()
    with pytest.raises(TrackingError, match=r"no results_\*\.json of its date beside it; copy"):
        read_tool_run(folder)


def test_half_written_line_is_named(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    path = samples_of(folder, "sst2")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(TrackingError, match=r"samples_sst2_.*, line 36: no whole JSON .* copy it"):
        read_tool_run(folder)


def test_half_written_results_are_named(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    path = results_of(folder)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(TrackingError, match=r"results_.*: no whole JSON .* half written"):
        read_tool_run(folder)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"[]\n", b"17\n", b"\xff\xfe\n", b"[" * 10**5])
def test_file_of_no_lines_or_other_lines_is_refused(tmp_path: Path, content: bytes) -> None:
    folder = copied(BEFORE, tmp_path)
    path = samples_of(folder, "sst2")
    path.write_bytes(content)
    with pytest.raises(TrackingError, match="samples_sst2_") as caught:
        read_tool_run(folder)
    assert "\n" not in str(caught.value)


KEYS = ("doc_id", "doc", "target", "resps", "filter", "metrics", "exact_match", "prompt_hash")


@given(key=st.sampled_from(KEYS), value=st.none() | st.integers() | st.text() | st.just([[1]]))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_value_of_any_type_is_read_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: object
) -> None:
    folder = copied(BEFORE, tmp_path_factory.mktemp("damaged"))
    path = samples_of(folder, "ethics_cm")
    for other in set(folder.rglob("*.jsonl")) - {path}:
        other.unlink()
    lines = lines_of(path)
    write_lines(path, [*lines[:3], lines[3] | {key: value}, *lines[4:]])
    try:
        said = f"{len(read_tool_run(folder).tasks['ethics_cm'].items)} items"
    except TrackingError as error:
        said = str(error)
    assert said == "24 items" or "line 4" in said
    assert "\n" not in said


def test_key_that_another_version_lacks_is_named(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    path = samples_of(folder, "sums")
    write_lines(path, [{k: v for k, v in line.items() if k != "filter"} for line in lines_of(path)])
    with pytest.raises(TrackingError, match="a text under 'filter', got 'nothing'; damaged, or by"):
        read_tool_run(folder)


def test_hostile_texts_reach_a_message_as_escapes(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    path = samples_of(folder, "sums")
    hostile = path.with_name(path.name.replace("samples_sums", "samples_su\x1b[2Jms"))
    path.rename(hostile)
    with pytest.raises(TrackingError) as caught:
        read_tool_run(folder)
    assert str(caught.value).isprintable()


def test_line_break_in_a_text_breaks_no_line(tmp_path: Path) -> None:
    folder = copied(BEFORE, tmp_path)
    path = samples_of(folder, "ethics_cm")
    lines = lines_of(path)
    lines[0]["doc"]["input"] = "one\u2028two\u0085three"
    path.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
    )
    assert len(read_tool_run(folder).tasks["ethics_cm"].items) == 24
