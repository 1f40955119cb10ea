"""`trusteval export`: what it refuses, in one line and with exit code 2."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.report.exports.runs import of_a_model
from trusteval.cli import main
from trusteval.report.exports.kind import Kind

Refused = Callable[..., str]
pytestmark = pytest.mark.usefixtures("without_store")


@pytest.fixture
def without_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return of_a_model(tmp_path_factory.mktemp("judged"))


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """Call `trusteval export`, which refuses in one line; return that."""

    def call(*words: object) -> str:
        assert main(["export", *map(str, words)]) == 2
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        return told

    return call


def test_help_names_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    told = capsys.readouterr().out
    assert [kind for kind in Kind if kind.value not in told] == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--to", "csv", "--out", "x.csv"], "made of the run's answers, which are not there"),
        (["--to", "lm-eval", "--out", "x"], "made of the run's answers, which are not there"),
        (["--to", "eval-results"], "--out FOLDER"),
        (["--to", "mlflow"], "MLFLOW_TRACKING_URI"),
        (["--to", "model-index"], "--into README.md"),
        (["--to", "model-index", "--into", "none.md"], "none.md cannot be read"),
        (["--to", "model-index", "--out", "a.md", "--into", "b.md"], "give one of them"),
        (["--to", "wandb", "--out", "x", "--into", "b.md"], "--into goes with model-index"),
        (["--to", "lm-eval", "--out", "x", "--without-texts"], "--without-texts goes with csv"),
        (["--to", "csv", "--out", "x", "--source", "u"], "--source goes with eval-results"),
        (["--to", "csv", "--out", "x", "--subject", "gptq4"], "did you mean 'gptq-4'"),
        (["--to", "eval-results", "--out", "x", "--dataset", "mmlu"], "expected BENCHMARK=OWNER"),
        (["--to", "eval-results", "--out", "x", "--dataset", "no=a/b:c"], "expected one of"),
        (["--to", "eval-results", "--out", "/dev/null/x"], "cannot write"),
        (["--to", "model-index", "--out", "/dev/null/x.md"], "cannot write"),
    ],
)
def test_what_cannot_be_exported_is_said(
    judged: Path,
    refused: Refused,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert why in refused(judged, *words)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_kind_names_the_known_ones(
    judged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["export", str(judged), "--to", "excel", "--out", "x"])
    assert ended.value.code == 2
    assert "parquet" in capsys.readouterr().err


def test_a_folder_without_a_report_is_said(tmp_path: Path, refused: Refused) -> None:
    assert "run the gate first" in refused(tmp_path, "--to", "csv", "--out", "x")
