"""The check of a data directory: every fault is found, named, and told from mere absence."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from trusteval.benchmarks import BENCHMARKS
from trusteval.benchmarks.source import demo_source
from trusteval.cli import main
from trusteval.errors import UsageError
from trusteval.suite.data_check import (
    BenchmarkFiles,
    SettingRows,
    State,
    check_data,
    data_document,
    data_lines,
)

pytestmark = pytest.mark.xdist_group("data check")  # one worker reads the published data, for all

ABSENT, DEVIATING, MALFORMED = State.ABSENT, State.DEVIATING, State.MALFORMED
PUBLISHED, UNKNOWN = State.PUBLISHED, State.UNKNOWN

ADVGLUE = "advglue/dev_ann.json"
STEM = "adult_32_200_train_base_rate_0.0"
FAIRNESS = "decodingtrust_fairness/fairness_data"
ADULT = f"{FAIRNESS}/{STEM}.jsonl"
LABELS = f"{FAIRNESS}/gt_labels_{STEM}.npy"
SEXES = f"{FAIRNESS}/sensitive_attr_{STEM}.npy"
ETHICS = "ethics/commonsense/cm_test.csv"
TRAIN = "ethics/commonsense/cm_train.csv"
STYLE = "decodingtrust_ood/style.json"
MMLU = "mmlu/hendrycks_format/test/astronomy_test.csv"
MMLU_DEV = "mmlu/hendrycks_format/dev/astronomy_dev.csv"

# A benchmark and setting that read each file.
READERS = {
    ADVGLUE: ("advglue", "sst2"),
    ADULT: ("adult", "few_shot_tr_br_0.0"),
    LABELS: ("adult", "few_shot_tr_br_0.0"),
    SEXES: ("adult", "few_shot_tr_br_0.0"),
    ETHICS: ("ethics", "zero_shot"),
    TRAIN: ("ethics", "few_shot"),
    STYLE: ("ood", "tweet_p0.6"),
    MMLU: ("mmlu", "astronomy"),
    MMLU_DEV: ("mmlu", "astronomy"),
}


@pytest.fixture
def root(tmp_path) -> Path:
    """A copy of the shipped slice, for tests to damage."""
    shutil.copytree(demo_source().root, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def empty(tmp_path) -> Path:
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def write(file: Path, content: object) -> Path:
    """Write JSON, or a text as it is, with the folders it needs."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    file.write_text(text, encoding="utf-8")
    return file


def edit(file: Path, old: str, new: str) -> None:
    """Replace the first `old`, which must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def remove_line(file: Path, number: int) -> None:
    lines = file.read_text(encoding="utf-8").split("\n")
    del lines[number - 1]
    file.write_text("\n".join(lines), encoding="utf-8")


def of(findings: list[BenchmarkFiles], benchmark: str) -> BenchmarkFiles:
    return next(finding for finding in findings if finding.benchmark == benchmark)


def check(directory: Path, benchmark: str, setting: str) -> SettingRows:
    """Check a directory; what is found of one setting."""
    settings = of(check_data(directory), benchmark).settings
    return next(found for found in settings if found.name == setting)


def states(finding: BenchmarkFiles) -> dict[str, State]:
    return {setting.name: setting.state for setting in finding.settings}


# -- what is looked at -------------------------------------------------------------------


def test_every_benchmark_and_setting_is_looked_at(empty):
    found = {finding.benchmark: list(states(finding)) for finding in check_data(empty)}
    expected = {name: list(benchmark.settings) for name, benchmark in BENCHMARKS.items()}
    assert found == {**expected, "adult_raw": ["draws"]}


def test_empty_directory_lacks_everything_and_is_not_damaged(empty):
    findings = check_data(empty)
    settings = [setting for finding in findings for setting in finding.settings]
    assert {(setting.state, setting.rows) for setting in settings} == {(ABSENT, 0)}
    assert not any(finding.is_damage or finding.sha256 for finding in findings)


@pytest.mark.parametrize("name", ["nowhere", "a_file"])
def test_directory_that_is_not_there_is_refused(tmp_path, name):
    (tmp_path / "a_file").touch()
    with pytest.raises(UsageError) as caught:
        check_data(tmp_path / name)
    assert str(caught.value).startswith(f"no data directory at {tmp_path / name}; ")


def test_check_leaves_the_directory_as_it_is(root):
    before = {file: file.stat().st_mtime_ns for file in root.rglob("*")}
    check_data(root)
    assert {file: file.stat().st_mtime_ns for file in root.rglob("*")} == before


def test_every_file_read_is_fingerprinted(root):
    finding = of(check_data(root), "mmlu")
    names = [file for file in root.glob("mmlu/**/*") if file.is_file()]
    assert finding.sha256 == {
        str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest() for file in names
    }


# -- the shipped slice, which is no published benchmark ------------------------------------


def test_slice_deviates_from_the_published_row_counts(root):
    finding = of(check_data(root), "advglue")
    assert finding.is_damage
    assert list(finding.settings) == [
        SettingRows(name, DEVIATING, 12, f"expected {rows} rows, got 12")
        for name, rows in (
            *(("sst2", 148), ("qqp", 78), ("mnli", 121)),
            *(("clean_sst2", 131), ("clean_qqp", 71), ("clean_mnli", 121)),
        )
    ]


def test_list_that_a_file_lacks_is_absent(root):
    assert check(root, "ood", "shake_w") == SettingRows(
        "shake_w", ABSENT, 0, f"{root / STYLE}: expected a list of objects under dev/shake_w"
    )


def test_list_that_is_none_is_malformed(empty):
    write(empty / STYLE, {"dev": {"shake_w": {}}})
    assert check(empty, "ood", "shake_w") == SettingRows(
        "shake_w", MALFORMED, 0, f"{empty / STYLE}: expected a list of objects under dev/shake_w"
    )


# -- damage ------------------------------------------------------------------------------


@pytest.mark.parametrize("file", READERS)
def test_removed_file_is_named_as_absent(root, file):
    (root / file).unlink()
    benchmark, setting = READERS[file]
    assert check(root, benchmark, setting) == SettingRows(
        setting, ABSENT, 0, f"{root / file}: No such file or directory"
    )


def test_removed_file_costs_no_other_setting(root):
    (root / TRAIN).unlink()
    found = states(of(check_data(root), "ethics"))
    assert [name for name, state in found.items() if state is ABSENT] == ["few_shot"]


def test_removed_row_is_counted(root):
    remove_line(root / MMLU, 4)
    assert check(root, "mmlu", "astronomy") == SettingRows(
        "astronomy", DEVIATING, 11, "expected 152 rows, got 11"
    )


def test_removed_row_with_arrays_beside_it_is_malformed(root):
    remove_line(root / ADULT, 4)
    assert check(root, "adult", "few_shot_tr_br_0.0") == SettingRows(
        "few_shot_tr_br_0.0",
        MALFORMED,
        0,
        f"{root / FAIRNESS}: {STEM} has 71 rows, 72 sensitive attributes and 72 labels; expected "
        "the same number of each",
    )


def pickle_labels(file: Path) -> None:
    np.save(file, np.array(np.load(file).tolist(), dtype=object), allow_pickle=True)


def garble(file: Path) -> None:
    """Put a byte into line 3 that is no UTF-8."""
    lines = file.read_bytes().split(b"\n")
    lines[2] += b"\xff"
    file.write_bytes(b"\n".join(lines))


def make_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5])


def swap(old: str, new: str) -> Callable[[Path], None]:
    return lambda file: edit(file, old, new)


@pytest.mark.parametrize(
    ("file", "damage", "reason"),
    [
        (LABELS, pickle_labels, ": not a plain NumPy array: Object arrays"),
        (SEXES, cut, ": not a plain NumPy array: "),
        (
            ADULT,
            swap('"label": "no"', '"label": "yes"'),
            f", line 1: expected the label of gt_labels_{STEM}.npy (0), got 'yes'",
        ),
        (ETHICS, swap("\n1,", "\n2,"), ", line 2: expected one of '1', '0' under 'label', got '2'"),
        (TRAIN, swap("label,", "lable,"), ", line 1: expected the columns label, input, is_short"),
        (STYLE, garble, ", line 3: not valid UTF-8"),
        (MMLU, garble, ", line 3: not valid UTF-8"),
        (MMLU_DEV, swap("\n", ",A\n"), ", line 1: expected 6 columns, got ["),
        (ADVGLUE, swap("{", "["), ", line 2: not valid JSON: "),
        (ADVGLUE, make_folder, ": Is a directory"),
    ],
    ids=[
        *("pickle", "cut array", "flipped label", "unknown label", "header"),
        *("bytes in json", "bytes in csv", "columns", "no json", "folder"),
    ],
)
def test_file_that_cannot_be_read_is_malformed(root, file, damage, reason):
    damage(root / file)
    found = check(root, *READERS[file])
    assert (found.state, found.rows) == (MALFORMED, 0)
    assert found.reason.startswith(f"{root / file}{reason}")


def test_malformed_file_costs_no_other_benchmark(root):
    before = {f.benchmark: f.settings for f in check_data(root)}
    garble(root / STYLE)
    after = {f.benchmark: f.settings for f in check_data(root)}
    assert [name for name in before if before[name] != after[name]] == ["ood"]


def test_missing_file_is_named_below_a_folder_of_any_name(tmp_path):
    directory = tmp_path / "No. 2. of ours"
    directory.mkdir()
    found = check(directory, "advglue", "sst2")
    assert found.reason == f"{directory / ADVGLUE}: No such file or directory"


def test_emptied_file_is_damage_not_absence(root):
    (root / MMLU).write_text("", encoding="utf-8")
    assert check(root, "mmlu", "astronomy") == SettingRows(
        "astronomy", DEVIATING, 0, "expected 152 rows, got 0"
    )


# -- rows that have no published fingerprint, or another --------------------------------------


def cell(*, clean: bool) -> dict[str, object]:
    """Write one model's texts, one of each task."""
    rows: dict[str, dict[str, object]] = {
        "sst2": {"sentence": "dul", "label": 0},
        "qqp": {"question1": "why ?", "question2": "Why?", "label": 1},
        "mnli": {"premise": "It raned.", "hypothesis": "It was dry.", "label": 2},
    }
    if clean:
        rows["sst2"]["original_sentence"] = "dull"
        rows["qqp"]["original_question1"] = "why?"
        rows["mnli"]["original_premise"] = "It rained."
    return {task: [row] for task, row in rows.items()}


def test_rows_without_a_published_fingerprint_are_unknown_not_damage(empty):
    write(empty / "advglue_plus_plus/alpaca.json", cell(clean=True))
    finding = of(check_data(empty), "advglue_plus_plus")
    known = {name: state for name, state in states(finding).items() if state is not ABSENT}
    assert known == dict.fromkeys(
        (f"{clean}alpaca/{task}" for clean in ("", "clean_") for task in ("sst2", "qqp", "mnli")),
        UNKNOWN,
    )
    assert not finding.is_damage


def test_clean_texts_that_a_file_does_not_hold_are_absent(empty):
    write(empty / "advglue_plus_plus/alpaca.json", cell(clean=False))
    assert check(empty, "advglue_plus_plus", "clean_alpaca/sst2") == SettingRows(
        "clean_alpaca/sst2", ABSENT, 0, "the files hold no such rows"
    )


def test_file_that_stands_in_for_another_is_named(empty):
    derived = "advglue_plus_plus/derived/advglue_plus_plus_subset.json"
    write(empty / derived, cell(clean=False))
    finding = of(check_data(empty), "advglue_plus_plus")
    assert finding.substitutes == {"advglue_plus_plus/alpaca.json": derived}
    assert f"  substitute: {derived} stands in for advglue_plus_plus/alpaca.json" in data_lines(
        [finding]
    )


def test_as_many_other_rows_deviate(empty):
    rows = [
        {"sentence": f"fine {i}", "original_sentence": f"Fine {i}", "label": i % 2}
        for i in range(148)
    ]
    write(empty / ADVGLUE, {"sst2": rows})
    assert check(empty, "advglue", "sst2") == SettingRows(
        "sst2", DEVIATING, 148, "the rows differ from the published ones"
    )
    assert check(empty, "advglue", "clean_sst2") == SettingRows(
        "clean_sst2", DEVIATING, 148, "expected 131 rows, got 148"
    )


def person(number: int, sex: str, income: str) -> str:
    return (
        f"{number}, Private, 1, HS-grad, 9, Divorced, Sales, Unmarried, White, {sex}, 0, 0, 40, "
        f"Peru, {income}\n"
    )


def test_people_to_draw_from_are_counted_by_group_and_label(empty):
    lines = [person(30, "Male", ">50K"), person(31, "Female", "<=50K"), person(32, "?", "<=50K")]
    write(empty / "adult/adult.data", "".join(lines))
    write(empty / "adult/adult.test", "|\n" + person(33, "Female", "<=50K."))
    assert check(empty, "adult_raw", "draws") == SettingRows(
        "draws", DEVIATING, 3, "to draw from: Male yes 1, Male no 0, Female yes 0, Female no 2"
    )


def test_malformed_people_are_named_by_file_and_line(empty):
    write(empty / "adult/adult.data", person(30, "male", ">50K"))
    write(empty / "adult/adult.test", "")
    assert check(empty, "adult_raw", "draws") == SettingRows(
        "draws",
        MALFORMED,
        0,
        f"{empty / 'adult/adult.data'}, line 1: expected one of 'Male', 'Female' under 'sex', got "
        "'male'",
    )


# -- words -------------------------------------------------------------------------------


def test_findings_are_worded_with_what_they_cost():
    settings = [
        SettingRows("a", PUBLISHED, 10),
        SettingRows("b", DEVIATING, 9, "expected 10 rows, got 9"),
        SettingRows("c", DEVIATING, 9, "expected 10 rows, got 9"),
        SettingRows("d", DEVIATING, 10, "the rows differ from the published ones"),
        SettingRows("e", MALFORMED, 0, "x.json, line 3: not valid UTF-8"),
        SettingRows("f", ABSENT, 0, "y.json: No such file or directory"),
        SettingRows("g", UNKNOWN, 2),
    ]
    finding = BenchmarkFiles("bench", settings, substitutes={"z.csv": "part of z.csv"})
    assert list(
        data_lines([finding, BenchmarkFiles("other", [SettingRows("a", PUBLISHED, 5)])])
    ) == [
        "bench: 5 of 7 settings, 40 rows",
        "  no published fingerprint to compare with: g",
        "  deviates: b, c (expected 10 rows, got 9)",
        "  deviates: d (the rows differ from the published ones)",
        "  missing, cannot be asked: f (y.json: No such file or directory)",
        "  malformed, cannot be asked: e (x.json, line 3: not valid UTF-8)",
        "  substitute: part of z.csv stands in for z.csv",
        "other: 1 of 1 settings, 5 rows",
    ]


@pytest.mark.parametrize(
    ("state", "damage"),
    [
        (PUBLISHED, False),
        (UNKNOWN, False),
        (ABSENT, False),
        (DEVIATING, True),
        (MALFORMED, True),
    ],
)
def test_damage_is_what_is_there_and_cannot_be_used(state, damage):
    rows = [SettingRows("a", PUBLISHED, 10), SettingRows("b", state, 0)]
    assert BenchmarkFiles("bench", rows).is_damage is damage


# -- trusteval data check ----------------------------------------------------------------


def test_files_that_are_only_missing_exit_with_0(empty, capsys):
    write(empty / "advglue_plus_plus/alpaca.json", cell(clean=True))
    assert main(["data", "check", str(empty)]) == 0
    printed = capsys.readouterr()
    assert printed.out == "\n".join(data_lines(check_data(empty))) + "\n"
    assert "advglue_plus_plus: 6 of 18 settings, 6 rows\n" in printed.out
    assert printed.err == ""


def test_rows_that_deviate_exit_with_1(root, capsys):
    assert main(["data", "check", str(root)]) == 1
    assert "  deviates: sst2 (expected 148 rows, got 12)\n" in capsys.readouterr().out


def test_malformed_file_exits_with_1(empty, capsys):
    write(empty / ADVGLUE, "{")
    assert main(["data", "check", str(empty)]) == 1
    assert f"({empty / ADVGLUE}, line 1: not valid JSON: " in capsys.readouterr().out


@pytest.mark.parametrize("name", ["nowhere", "a_file"])
def test_directory_that_is_not_there_exits_with_2_and_one_line(tmp_path, capsys, name):
    (tmp_path / "a_file").touch()
    assert main(["data", "check", str(tmp_path / name)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"trusteval: no data directory at {tmp_path / name}; ")
    assert printed.err.count("\n") == 1


def test_directory_that_is_not_named_exits_with_2(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["data", "check"])
    assert caught.value.code == 2
    assert "the following arguments are required: directory" in capsys.readouterr().err


def test_findings_are_written_as_json_too(root, tmp_path, capsys):
    out = tmp_path / "findings.json"
    assert main(["data", "check", str(root), "--json", str(out)]) == 1
    text = out.read_text(encoding="utf-8")
    found = json.loads(text)
    assert text == json.dumps(found, indent=2, sort_keys=True) + "\n"
    assert found == data_document(check_data(root))
    assert capsys.readouterr().out == "\n".join(data_lines(check_data(root))) + "\n"


def test_json_tells_settings_files_and_substitutes(empty, tmp_path):
    derived = "advglue_plus_plus/derived/advglue_plus_plus_subset.json"
    file = write(empty / derived, {**cell(clean=True), "mnli": []})
    out = tmp_path / "findings.json"
    assert main(["data", "check", str(empty), "--json", str(out)]) == 0
    by_name = {found["benchmark"]: found for found in json.loads(out.read_text(encoding="utf-8"))}
    assert list(by_name) == list(BENCHMARKS)
    found = by_name["advglue_plus_plus"]
    assert found["sha256"] == {derived: hashlib.sha256(file.read_bytes()).hexdigest()}
    assert found["substitutes"] == {"advglue_plus_plus/alpaca.json": derived}
    wanted = ("alpaca/sst2", "alpaca/mnli", "vicuna/qqp")
    assert [setting for setting in found["settings"] if setting["name"] in wanted] == [
        {"name": "alpaca/sst2", "reason": "", "rows": 1, "state": "unknown"},
        {
            "name": "vicuna/qqp",
            "reason": f"{empty / 'advglue_plus_plus/vicuna.json'}: No such file or directory",
            "rows": 0,
            "state": "absent",
        },
        {
            "name": "alpaca/mnli",
            "reason": "the files hold no such rows",
            "rows": 0,
            "state": "absent",
        },
    ]


def test_json_that_cannot_be_written_exits_with_2_and_one_line(empty, tmp_path, capsys):
    out = tmp_path / "nowhere" / "findings.json"
    assert main(["data", "check", str(empty), "--json", str(out)]) == 2
    assert capsys.readouterr().err == f"trusteval: cannot write {out}: No such file or directory\n"


# -- the published files -----------------------------------------------------------------


@pytest.fixture(scope="module")
def published() -> Path:
    """The directory of the published files."""
    directory = os.environ.get("TRUSTEVAL_DATA")
    if not directory:
        pytest.skip("TRUSTEVAL_DATA names no directory of the published files")
    return Path(directory)


@pytest.fixture(scope="module")
def findings(published) -> list[BenchmarkFiles]:
    return check_data(published)


def exceptions(finding: BenchmarkFiles) -> dict[str, tuple[State, str]]:
    """What is not as published."""
    return {s.name: (s.state, s.reason) for s in finding.settings if s.state is not PUBLISHED}


@pytest.mark.parametrize(
    ("benchmark", "settings", "rows"),
    [("advglue", 6, 670), ("ethics", 12, 8218), ("ood", 39, 32552), ("mmlu", 57, 14042)],
)
def test_published_rows_are_recognised(findings, benchmark, settings, rows):
    finding = of(findings, benchmark)
    assert exceptions(finding) == {}
    assert len(finding.settings) == settings
    assert sum(setting.rows for setting in finding.settings) == rows


def test_crime_files_alone_are_missing_of_the_fairness_data(findings, published):
    assert exceptions(of(findings, "adult")) == {
        f"crime_br_{rate}": (
            ABSENT,
            f"{published / FAIRNESS / f'crime_0_300_test_base_rate_{rate}.jsonl'}: "
            "No such file or directory",
        )
        for rate in ("0.0", "0.5", "1.0")
    }


def test_advglue_plus_plus_is_there_as_a_subset_of_alpacas_texts(findings, published):
    found = exceptions(of(findings, "advglue_plus_plus"))
    tasks = ("sst2", "qqp", "mnli")
    expected: dict[str, tuple[State, str]] = {}
    for task in tasks:
        expected[f"alpaca/{task}"] = (UNKNOWN, "")
        expected[f"clean_alpaca/{task}"] = (ABSENT, "the files hold no such rows")
        for model in ("vicuna", "stable-vicuna"):
            file = published / f"advglue_plus_plus/{model}.json"
            missing = (ABSENT, f"{file}: No such file or directory")
            expected |= {f"{model}/{task}": missing, f"clean_{model}/{task}": missing}
    assert found == expected


def test_stand_ins_among_the_published_files_are_named(findings):
    named: dict[str, Mapping[str, str]] = {
        finding.benchmark: finding.substitutes for finding in findings if finding.substitutes
    }
    assert named == {
        "advglue_plus_plus": {
            "advglue_plus_plus/alpaca.json": (
                "advglue_plus_plus/derived/advglue_plus_plus_subset.json"
            )
        },
        "ethics": {TRAIN: "ethics/derived/cm_train_subset_via_trustllm.csv"},
    }


def test_people_of_the_published_files_are_counted(findings):
    (draws,) = of(findings, "adult_raw").settings
    assert draws == SettingRows(
        "draws",
        PUBLISHED,
        45170,
        "to draw from: Male yes 9530, Male no 20961, Female yes 1668, Female no 13011",
    )


def test_published_files_are_not_damaged(findings):
    assert [finding.benchmark for finding in findings if finding.is_damage] == []


@pytest.fixture
def advglue(published, empty) -> Path:
    """A directory with the published AdvGLUE alone."""
    (empty / "advglue").mkdir()
    shutil.copy(published / ADVGLUE, empty / ADVGLUE)
    return empty


def change(root: Path, damage: Callable[[dict[str, list[dict[str, object]]]], object]) -> None:
    """Change the rows of the published AdvGLUE, by task."""
    tasks = json.loads((root / ADVGLUE).read_text(encoding="utf-8"))
    damage(tasks)
    (root / ADVGLUE).write_text(json.dumps(tasks), encoding="utf-8")


def test_published_file_among_missing_ones_exits_with_0(advglue, capsys):
    assert main(["data", "check", str(advglue)]) == 0
    assert capsys.readouterr().out.startswith("advglue: 6 of 6 settings, 670 rows\nadvglue_plus_")


def test_published_rows_are_recognised_in_another_layout(advglue):
    change(advglue, lambda tasks: None)
    assert exceptions(of(check_data(advglue), "advglue")) == {}


@pytest.mark.parametrize(
    "damage",
    [
        lambda rows: rows[1].update(label=1 - rows[1]["label"]),
        lambda rows: rows[1].update(sentence=f"{rows[1]['sentence']} "),
        lambda rows: rows.append(rows.pop(0)),
    ],
    ids=["flipped label", "changed text", "another order"],
)
def test_one_changed_row_of_the_published_deviates_and_exits_with_1(advglue, capsys, damage):
    change(advglue, lambda tasks: damage(tasks["sst2"]))
    found = exceptions(of(check_data(advglue), "advglue"))
    assert found["sst2"] == (DEVIATING, "the rows differ from the published ones")
    assert found.keys() <= {"sst2", "clean_sst2"}
    assert main(["data", "check", str(advglue)]) == 1


def test_row_missing_of_the_published_is_counted(advglue):
    change(advglue, lambda tasks: tasks["mnli"].pop())
    counted = (DEVIATING, "expected 121 rows, got 120")
    assert exceptions(of(check_data(advglue), "advglue")) == {
        "mnli": counted,
        "clean_mnli": counted,
    }
