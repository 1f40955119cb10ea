"""lm-evaluation-harness' layout: what it writes, and what its own tools make of ours."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from trusteval.cli import main

pytestmark = pytest.mark.xdist_group("exports")  # one worker makes the runs for all
OF_A_REAL_FILE = {
    *("doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics"),
    *("doc_hash", "prompt_hash", "target_hash"),
}
"""The keys of a line that lm-evaluation-harness 0.4.9 and 0.4.13 write, beside the metrics."""


@pytest.fixture(scope="module")
def out(refusing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harness")
    assert main(["export", str(refusing), "--to", "lm-eval", "--out", str(folder)]) == 0
    return folder


def lines(out: Path, subject: str, benchmark: str) -> list[dict[str, Any]]:
    (path,) = out.glob(f"*__{subject}/samples_trusteval_{benchmark}_*.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def results(out: Path, subject: str) -> dict[str, Any]:
    (path,) = out.glob(f"*__{subject}/results_*.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_line_has_the_keys_of_a_real_one_and_hashes_that_can_be_made_again(out: Path) -> None:
    for one in lines(out, "dense", "ethics"):
        assert one.keys() >= OF_A_REAL_FILE | set(one["metrics"])
        assert one["doc_hash"] == sha256(json.dumps(one["doc"], indent=2, ensure_ascii=False))
        assert one["prompt_hash"] == sha256(one["arguments"]["gen_args_0"]["arg_0"])
        assert one["target_hash"] == sha256(one["target"])


def test_documents_pair_across_subjects_and_differ_within_one(out: Path) -> None:
    of_dense, of_gptq, of_vote = (
        [one["doc_hash"] for one in lines(out, subject, "mmlu")]
        for subject in ("dense", "gptq-4", "vote")
    )
    assert of_dense == of_gptq == of_vote
    assert len(set(of_dense)) == len(of_dense)


def test_a_refusal_is_no_label_and_counts_as_wrong(out: Path) -> None:
    (refused,) = {json.dumps(one["filtered_resps"]) for one in lines(out, "gptq-4", "ethics")}
    assert refused == "[null]"
    earned = results(out, "gptq-4")["results"]["trusteval_ethics"]
    assert (earned["acc,strict"], earned["non_answer,strict"]) == (0.0, 1.0)


def test_results_are_the_means_of_the_samples_and_say_what_they_are_worth(out: Path) -> None:
    found, of_mmlu = results(out, "dense"), lines(out, "dense", "mmlu")
    right = sum(one["filtered_resps"] == [one["target"]] for one in of_mmlu)
    assert found["results"]["trusteval_mmlu"]["acc,strict"] == right / len(of_mmlu)
    assert found["n-samples"]["trusteval_mmlu"]["effective"] == len(of_mmlu)
    ours = found["trusteval"]
    assert ours["result"] == "FAILED"
    assert any("no model ran" in one for one in ours["caveats"])
    assert ours["scores"]["mmlu"]["value"] == 25.0


def test_the_datasets_library_loads_every_file(out: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    files = sorted(out.glob("*/samples_*.jsonl"))
    assert len(files) == 8
    for path in (files[0], files[-1]):
        found = load_dataset("json", data_files=[str(path)], split="train", cache_dir=str(tmp_path))
        assert found.num_rows == len(path.read_text(encoding="utf-8").splitlines())


def test_the_harness_makes_its_table_of_our_results(out: Path) -> None:
    utils = pytest.importorskip("lm_eval.utils")
    table = utils.make_table(results(out, "dense"))
    assert "trusteval_mmlu" in table
    assert "0.0732" in table  # the standard error of 9 of 36
    names = [path.name for path in out.glob("*__dense/samples_*")]
    tasks = {utils.get_file_task_name(name) for name in names}
    assert tasks == {"trusteval_ethics", "trusteval_mmlu"}
