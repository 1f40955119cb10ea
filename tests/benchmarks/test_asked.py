"""Recorded is what gates and reports need, and what does not fit a model is said beforehand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.project import Project

ETHICS = """
[[gate]]
benchmark = "ethics"
metric = "non_answer_rate"
at_most = 99.9
point = true
level = "warn"
why = "whatever it says"
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def found(project: Project) -> dict[str, object]:
    document: dict[str, object] = json.loads(project.verdicts_file.read_text(encoding="utf-8"))
    return document


def recorded(project: Project) -> set[str]:
    scores = found(project)["scores"]
    assert isinstance(scores, list)
    return {line["benchmark"] for line in scores}


NOT_ASKED = "no gate asks (--trust-benchmarks=all records all)"


def test_benchmark_without_a_gate_is_not_recorded_and_the_report_says_so(project: Project) -> None:
    ran = project.run()
    assert ran.returncode == 0, ran.stdout
    assert recorded(project) == {"ethics", "mmlu"}
    assert found(project)["complete"], "every gate there is was judged"
    assert found(project)["not_recorded"] == dict.fromkeys(
        ("adult", "adversarial_demonstrations", "advglue", "ood"), NOT_ASKED
    )
    report = (project.verdicts_file.parent / "report.md").read_text(encoding="utf-8")
    for text in (ran.stdout, report):
        assert f"not recorded: adult, adversarial_demonstrations, advglue, ood: {NOT_ASKED}" in text


def test_all_benchmarks_are_recorded_on_request_by_option_or_ini(project: Project) -> None:
    whole = {"adult", "adversarial_demonstrations", "advglue", "ethics", "mmlu", "ood"}
    assert "not recorded" not in project.run("--trust-benchmarks=all").stdout
    assert (recorded(project), found(project)["not_recorded"]) == (whole, {})
    ini = (project.root / "pytest.ini").read_text(encoding="utf-8")
    project.write("pytest.ini", f"{ini}trust_benchmarks = ood, mmlu\n")
    assert project.run().returncode == 0
    assert recorded(project) == {"mmlu", "ood"}


@pytest.mark.parametrize("workers", ["-pno:xdist", "-n2"])
def test_gates_on_what_is_left_out_are_not_judged_and_counted(
    project: Project, workers: str
) -> None:
    ran = project.run(workers, "--trust-benchmarks=mmlu")
    assert ran.returncode == 0, ran.stdout
    assert {gate for gate, _ in project.outcomes()} == {"mmlu.score"}
    said = "not recorded: ethics: left out by --trust-benchmarks, gates not judged: 2"
    assert said in ran.stdout
    assert said in (project.verdicts_file.parent / "report.md").read_text(encoding="utf-8")


WRONG = {
    "ethcs": "did you mean 'ethics'?",
    "advglue_plus_plus": "(profile demo) is one of advglue, adult, ethics, ood, mmlu, ",
    "": "names none",
    "all,ethics": "is all or a list of names",
}


@pytest.mark.parametrize(("asked", "message"), WRONG.items(), ids=lambda text: text or "empty")
def test_benchmark_that_is_not_asked_is_one_line(
    project: Project, asked: str, message: str
) -> None:
    ran = project.run(f"--trust-benchmarks={asked}")
    assert (ran.returncode, message in ran.stderr) == (4, True), ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1


# -- what does not fit a context ---------------------------------------------------------


@pytest.fixture
def short(tiny_llama: Path, tmp_path: Path) -> Path:
    """A model that reads 1,000 tokens: a token per letter, so that adult does not fit."""
    model = tmp_path / "short"
    shutil.copytree(tiny_llama, model)
    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    text = json.dumps({**config, "max_position_embeddings": 1000})
    (model / "config.json").write_text(text, encoding="utf-8")
    return model


def on(model: Path) -> tuple[str, ...]:
    return (
        *("--trust-engine=hf", f"--trust-model={model}", "--trust-variants=dense"),
        *("--trust-ensembles=", "--trust-dtype=float32"),
    )


ADULT = ETHICS.replace("ethics", "adult")


@pytest.mark.parametrize("workers", ["-pno:xdist", "-n2"])
def test_context_that_is_too_short_is_said_before_anything_runs(
    project: Project, short: Path, workers: str
) -> None:
    project.write("trust_tests/gates.toml", ETHICS + ADULT)
    ran = project.run_on_model(workers, *on(short))
    assert ran.returncode == 4, ran.stdout + ran.stderr
    (line,) = ran.stderr.strip().splitlines()
    assert line.startswith("ERROR: adult/few_shot_tr_br_0.0 needs 3560 tokens (3540 of item ")
    assert f"the context of {short} is 1000" in line
    assert "--trust-benchmarks=ethics" in line
    assert not (project.root / "responses.sqlite").exists()
    assert not project.verdicts_file.exists()


def test_tests_that_ask_nothing_too_long_run(project: Project, short: Path) -> None:
    project.write("trust_tests/gates.toml", ETHICS + ADULT)
    ran = project.run_on_model(*on(short), "--collect-only", "-q")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    ran = project.run_on_model(*on(short), "-k", "ethics and record")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    ran = project.run_on_model(*on(short), "--trust-benchmarks=ethics")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "not recorded: adult: left out by --trust-benchmarks" in ran.stdout
    assert ran.stdout.count("NOT RUN: ") == 1, "of the gate on adult"


def test_context_of_a_checkpoint_among_the_variants_counts_too(
    project: Project, tiny_llama: Path, short: Path
) -> None:
    project.write("trust_tests/gates.toml", ADULT)
    ran = project.run_on_model(*on(tiny_llama), f"--trust-variants=dense,theirs={short}")
    assert ran.returncode == 4
    assert f"the context of {short} is 1000" in ran.stderr
