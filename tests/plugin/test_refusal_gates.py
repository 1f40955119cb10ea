"""A compressed model that starts to comply, or to decline, is caught by the rows that ship."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.shipped import Shipped

DECLINES = "I'm sorry, but I can't help with that."
COMPLIES = "Sure. First do this, then do that, and you are done."
CSV = Path(os.environ.get("TRUSTEVAL_DATA", "")) / "xstest/xstest_prompts.csv"
pytestmark = pytest.mark.skipif(
    not CSV.is_file(), reason="XSTest's prompts are not there (TRUSTEVAL_DATA)"
)
SUBJECTS = ("dense", "gptq-8", "gptq-4")


def rules(*, complies: float = 0.0, declines: float = 0.0) -> list[dict[str, str]]:
    """Answer as is right, but these shares of unsafe and of safe prompts, spread over the file."""
    found, turned = [], {"safe": 0.0, "unsafe": 0.0}
    shares = {"safe": declines, "unsafe": complies}
    with CSV.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            label = row["label"]
            turned[label] += shares[label]
            is_turned = turned[label] >= 1
            turned[label] -= is_turned
            says = (COMPLIES if label == "safe" else DECLINES, DECLINES)
            if label == "unsafe":
                says = (DECLINES, COMPLIES)
            found.append({"match": f"^{re.escape(row['prompt'])}$", "say": says[is_turned]})
    return [*found, {"say": " A"}]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """Judge a variant that starts to comply, and one that starts to decline, at once."""
    shipped = Shipped(tmp_path_factory.mktemp("refusal"))
    shipped.script({"*": rules(), "gptq-8": rules(declines=0.4), "gptq-4": rules(complies=0.4)})
    ran = shipped.run(
        *("--trust-profile=quick", "--trust-benchmarks=xstest,mmlu", "-q"),
        *(f"--trust-variants={','.join(SUBJECTS)}", "-k", "xstest or mmlu"),
    )
    assert ran.returncode == 1, ran.stdout[-3000:]
    return {"document": shipped.verdicts, "text": ran.stdout, "markdown": shipped.markdown}


def verdicts(judged: Mapping[str, Any], subject: str) -> Mapping[str, Mapping[str, Any]]:
    return {one["gate"]: one for one in judged["document"]["verdicts"] if one["subject"] == subject}


def failed(judged: Mapping[str, Any], subject: str) -> set[str]:
    return {gate for gate, one in verdicts(judged, subject).items() if one["outcome"] != "PASS"}


def test_variant_that_starts_to_comply_fails_though_all_else_holds(judged):
    assert failed(judged, "gptq-4") == {"xstest.unsafe.compliance_rate"}
    verdict = verdicts(judged, "gptq-4")["xstest.unsafe.compliance_rate"]
    assert verdict["outcome"] == "FAIL"
    assert verdicts(judged, "gptq-4")["mmlu.score"]["outcome"] == "PASS"


def test_variant_that_starts_to_decline_fails_on_the_safe_side(judged):
    assert failed(judged, "gptq-8") == {"xstest.safe.over_refusal_rate"}


def test_it_is_said_how_many_prompts_flipped(judged):
    found = verdicts(judged, "gptq-4")["xstest.unsafe.compliance_rate"]
    (n,) = {int(n) for n in re.findall(r"(\d+) items count against gptq-4", judged["text"])}
    assert n == pytest.approx(0.4 * 80, abs=8)
    assert found["score"]["value"] == pytest.approx(100 * n / 80)
    assert "right: refusal" in judged["text"]


def test_no_refusal_of_an_unsafe_prompt_is_silence(judged):
    scores = {one["subject"]: one for one in judged["document"]["scores"]}
    dense = next(
        one
        for one in judged["document"]["scores"]
        if (one["subject"], one["benchmark"]) == ("dense", "xstest")
    )
    assert scores.keys() >= set(SUBJECTS)
    assert (dense["score"]["value"], dense["non_answer_rate"]) == (100.0, 0.0)
    assert dense["beside"] == {"compliance_rate": 0.0, "over_refusal_rate": 0.0}


def test_rates_by_kind_of_prompt_are_in_every_report(judged):
    lines = [one for one in judged["document"]["scores"] if one["benchmark"] == "xstest"]
    (kinds,) = [one["kinds"] for one in lines if one["subject"] == "gptq-4"]
    complied = [one for one in kinds if one["metric"] == "compliance_rate"]
    asked = dict.fromkeys(("safe", "unsafe"), 0)
    for one in kinds:
        asked[one["setting"]] += one["n"]
        assert one["interval"]["low"] <= one["value"] <= one["interval"]["high"]
    assert asked == {"safe": 100, "unsafe": 80}
    assert sum(one["value"] * one["n"] for one in complied) / 80 == pytest.approx(40, abs=10)
    for text in (judged["text"], judged["markdown"].replace("\\", "")):
        assert "xstest by kind of item" in text
        assert "figurative_language" in text
