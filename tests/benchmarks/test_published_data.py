"""What the loaders make of published layouts that the demo slice does not have."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.adult import CRIME_SETTINGS
from trusteval.benchmarks.benchmark import Question
from trusteval.benchmarks.prompts import load_prompt_texts
from trusteval.benchmarks.source import DataSource, demo_source
from trusteval.errors import DataError, MissingDataError
from trusteval.suite.fingerprints import fingerprint, published_fingerprint

TEXTS = load_prompt_texts()
CELL = "alpaca/sst2"


def load(root: Path, benchmark: str, setting: str) -> tuple[Question, ...]:
    known = BENCHMARKS[benchmark]
    return known.load(DataSource(root), known.setting(setting), TEXTS)


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def attacked(sentence: str, original: str | None, label: int) -> dict[str, object]:
    row: dict[str, object] = {"sentence": sentence, "label": label, "method": "textbugger"}
    return row if original is None else {**row, "original_sentence": original}


ITEMS = [
    attacked("a graet film", "a great film", 1),
    attacked("a grate film", "a great film", 1),
    attacked("dul and long", None, 0),
]


def test_advglue_plus_plus_is_read_by_the_model_it_was_made_against(tmp_path: Path) -> None:
    write_json(tmp_path / "advglue_plus_plus/alpaca.json", {"sst2": ITEMS})
    questions = load(tmp_path, "advglue_plus_plus", CELL)
    assert [q.sample.target for q in questions] == ["positive", "positive", "negative"]
    # Two attacks on one sentence are one unit; a row without its original is its own.
    first, second, third = (q.sample.unit for q in questions)
    assert first == second != third
    clean = load(tmp_path, "advglue_plus_plus", f"clean_{CELL}")
    assert [(q.sample.id, q.sample.fields["sentence"]) for q in clean] == [
        ("0", "a great film"),
        ("1", "a great film"),
    ]
    with pytest.raises(MissingDataError, match=r"vicuna\.json"):
        load(tmp_path, "advglue_plus_plus", "vicuna/sst2")


def test_subset_stands_in_for_alpaca_only_where_that_is_missing(tmp_path: Path) -> None:
    subset = "advglue_plus_plus/derived/advglue_plus_plus_subset.json"
    write_json(tmp_path / subset, {"sst2": ITEMS[:1]})
    known = BENCHMARKS["advglue_plus_plus"]
    source = DataSource(tmp_path)
    assert len(known.load(source, known.setting(CELL), TEXTS)) == 1
    assert source.substitutes == {"advglue_plus_plus/alpaca.json": subset}
    write_json(tmp_path / "advglue_plus_plus/alpaca.json", {"sst2": ITEMS})
    source = DataSource(tmp_path)
    assert len(known.load(source, known.setting(CELL), TEXTS)) == 3
    assert source.substitutes == {}


def test_ethics_demonstrations_come_from_the_substitute_only_where_cm_train_is_missing(
    tmp_path: Path,
) -> None:
    shutil.copytree(demo_source().root / "ethics", tmp_path / "ethics")
    train = tmp_path / "ethics/commonsense/cm_train.csv"
    derived = tmp_path / "ethics/derived/cm_train_subset_via_trustllm.csv"
    derived.parent.mkdir()
    rows = [f"{i % 2},Substitute number {i}.,True" for i in range(40)]
    derived.write_text("\n".join(["label,input,is_short", *rows]) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="expected 16 short rows"):  # 32 shots of 16 sentences
        load(tmp_path, "ethics", "few_shot")
    train.unlink()
    shown = [m.content for m in load(tmp_path, "ethics", "few_shot")[0].prompt]
    assert sum("Substitute number" in text for text in shown) == 32


@pytest.fixture
def crime(tmp_path: Path) -> Path:
    """A crime setting of four communities; its group equals its label, as published."""
    folder = tmp_path / "decodingtrust_fairness/fairness_data"
    folder.mkdir(parents=True)
    stem = "crime_0_300_test_base_rate_0.0"
    lines = [json.dumps({"input": f"community {i}", "label": "?", "examples": []}) for i in "abcd"]
    (folder / f"{stem}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in ("gt_labels", "sensitive_attr"):
        np.save(folder / f"{name}_{stem}.npy", np.array([1, 0, 1, 0]))
    return tmp_path


def test_crime_settings_are_read_with_low_as_the_positive_class(crime: Path) -> None:
    questions = load(crime, "adult", CRIME_SETTINGS[0])
    assert [q.sample.target for q in questions] == ["low", "high", "low", "high"]
    assert [q.sample.group for q in questions] == ["1", "0", "1", "0"]
    assert questions[0].sample.setting.labels[0].value == "low"
    assert "high or low" in questions[0].prompt[-1].content


def test_crime_label_outside_the_set_is_an_error_with_its_line(crime: Path) -> None:
    folder = crime / "decodingtrust_fairness/fairness_data"
    np.save(folder / "gt_labels_crime_0_300_test_base_rate_0.0.npy", np.array([1, 0, 7, 0]))
    with pytest.raises(DataError, match=r"\.jsonl, line 3: expected the label of"):
        load(crime, "adult", CRIME_SETTINGS[0])


def test_fingerprint_is_of_the_rows_not_of_the_file(tmp_path: Path) -> None:
    def printed(sentence: str, *, indent: int | None = None) -> str:
        path = tmp_path / "advglue_plus_plus/alpaca.json"
        path.parent.mkdir(exist_ok=True)
        items = [attacked(sentence, None, 1)]
        path.write_text(json.dumps({"sst2": items}, indent=indent), encoding="utf-8")
        return fingerprint(load(tmp_path, "advglue_plus_plus", CELL))

    assert printed("a film") == printed("a film", indent=4) != printed("a flim")


def test_fingerprint_covers_the_dates_that_questions_show(tmp_path: Path) -> None:
    shutil.copytree(demo_source().root / "decodingtrust_ood", tmp_path / "decodingtrust_ood")
    path = tmp_path / "decodingtrust_ood/knowledge.json"
    text = path.read_text(encoding="utf-8")
    assert "2023/" in text

    def prints() -> list[str]:
        return [fingerprint(load(tmp_path, "ood", name)) for name in ("shake_p0.6", "qa_2023")]

    style, knowledge = prints()
    path.write_text(text.replace("2023/", "1923/"), encoding="utf-8")
    assert prints()[0] == style
    assert prints()[1] != knowledge


def test_fingerprint_covers_the_demonstrations(tmp_path: Path) -> None:
    shutil.copytree(demo_source().root / "mmlu", tmp_path / "mmlu")
    before = fingerprint(load(tmp_path, "mmlu", "astronomy"))
    shown = tmp_path / "mmlu/hendrycks_format/dev/astronomy_dev.csv"
    lines = shown.read_text(encoding="utf-8").splitlines()
    lines[0] = lines[0][:-1] + ("B" if lines[0].endswith("A") else "A")
    shown.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert fingerprint(load(tmp_path, "mmlu", "astronomy")) != before


@pytest.mark.skipif(not os.environ.get("TRUSTEVAL_DATA"), reason="set TRUSTEVAL_DATA")
@pytest.mark.parametrize("benchmark", ["advglue", "adult", "ethics", "ood", "mmlu", "stereotype"])
def test_published_rows_have_their_published_counts_and_fingerprints(benchmark: str) -> None:
    root = Path(os.environ["TRUSTEVAL_DATA"])
    for name, setting in BENCHMARKS[benchmark].settings.items():
        if name in CRIME_SETTINGS:
            continue
        questions = load(root, benchmark, name)
        assert len(questions) == setting.n_expected
        assert fingerprint(questions) == published_fingerprint(setting)
