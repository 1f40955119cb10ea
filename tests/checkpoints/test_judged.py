"""Checkpoints somebody brings, as a pytest user meets them: judged, or refused in one line."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.project import Project

ROW = (
    '[[gate]]\nbenchmark="mmlu"\nmetric="non_answer_rate"\nat_most=100\n'
    'why="its weights are random"\n'
)
REMOTE_MODEL = """
from transformers import LlamaForCausalLM

class OwnModel(LlamaForCausalLM):
    pass
"""


@pytest.fixture
def project(tmp_path: Path, tiny_llama: Path) -> Project:
    """Gates MMLU answers of the tiny llama."""
    project = Project(tmp_path)
    project.write("trust_tests/gates.toml", ROW)
    options = f"trust_model = {tiny_llama}\ntrust_device = cpu\ntrust_variants = dense\n"
    ini = (tmp_path / "pytest.ini").read_text(encoding="utf-8")
    ini = ini.replace("trust_model = script.json\ntrust_engine = scripted\n", options)
    project.write("pytest.ini", ini)
    return project


def copied(model: Path, to: Path) -> Path:
    return Path(shutil.copytree(model, to))


def scaled(model: Path, to: Path, factor: float) -> Path:
    """Copy a model with its embeddings times `factor`."""
    from safetensors.torch import load_file, save_file

    weights = copied(model, to) / "model.safetensors"
    tensors = load_file(weights)
    tensors["model.embed_tokens.weight"] *= factor
    save_file(tensors, weights, metadata={"format": "pt"})
    return to


def record(project: Project) -> dict:
    return json.loads(project.verdicts_file.read_text(encoding="utf-8"))


def one_line(text: str, pattern: str) -> str:
    """Return the only line that matches."""
    (line,) = {line for line in text.splitlines() if re.search(pattern, line)}
    return line


@pytest.mark.parametrize("asked", ["mmlu or sanity", "test_mmlu"])
def test_broken_checkpoint_is_reported_with_its_number_and_not_judged(
    project: Project, tiny_llama: Path, asked: str
) -> None:
    scaled(tiny_llama, project.root / "burnt", 1e4)
    ran = project.run_on_model("-k", asked, "--trust-variants", "dense,burnt=burnt")
    assert ran.returncode == 1
    assert "BROKEN: burnt is broken: perplexity inf on the fixed text is no finite number" in (
        ran.stdout
    )
    found = record(project)
    assert list(found["broken"]) == ["burnt"]
    assert {verdict["subject"] for verdict in found["verdicts"]} == {"dense"}
    assert {line["subject"] for line in found["scores"]} == {"dense"}
    report = (project.root / "reports/latest/report.md").read_text(encoding="utf-8")
    assert "**BROKEN: burnt is broken: perplexity inf" in report
    assert "Traceback" not in ran.stdout


def untrained(model: Path, to: Path) -> Path:
    """Copy a model with its last norm's weights exchanged: it does worse than guess."""
    from safetensors.torch import load_file, save_file

    weights = copied(model, to) / "model.safetensors"
    tensors = load_file(weights)
    tensors["model.norm.weight"] = tensors["model.norm.weight"].flip(0) * 20
    save_file(tensors, weights, metadata={"format": "pt"})
    return to


def test_dense_format_checkpoint_worse_than_guessing_is_reported_and_not_judged(
    project: Project, tiny_llama: Path
) -> None:
    untrained(tiny_llama, project.root / "merged")
    ran = project.run_on_model("-k", "mmlu or sanity", "--trust-variants", "dense,merged=merged")
    assert ran.returncode == 1
    line = one_line(ran.stdout, "^⊘ BROKEN: merged is broken: ")
    assert "is worse than guessing among its 374 tokens" in line
    assert list(record(project)["broken"]) == ["merged"]
    assert {verdict["subject"] for verdict in record(project)["verdicts"]} == {"dense"}


def test_dense_model_worse_than_guessing_is_reported_and_not_judged(
    project: Project, tiny_llama: Path
) -> None:
    model = untrained(tiny_llama, project.root / "untrained")
    ran = project.run_on_model("-k", "mmlu or sanity", f"--trust-model={model}")
    assert ran.returncode == 1
    assert "is worse than guessing" in one_line(ran.stdout, "^⊘ BROKEN: dense is broken: ")
    assert list(record(project)["broken"]) == ["dense"]
    assert record(project)["verdicts"] == []


def test_every_variant_is_looked_at_once_and_the_perplexity_stands_in_the_report(
    project: Project, tiny_llama: Path
) -> None:
    copied(tiny_llama, project.root / "same")
    arguments = "-k", "mmlu or sanity", "--trust-variants", "dense,same=same"
    first = project.run_on_model(*arguments)
    assert first.returncode == 0, first.stdout
    shown = one_line(first.stdout, "perplexity on the fixed text")
    match = re.fullmatch(r"perplexity on the fixed text: dense (\S+), same (\S+)", shown)
    assert match is not None
    assert match[1] == match[2]
    verdicts = project.verdicts_file.read_bytes()
    assert (
        project.run_on_model(
            "-k", "mmlu or sanity", "--trust-variants", "dense,same=same"
        ).returncode
        == 0
    )
    assert project.verdicts_file.read_bytes() == verdicts


def test_run_says_on_what_models_run(project: Project) -> None:
    ran = project.run_on_model("--collect-only", "-k", "mmlu", "--trust-dtype", "float32")
    assert re.search(
        r"^trusteval: model \S+, device cpu, dtype float32, storage auto, memory at most "
        r"\d+\.\d GiB beside the weights, profile demo$",
        ran.stdout,
        re.MULTILINE,
    )


def test_smaller_dense_reference_with_its_own_tokenizer_is_judged_and_never_votes(
    project: Project, tiny_llama: Path, tiny_gemma: Path
) -> None:
    for name in ("one", "two"):
        copied(tiny_llama, project.root / name)
    ran = project.run_on_model(
        *("-k", "mmlu or sanity or ensemble", f"--trust-references=small={tiny_gemma}"),
        *("--trust-variants", "dense,one=one,two=two", "--trust-ensembles", "vote=dense+one+two"),
    )
    assert ran.returncode == 0, ran.stdout
    found = record(project)
    assert found["subjects"] == ["dense", "one", "two", "small", "vote"]
    assert {verdict["subject"] for verdict in found["verdicts"]} == set(found["subjects"])
    (vote,) = [line for line in found["scores"] if line["subject"] == "vote"]
    assert vote["notes"] == {"vote over": "dense, one, two"}


def test_member_with_another_tokenizer_is_refused_before_anything_runs(
    project: Project, tiny_gemma: Path
) -> None:
    ran = project.run_on_model(
        *("-k", "mmlu", "--trust-variants", f"dense,other={tiny_gemma}"),
        *("--trust-ensembles", "vote=dense+other"),
    )
    assert ran.returncode == 4
    error = one_line(ran.stderr, "ERROR")
    assert "ensemble vote: other reads other tokens than dense" in error
    assert not project.verdicts_file.exists()


def test_base_model_without_a_chat_template_is_quantized_and_judged(
    project: Project, tiny_gemma: Path
) -> None:
    text = "who was good and what was bad when the film was wrong , true or false ? maybe not ."
    project.write("calibration.txt", "\n\n".join([text] * 4))
    ran = project.run_on_model(
        *("-k", "mmlu or ethics or sanity", f"--trust-model={tiny_gemma}"),
        *("--trust-variants", "dense,gptq-8:g32", "--trust-calibration=calibration.txt"),
    )
    assert ran.returncode == 0, ran.stdout
    lines = {(x["benchmark"], x["subject"]): x["notes"] for x in record(project)["scores"]}
    assert lines["mmlu", "dense"]["storage"] == "dense"
    assert lines["mmlu", "gptq-8:g32"]["quantization"] == "gptq 8 bit, group 32, symmetric"
    assert lines["mmlu", "gptq-8:g32"]["calibration"].startswith("2 texts of ")
    run = json.loads(project.verdicts_file.with_name("run.json").read_text(encoding="utf-8"))
    assert run["builds"]["gptq-8:g32"]["peak_memory_mib"] > 0


# -- bad input ---------------------------------------------------------------------------------


def damaged(kind: str, model: Path, to: Path) -> Path:
    """Copy a model and damage it."""
    copied(model, to)
    weights, config = to / "model.safetensors", to / "config.json"
    match kind:
        case "truncated":
            weights.write_bytes(weights.read_bytes()[:-1000])
        case "pickled":
            weights.rename(to / "pytorch_model.bin")
        case "remote code":
            values = json.loads(config.read_text(encoding="utf-8"))
            values["auto_map"] = {"AutoModelForCausalLM": "modeling_own.OwnModel"}
            config.write_text(json.dumps(values), encoding="utf-8")
            (to / "modeling_own.py").write_text(REMOTE_MODEL, encoding="utf-8")
        case "other width":
            values = json.loads(config.read_text(encoding="utf-8"))
            config.write_text(json.dumps({**values, "hidden_size": 96}), encoding="utf-8")
        case "not a number":
            scaled(to, to.with_name("scaled"), float("nan"))
            shutil.rmtree(to)
            to.with_name("scaled").rename(to)
    return to


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("truncated", "model.safetensors is truncated: "),
        ("pickled", "holds pickled weights only (pytorch_model.bin), which can run code"),
    ],
)
def test_checkpoint_that_cannot_be_read_is_a_usage_error(
    project: Project, tiny_llama: Path, kind: str, said: str
) -> None:
    damaged(kind, tiny_llama, project.root / "theirs")
    ran = project.run_on_model("-k", "test_mmlu", "--trust-variants", "dense,theirs=theirs")
    assert ran.returncode == 4
    assert said in one_line(ran.stderr, "^ERROR")
    assert not (project.root / "cache").exists()


def test_checkpoints_that_cannot_be_judged_are_one_clear_line_each(
    project: Project, tiny_llama: Path
) -> None:
    expected = {
        "remote code": "wants to run code of its own (modeling_own.OwnModel)",
        "other width": "config.json and weights disagree",
        "not a number": "is damaged: model.embed_tokens.weight holds ",
    }
    names = {kind: kind.replace(" ", "-") for kind in expected}
    for kind, name in names.items():
        damaged(kind, tiny_llama, project.root / name)
    variants = ",".join(f"{name}={name}" for name in names.values())
    ran = project.run_on_model("-k", "test_mmlu", "--trust-variants", f"dense,{variants}")
    assert ran.returncode == 10
    for kind, said in expected.items():
        assert names[kind] in one_line(ran.stdout, f"^ModelError: .*{re.escape(said)}")
    assert "1 passed" in ran.stdout.splitlines()[-1]
    assert "Traceback" not in ran.stdout
    assert not (project.root / "cache" / "checkpoints").exists()


def test_remote_code_runs_where_it_is_trusted_and_the_report_says_so_loudly(
    project: Project, tiny_llama: Path
) -> None:
    damaged("remote code", tiny_llama, project.root / "theirs")
    ran = project.run_on_model(
        *("-k", "test_mmlu", "--trust-variants", "dense,theirs=theirs", "--trust-remote-code")
    )
    assert ran.returncode == 0, ran.stdout
    warning = "WARNING: theirs ran code of its own (modeling_own.OwnModel)"
    assert one_line(ran.stdout, "^WARNING") == warning
    report = (project.root / "reports/latest/report.md").read_text(encoding="utf-8")
    assert f"**{warning}**" in report
    assert record(project)["facts"]["remote_code"] is True
