"""Which files and folders are another tool's, and what is said of the others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.results.recorded_files import BEFORE, INSPECT_NEW, OLD
from trusteval.errors import TrackingError
from trusteval.results.sources import is_tool_run, read_tool_run


@pytest.mark.parametrize(
    "place", [BEFORE, BEFORE / "models__dense", OLD, INSPECT_NEW, INSPECT_NEW / "sums.eval"]
)
def test_another_tools_place_is_recognised(place: Path) -> None:
    assert is_tool_run(place)


def test_our_own_and_strange_places_are_not_another_tools(tmp_path: Path) -> None:
    (tmp_path / "verdicts.json").write_text('{"baseline": {}, "schema": 3}', encoding="utf-8")
    assert not is_tool_run(tmp_path)
    assert not is_tool_run(tmp_path / "verdicts.json")
    assert not is_tool_run(tmp_path / "nothing")
    assert not is_tool_run(Path("store.sqlite#dense"))


@pytest.mark.parametrize("name", ["nothing", "", "verdicts.json"])
def test_place_that_is_none_says_what_is_expected(tmp_path: Path, name: str) -> None:
    (tmp_path / "verdicts.json").write_text("{}", encoding="utf-8")
    with pytest.raises(TrackingError, match="expected a folder of lm-evaluation-harness"):
        read_tool_run(tmp_path / name)


def test_single_file_of_a_folder_says_to_name_the_folder() -> None:
    (path,) = BEFORE.rglob("results_*.json")
    assert is_tool_run(path)
    with pytest.raises(TrackingError, match="is one file of a folder; name the folder"):
        read_tool_run(path)


def test_results_of_two_tools_are_refused(tmp_path: Path) -> None:
    shutil.copytree(BEFORE, tmp_path, dirs_exist_ok=True)
    shutil.copy(INSPECT_NEW / "sums.json", tmp_path)
    with pytest.raises(TrackingError, match="holds results of two tools"):
        read_tool_run(tmp_path)


def test_logs_in_folders_below_are_named(tmp_path: Path) -> None:
    shutil.copytree(INSPECT_NEW, tmp_path / "monday")
    with pytest.raises(TrackingError, match="logs in its folders monday; name a folder"):
        read_tool_run(tmp_path)


def test_logs_in_folders_below_others_are_not_passed_over(tmp_path: Path) -> None:
    shutil.copy(INSPECT_NEW / "sums.json", tmp_path)
    (tmp_path / "monday").mkdir()
    shutil.copy(INSPECT_NEW / "mmlu-0-shot.json", tmp_path / "monday")
    with pytest.raises(TrackingError, match="holds logs, and others in its folders monday; name"):
        read_tool_run(tmp_path)
    (tmp_path / "sums.json").unlink()
    shutil.copytree(BEFORE, tmp_path, dirs_exist_ok=True)
    with pytest.raises(TrackingError, match="holds results of two tools"):
        read_tool_run(tmp_path)
