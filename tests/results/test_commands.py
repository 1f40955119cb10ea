"""`trusteval compare` and `trusteval gate` on what other tools recorded: real files, real words."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.answered_runs import run_of, with_wrong, write_run
from tests.schemas import faults, shipped
from trusteval.cli import main
from trusteval.results.sources import read_tool_run

RECORDED = Path(__file__).parent / "recorded"
BEFORE, AFTER = (RECORDED / "lm_eval-0.4.13" / name for name in ("before", "after"))
SUMS = RECORDED / "inspect_ai-0.3.285" / "sums.json"

Called = Callable[..., tuple[int, str]]


@pytest.fixture
def trusteval(capsys: pytest.CaptureFixture[str]) -> Called:
    """Call a command: its exit code and what it printed."""

    def called(*words: object) -> tuple[int, str]:
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return called


def rows(folder: Path, *rows_: dict[str, object]) -> Path:
    """Write a file of gates."""
    said = [{"why": "because", **row} for row in rows_]
    path = folder / "mine.toml"
    tables = ("\n".join(f"{key} = {json.dumps(value)}" for key, value in r.items()) for r in said)
    path.write_text("".join(f"[[gate]]\n{table}\n" for table in tables), encoding="utf-8")
    return path


def part_of(folder: Path) -> Path:
    """Copy the real folder AFTER, with 20 of the 36 items of one task."""
    copied = Path(shutil.copytree(AFTER, folder / "part"))
    (samples,) = copied.rglob("samples_sst2_*.jsonl")
    lines = samples.read_text(encoding="utf-8").splitlines(keepends=True)
    samples.write_text("".join(lines[:20]), encoding="utf-8")
    return copied


def counts(task: str, metric: str) -> tuple[int, int, int]:
    """Count by hand what was lost and gained of how many items."""
    before, after = (
        {item.key: item.earned[metric] for item in read_tool_run(place).tasks[task].items}
        for place in (BEFORE, AFTER)
    )
    lost = sum(before[key] > after[key] for key in before)
    return lost, sum(before[key] < after[key] for key in before), len(before)


# -- compare ---------------------------------------------------------------------------------


def test_two_folders_of_a_harness_are_compared_task_by_task(
    trusteval: Called, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    code, said = trusteval("compare", BEFORE, AFTER, "--json", out)
    lost, gained, n = counts("sums", "exact_match,strict-match")
    assert code == 1
    assert "on sums: regression, exact_match,strict-match " in said
    assert f"n={n}, {lost} lost, {gained} gained" in said
    assert "on phrases: not comparable (no metric of its items; bleu: not one number" in said
    assert "n=16, refused 0, invalid 16 (4 empty, 12 unparseable) after" in said
    document = json.loads(out.read_text(encoding="utf-8"))
    assert (document["exit_code"], document["outcome"]) == (1, "regression")
    assert document["runs"]["before"]["facts"]["version"] == "0.4.13"


def test_drop_between_two_real_folders_is_that_of_statsmodels(
    trusteval: Called, tmp_path: Path
) -> None:
    from statsmodels.stats.contingency_tables import mcnemar

    path = rows(
        tmp_path,
        {"benchmark": "sst2", "metric": "acc", "detect_drop": True},
        {"benchmark": "sums", "metric": "exact_match,strict-match", "detect_drop": True},
    )
    out = tmp_path / "out.json"
    code, _ = trusteval("gate", "--gates", path, BEFORE, AFTER, "--json", out)
    assert code == 1
    verdicts = json.loads(out.read_text(encoding="utf-8"))["verdicts"]
    p_values = {verdict["gate"].partition(".")[0]: verdict["p"] for verdict in verdicts}
    changes = {v["gate"].partition(".")[0]: v["change"]["value"] for v in verdicts}
    for task, metric in (("sst2", "acc"), ("sums", "exact_match,strict-match")):
        lost, gained, n = counts(task, metric)
        two_sided = mcnemar([[0, lost], [gained, n - lost - gained]], exact=True).pvalue
        assert lost > gained
        assert p_values[task] == pytest.approx(two_sided / 2)
        assert changes[task] == pytest.approx(100 * (lost - gained) / n)


def test_same_folder_is_identical(trusteval: Called) -> None:
    code, said = trusteval("compare", BEFORE, BEFORE, "--benchmark", "sst2")
    assert (code, said.splitlines()[-1]) == (0, "1 identical")


def test_part_of_a_run_is_not_comparable_and_its_shared_items_are_no_whole(
    trusteval: Called, tmp_path: Path
) -> None:
    part = part_of(tmp_path)
    code, said = trusteval("compare", BEFORE, part, "--benchmark", "sst2")
    assert code == 4
    assert "INCOMPLETE second run: sst2 has 20 of the 36 items that were asked" in said
    assert "on sst2: not comparable (other items: 16 only in the first run, the first " in said
    code, said = trusteval("compare", BEFORE, part, "--shared", "--benchmark", "sst2")
    assert code == 4
    assert "n=20, " in said
    assert "over the 20 items in both: 16 only in the first run, the first " in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--metric", "acc_nrm"), "no task has the metric 'acc_nrm' item by item; known: "),
        (("--max-drop", "gsm8k=3"), "--max-drop: no benchmark is called 'gsm8k'; known: ethics_cm"),
        (("--benchmark", "gsm8k"), "no run asked 'gsm8k'; asked: "),
        (("--profile", "quick"), "--profile is about STORE.sqlite#CONTEXT"),
        (("--reader",), "compare takes two RUNs; --reader is about a run of trusteval"),
    ],
)
def test_what_cannot_be_asked_is_refused(trusteval: Called, options, said: str) -> None:
    code, told = trusteval("compare", BEFORE, AFTER, *options)
    assert code == 2
    assert told.startswith(f"trusteval: {said}")


def test_margin_of_a_task_is_its_own(trusteval: Called) -> None:
    code, said = trusteval("compare", BEFORE, AFTER, "--benchmark=sums", "--max-drop=sums=95")
    assert (code, said.splitlines()[-1]) == (0, "2 no regression")


def test_run_of_ours_beside_anothers_is_not_comparable(trusteval: Called, tmp_path: Path) -> None:
    ours = write_run(tmp_path / "ours", run_of({"dense": with_wrong()}))
    for named in ((BEFORE, ours), (ours, BEFORE)):
        code, said = trusteval("compare", *named)
        assert code == 4
        why = f"{ours} is a run of trusteval, {BEFORE} is what another tool recorded"
        assert said == f"not comparable: {why}\n"
    code, said = trusteval("compare", BEFORE, tmp_path / "nothing")
    assert code == 2


def test_two_tools_are_not_comparable(trusteval: Called) -> None:
    code, said = trusteval("compare", BEFORE, SUMS)
    assert code == 4
    assert said.startswith("not comparable: of two tools, lm-evaluation-harness (")


def test_options_of_other_tools_are_refused_for_runs_of_ours(
    trusteval: Called, tmp_path: Path
) -> None:
    ours = write_run(tmp_path / "ours", run_of({"dense": with_wrong()}))
    code, said = trusteval("compare", ours, ours, "--shared")
    assert (code, said) == (
        2,
        "trusteval: --shared is about what other tools recorded; no RUN here is such\n",
    )


# -- gate ------------------------------------------------------------------------------------


def test_gate_prints_verdicts_and_what_is_not_judged(trusteval: Called, tmp_path: Path) -> None:
    path = rows(
        tmp_path,
        {"benchmark": "sums", "metric": "exact_match,strict-match", "max_drop": 3},
        {"benchmark": "sst2", "metric": "score", "at_least": 10},
        {"benchmark": "ethics_cm", "metric": "score", "max_drop": 50, "level": "warn"},
    )
    out = tmp_path / "out.json"
    code, said = trusteval("gate", "--gates", path, BEFORE, f"noised={AFTER}", "--json", out)
    assert code == 1
    lines = said.splitlines()
    assert any(line.startswith("FAIL: noised on sums: drop from dense 68.8") for line in lines)
    assert any(line.startswith("PASS: dense on sst2: score ") for line in lines)
    assert any(line.startswith("PASS: noised on sst2: score ") for line in lines)
    unjudged = "judges dense on mmlu_astronomy_generative, phrases; noised on mmlu_astronomy"
    assert any(unjudged in line for line in lines)
    assert lines[-1] == "1 FAIL, 3 PASS"
    document = json.loads(out.read_text(encoding="utf-8"))
    assert faults(shipped("verdicts"), document) == []
    assert document["complete"] is True


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"benchmark": "sst2", "metric": "acc", "at_least": 10}, 0),
        ({"benchmark": "sst2", "metric": "acc", "at_least": 99}, 1),
        ({"benchmark": "sst2", "metric": "acc", "at_least": 99, "level": "warn"}, 0),
        ({"benchmark": "sst2", "metric": "acc", "max_drop": 3}, 3),
        ({"benchmark": "sst2", "metric": "f1", "max_drop": 3}, 2),
    ],
)
def test_exit_code_of_gate_is_that_of_compare(trusteval: Called, tmp_path: Path, row, code) -> None:
    assert trusteval("gate", "--gates", rows(tmp_path, row), BEFORE, AFTER)[0] == code


def test_gate_of_other_items_is_not_comparable(trusteval: Called, tmp_path: Path) -> None:
    path = rows(tmp_path, {"benchmark": "sst2", "metric": "acc", "max_drop": 3})
    code, said = trusteval("gate", "--gates", path, BEFORE, part_of(tmp_path))
    assert code == 4
    assert "UNDECIDABLE: part on sst2: acc " in said
    assert "INCOMPLETE part: sst2 has 20 of the 36 items that were asked" in said


def test_results_of_one_name_are_refused(trusteval: Called, tmp_path: Path) -> None:
    path = rows(tmp_path, {"benchmark": "sst2", "metric": "acc", "at_least": 3})
    code, said = trusteval("gate", "--gates", path, f"a={BEFORE}", f"a={AFTER}")
    assert code == 2
    assert said.startswith("trusteval: two results are called 'a', ")
    code, said = trusteval("gate", "--gates", path, f"a b={BEFORE}")
    assert code == 2
    assert "expected a name of letters, digits" in said
