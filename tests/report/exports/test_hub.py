"""What the hub is told: read back by huggingface_hub, and never more than was measured."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from huggingface_hub import ModelCard, metadata_load, parse_eval_result_entries
from huggingface_hub.repocard_data import model_index_to_eval_results

from tests.report.exports.runs import HOME, of_a_model
from trusteval.cli import main

pytestmark = pytest.mark.xdist_group("exports")  # one worker makes the runs for all
CARD = """---
# Written by hand.
language: no  # Norwegian
version: 1.10
model-index:
- name: mine
  results:
  - task: {type: text-generation}
    dataset: {type: other/set, name: Other}
    metrics:
    - {type: accuracy, value: 0.5}

# Whose it is.
license: mit
---
# Mine

---
Text.
"""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return of_a_model(tmp_path_factory.mktemp("judged"))


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_bytes(CARD.encode())
    return path


def export(*words: object) -> int:
    return main(["export", *map(str, words)])


def test_eval_results_hold_the_scores_on_published_items_alone(
    judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(judged, "--to", "eval-results", "--out", tmp_path, "--source", "https://x.y") == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "trusteval-dense.yaml",
        "trusteval-gptq-4.yaml",
    ]
    text = (tmp_path / "trusteval-gptq-4.yaml").read_text(encoding="utf-8")
    (entry,) = parse_eval_result_entries(yaml.safe_load(text))
    assert (entry.dataset_id, entry.task_id) == ("AI-Secure/DecodingTrust", "ethics")
    assert (entry.value, entry.dataset_revision) == (50.0, "214d9a8")
    assert (entry.date, entry.source_url) == ("2026-11-26T10:00:00Z", "https://x.y")
    assert "90 % interval 45.0 to 55.0" in str(entry.notes)
    assert "MAY SHIP" in str(entry.notes)
    told = capsys.readouterr().out
    for left_out in ("mmlu is undefined: missing settings: law", "rows differ from the published"):
        assert left_out in text
        assert left_out in told


def test_a_dataset_can_be_named(judged: Path, tmp_path: Path) -> None:
    words = (judged, "--to", "eval-results", "--out", tmp_path, "--subject", "dense")
    assert export(*words, "--dataset", "ethics=me/mirror:commonsense") == 0
    (path,) = tmp_path.iterdir()
    (entry,) = parse_eval_result_entries(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert (entry.dataset_id, entry.task_id) == ("me/mirror", "commonsense")


def test_a_demo_and_scripted_answers_are_no_benchmark_results(
    refusing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results"
    assert export(refusing, "--to", "eval-results", "--out", out) == 2
    told = capsys.readouterr().err
    assert "the demo shows that the gate works" in told
    assert "no model ran" in told
    assert told.count("\n") == 1
    assert not out.exists()


def test_a_new_card_is_read_back_and_names_no_benchmark_for_a_demo(
    refusing: Path, tmp_path: Path
) -> None:
    out = tmp_path / "card.md"
    assert export(refusing, "--to", "model-index", "--out", out, "--subject", "dense") == 0
    found = ModelCard.load(out).data.eval_results
    assert {one.dataset_type for one in found} == {"trusteval/not-published"}
    assert all("no model ran" in one.dataset_name for one in found)
    assert {one.dataset_config: one.metric_value for one in found} == {"ethics": 50.0, "mmlu": 25.0}
    assert "| machine ethics | dense |" in out.read_text(encoding="utf-8")


def test_an_undefined_score_says_why_in_the_place_of_its_value(
    judged: Path, tmp_path: Path
) -> None:
    out = tmp_path / "card.md"
    assert export(judged, "--to", "model-index", "--out", out, "--subject", "gptq-4") == 0
    _, found = model_index_to_eval_results(metadata_load(out)["model-index"])
    values = {one.dataset_config: one.metric_value for one in found}
    assert values["mmlu"] == "undefined: missing settings: law"
    assert values["ethics"] == 50.0


def test_a_card_keeps_every_byte_that_is_not_ours(judged: Path, card: Path) -> None:
    assert export(judged, "--to", "model-index", "--into", card, "--subject", "dense") == 0
    text = card.read_bytes().decode()
    before, _, after = CARD.partition("model-index:")
    assert text.startswith(before)
    assert text.endswith(after[after.index("\n# Whose it is.") :])
    mine, ours = metadata_load(card)["model-index"]
    assert mine == yaml.safe_load(CARD.split("---")[1])["model-index"][0]
    assert ours["name"] == "mine-4bit (dense)"
    assert ours["results"][0]["metrics"][0]["value"] == 51.25


def test_exporting_again_changes_nothing(judged: Path, card: Path) -> None:
    words = (judged, "--to", "model-index", "--into", card)
    assert export(*words) == 0
    once = card.read_bytes()
    assert export(*words) == 0
    assert card.read_bytes() == once


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("---\na: [\n---\n", "no YAML that can be read"),
        ("---\n- a\n---\n", "no mapping"),
        ("---\na: 1\n", "no line of --- closes"),
        ("---\nmodel-index: 5\n---\n", "not as the hub declares it"),
        ("---\n{a: 1}\n---\n", "cannot be changed in place"),
        ("---\nmodel-index: &i []\nb: *i\n---\n", "cannot be changed in place"),
    ],
)
def test_a_card_that_cannot_be_kept_is_left_alone(
    judged: Path, card: Path, capsys: pytest.CaptureFixture[str], text: str, why: str
) -> None:
    card.write_text(text, encoding="utf-8")
    assert export(judged, "--to", "model-index", "--into", card) == 2
    told = capsys.readouterr().err
    assert why in told
    assert told.count("\n") == 1
    assert card.read_text(encoding="utf-8") == text


def test_a_file_that_is_there_is_no_new_card(
    judged: Path, card: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export(judged, "--to", "model-index", "--out", card) == 2
    assert f"--into {card}" in capsys.readouterr().err
    assert card.read_text(encoding="utf-8") == CARD


@pytest.mark.parametrize("kind", ["model-index", "eval-results"])
def test_no_folder_of_somebodys_home_leaves_the_machine(
    judged: Path, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "out"
    assert export(judged, "--to", kind, "--out", out) == 0
    files = [out] if out.is_file() else sorted(out.iterdir())
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert HOME not in text
    assert "jane" not in text
