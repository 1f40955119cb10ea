"""Draws among the variants of a run: how they are spelled, voted over, and held to no row."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.gate_rows import gate
from tests.project import ROOT, Project
from trusteval.cli import main
from trusteval.errors import VariantError
from trusteval.run.draws import parse_draws
from trusteval.run.subjects import dense_variant, parse_ensembles, parse_variants
from trusteval.system.url_secrets import without_secrets
from trusteval.types import Draw, Recipe

DENSE = dense_variant()


def _names(text: str) -> list[str]:
    return [variant.name for variant in parse_variants(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("dense~0.7#1", ["dense~0.7#1"]),
        ("dense~0.70#1, dense ~ 1.0#2", ["dense~0.7#1", "dense~1#2"]),
        ("gptq-4~0.7#2-4", ["gptq-4~0.7#2", "gptq-4~0.7#3", "gptq-4~0.7#4"]),
        ("gptq-4:g64@2~0.7#1,gptq-4@1~0.7#1", ["gptq-4:g64@2~0.7#1", "gptq-4@1~0.7#1"]),
        ("dense,dense~0.0001#999999", ["dense", "dense~0.0001#999999"]),
    ],
)
def test_draws_are_named_in_one_spelling(text: str, names: list[str]) -> None:
    assert _names(text) == names


def test_draw_is_of_the_variant_that_its_name_begins_with(tmp_path: Path) -> None:
    recipe, served = parse_variants("gptq-4@2~0.7#3,gptq-8-vllm~1#1=openai:http://h:8000/v1#org/m")
    assert recipe.undrawn == parse_variants("gptq-4@2")[0]
    assert (recipe.recipe, recipe.draw) == (Recipe("gptq", 4, seed=2), Draw(0.7, 3))
    assert served.undrawn == parse_variants("gptq-8-vllm=openai:http://h:8000/v1#org/m")[0]
    assert (served.bits, served.draw) == (8, Draw(1.0, 1))
    assert parse_variants("dense~0.7#1") == (DENSE.drawn(Draw(0.7, 1)),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *((f"dense~{asked}", "draws are written dense~TEMPERATURE#NUMBER") for asked in (
            *("", "0.7", "#1", "hot#1", "-1#1", "0#1", "0.0#1", "100#1", "0.12345#1", "1e1#1"),
            *("0.7#0", "0.7#x", "0.7#1-", "0.7#1:2", "0.7~0.7#1", "0.7#1~0.7#1", "nan#1", ".7#1"),
        )),
        ("dense~0.7#3-1", "expected 1 to 100 draws, the lowest number first, got 3 to 1"),
        ("dense~0.7#1-101", "expected 1 to 100 draws"),
        ("dense~0.7#1,dense~0.7#1-2", "given twice: dense~0.7#1"),
        ("gptq-4:sym~0.7#1,gptq-4~0.7#1", "two spellings of one recipe"),
        ("a~0.7#1=openai:http://h/v1#m,a=openai:http://h/v1#n", "a is another model elsewhere"),
        ("gptq-5~0.7#1", "gptq builds 8, 4, 3 bit, got 5"),
        ("~/model", "unknown variant '~/model'"),
        ("https://h/~u#m", "a served model is written NAME="),
    ],
)  # fmt: skip
def test_what_is_no_draw_is_refused(text: str, words: str) -> None:
    with pytest.raises(VariantError) as caught:
        parse_variants(text)
    assert words in str(caught.value)


def test_folders_may_have_the_mark_in_their_names() -> None:
    assert parse_draws("/home/me/a~b") == ("/home/me/a~b", ())


def test_draws_vote_where_they_are_named_and_nowhere_else() -> None:
    text = "gptq-8,gptq-4,gptq-4~0.7#1-10,gptq-3~0.7#1"
    variants = parse_variants(text)
    (by_method,) = parse_ensembles("auto", variants=variants)
    assert [one.name for one in by_method.members] == ["gptq-8", "gptq-4"]
    (named,) = parse_ensembles("s=gptq-4~0.70#9-10+gptq-4~0.7#2", variants=variants)
    assert [one.draw and one.draw.number for one in named.members] == [2, 9, 10]
    (alone,) = parse_ensembles("vote-gptq", variants=parse_variants("gptq-8,gptq-4,gptq-8~1#1"))
    assert [one.name for one in alone.members] == ["gptq-8", "gptq-4"]
    with pytest.raises(VariantError, match=r"gptq-4~0\.7#11 is no variant of this run"):
        parse_ensembles("s=gptq-4~0.7#10-11", variants=variants)
    assert parse_ensembles("auto", variants=parse_variants("gptq-8,gptq-4~0.7#1-3")) == ()


def test_drawn_names_are_no_secrets() -> None:
    word = "--trust-ensembles=s=gptq-4@2~0.7#1-3+gptq-4@3~0.7#4+dense~0.7#1"
    assert without_secrets(word) == word
    for url in ("https://u:p~0.7#1@host/v1#m", "u:pass~0.7#1@host:80#m", "a=h:80#x~0.7#1@y#m"):
        assert url not in without_secrets(f"--trust-variants={url}")


@pytest.mark.parametrize(
    ("pattern", "subject", "holds"),
    [
        ("*", "dense~0.7#1", False),
        ("dense*", "dense~0.7#1", False),
        ("gptq-4?????*", "gptq-4~0.7#1", False),
        ("*~*", "dense~0.7#1", True),
        ("dense~0.7#*", "dense~0.7#1", True),
        ("dense~0.7#1", "dense~0.7#1", True),
        ("*~*", "dense", False),
        ("*", "dense", True),
    ],
)
def test_rows_hold_draws_only_where_they_name_them(pattern: str, subject: str, holds: bool) -> None:
    assert gate(at_least=50.0, subjects=(pattern,)).applies_to(subject) is holds


def test_draws_are_not_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["quantize", "demo", "--variants=gptq-4~0.7#1", f"--out={tmp_path / 'out'}"]
    assert main(asked) != 0
    assert "expected recipes such as gptq-4, got gptq-4~0.7#1" in capsys.readouterr().err


# -- runs ----------------------------------------------------------------------------------

_ASKED = (
    "--trust-variants=dense,gptq-8,gptq-4,gptq-3,dense~0.7#1-3",
    "--trust-ensembles=vote-gptq,samples=dense~0.7#1-3",
)


def test_draws_are_recorded_and_vote_and_are_said_to_be_judged_by_no_row(tmp_path: Path) -> None:
    project = Project(tmp_path)
    ran = project.run(*_ASKED, "--trust-benchmarks=ethics,mmlu")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert not {subject for _, subject in project.outcomes() if "~" in subject or "sam" in subject}
    for number in (1, 2, 3):
        assert f"dense~0.7#{number} on " in ran.stdout
    assert "no row of gates.toml judges dense~0.7#1 on " in ran.stdout
    scores = json.loads(project.verdicts_file.read_text(encoding="utf-8"))["scores"]
    scored = {score["subject"] for score in scores}
    assert {"dense~0.7#1", "dense~0.7#2", "dense~0.7#3", "samples"} <= scored


def test_shipped_rows_hold_no_draw(tmp_path: Path) -> None:
    project = Project(tmp_path)
    shutil.copy(ROOT / "trust_tests/gates.toml", tmp_path / "trust_tests/gates.toml")
    ran = project.run("--trust-variants=dense,gptq-4,gptq-4~0.7#1", "-k", "mmlu")
    assert "judges gptq-4~0.7#1 on " in ran.stdout
    assert {subject for _, subject in project.outcomes()} <= {"dense", "gptq-4"}


def test_pattern_that_means_draws_by_the_way_is_refused(tmp_path: Path) -> None:
    project = Project(tmp_path)
    text = project.root / "trust_tests/gates.toml"
    rows = text.read_text(encoding="utf-8")
    text.write_text(rows.replace('["gptq-3"]', '["gptq-3*"]'), encoding="utf-8")
    ran = project.run("--trust-variants=dense,gptq-8,gptq-4,gptq-3~0.7#1")
    assert ran.returncode != 0
    assert "draws are matched by patterns with ~ only" in ran.stdout + ran.stderr
